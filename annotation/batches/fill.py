"""Filling a batch, one step after another: the next items by id, their chains, the cursor, all in one transaction."""

from __future__ import annotations

from collections import Counter

from django.db import connection
from django.utils import timezone

from accounts.models import User
from annotation.batches.chains import make_chains
from annotation.batches.create import nothing_to_fill, tell
from annotation.batches.life import closes_when_launched
from annotation.batches.selection import selection_of
from annotation.models import Batch, Operation
from annotation.workflow.cancel import cancel_chains

STEP = {"postgresql": 5000, "sqlite": 1000}


def fill_step(operation: Operation) -> bool:
    """True while there is more. A cancelled one takes back what it made; an empty one fails with the reason."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=operation.batch_id or 0)
    if operation.is_cancel_asked:
        return _take_back(operation, batch)
    selection = selection_of(batch)
    step = STEP[connection.vendor]
    after = operation.cursor.get("after", 0)
    ids = list(
        selection.items(batch.project).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:step]
    )
    if not ids:
        return _built(operation, batch)
    made = make_chains(batch, ids, exclude_batched=selection.exclude_batched)
    _remember(batch, made.left_out)
    operation.cursor = {"after": ids[-1]}
    operation.done += len(ids)
    operation.total = max(operation.total or 0, operation.done)
    return True


def _remember(batch: Batch, left_out: Counter[str]) -> None:
    if left_out:
        batch.left_out = dict(Counter(batch.left_out) + left_out)
        Batch.objects.filter(pk=batch.pk).update(left_out=batch.left_out)


def _built(operation: Operation, batch: Batch) -> bool:
    by_id, door = operation.parameters.get("by"), operation.parameters.get("door", "background")
    operation.total = operation.done
    if batch.task_count == 0:
        operation.status = Operation.Status.FAILED
        operation.error = nothing_to_fill(batch.left_out)
        _ended(batch)
        return False
    batch.status = Batch.Status.STAGING
    batch.save(update_fields=["status"])
    operation.result = {"targets": batch.target_count, "left_out": batch.left_out}
    tell(batch, "batch_built", by_id, door, {"targets": batch.target_count, "left_out": batch.left_out})
    if batch.launch_when_built:
        closes_when_launched(batch)
        tell(batch, "batch_launched", by_id, door)
    return False


def _take_back(operation: Operation, batch: Batch) -> bool:
    """Nobody was given anything of a batch that is still being built: its chains end untouched."""
    by = User.objects.get(pk=operation.parameters.get("cancelled_by") or operation.parameters["by"])
    cancel_chains(batch.pk, also_started=True, limit=300, by=by, door="background")
    if batch.tasks.filter(is_live=True).exists():
        return True
    _ended(batch)
    tell(batch, "batch_cancelled", by.pk, operation.parameters.get("door", "background"))
    return False


def _ended(batch: Batch) -> None:
    batch.status, batch.is_open, batch.ended_at = Batch.Status.CANCELLED, False, timezone.now()
    batch.save(update_fields=["status", "is_open", "ended_at"])
