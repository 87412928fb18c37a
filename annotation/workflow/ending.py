"""Is it the last? Asked after commit, in a transaction of its own with the batch locked, so that of two last submits
at once one sees the other. A beat sweep asks again for whatever was missed."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from annotation.models import Batch, Event, Task

RUNNING = (Batch.Status.IN_PROGRESS, Batch.Status.PAUSED)
ENDED = (Batch.Status.COMPLETED, Batch.Status.CANCELLED)


def ask_when_committed(batch_id: int) -> None:
    transaction.on_commit(partial(complete_batch_if_done, batch_id))


def complete_batch_if_done(batch_id: int, door: str = "background") -> bool:
    """A launched, closed batch that had tasks and has none live is completed, once."""
    if _has_live(batch_id):
        return False
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if batch.status not in RUNNING or batch.is_open or batch.task_count == 0 or _has_live(batch_id):
            return False
        batch.status = Batch.Status.CANCELLED if batch.cancel_asked_at else Batch.Status.COMPLETED
        batch.ended_at = timezone.now()
        batch.save(update_fields=["status", "ended_at"])
        Event.objects.create(
            project_id=batch.project_id, batch_id=batch.pk, kind=f"batch_{batch.status}", door=door
        )
    return True


def hold_end(batch_id: int) -> None:
    """Until this transaction ends the batch does not: one of its chains may become live again."""
    Batch.objects.select_for_update(no_key=True).get(pk=batch_id)


def reopen(batch_id: int, by_id: int, door: str) -> None:
    """A batch that has ended and whose chain became live again is in progress; a cancelled one takes nothing more and
    is cancelled again when that chain has ended."""
    ended = Batch.objects.filter(pk=batch_id, status__in=ENDED)
    reopened = ended.update(status=Batch.Status.IN_PROGRESS, ended_at=None)
    if reopened:
        project_id = Batch.objects.values_list("project_id", flat=True).get(pk=batch_id)
        Event.objects.create(
            project_id=project_id, batch_id=batch_id, actor_id=by_id, kind="batch_reopened", door=door
        )


def sweep_batches(limit: int = 200) -> int:
    """Ask again for closed, launched batches without a live task. Returns how many were completed."""
    live = Task.objects.filter(batch_id=OuterRef("pk"), is_live=True)
    quiet = Batch.objects.filter(status__in=RUNNING, is_open=False, task_count__gt=0).exclude(Exists(live))
    return sum(complete_batch_if_done(pk) for pk in list(quiet.values_list("pk", flat=True)[:limit]))


def _has_live(batch_id: int) -> bool:
    return Task.objects.filter(batch_id=batch_id, is_live=True).exists()
