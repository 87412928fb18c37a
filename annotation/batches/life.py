"""The life of a batch after it is built: launched, paused, resumed, cancelled. One row changes, whatever its size."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.batches.create import tell
from annotation.batches.operations import cancel_operation
from annotation.errors import IllegalMove, Refused
from annotation.models import Batch, Operation
from annotation.workflow.cancel import cancel_chains
from annotation.workflow.ending import ask_when_committed

WORDS = {
    "building": "still being built",
    "staging": "in staging",
    "in_progress": "in progress",
    "paused": "paused",
    "completed": "completed",
    "cancelled": "cancelled",
}


def launch(batch: Batch, *, by: User, door: str = "page") -> Batch:
    """Hand out its tasks from now on. One that is being built is launched when it is built."""
    with transaction.atomic():
        batch = _locked(batch)
        if batch.status == Batch.Status.BUILDING and _building(batch) is not None:
            batch.launch_when_built = True
            batch.save(update_fields=["launch_when_built"])
            return batch
        if batch.status != Batch.Status.STAGING or batch.cancel_asked_at is not None:
            raise _illegal(batch, "launched")
        if batch.task_count == 0:
            raise IllegalMove(
                f"{batch.name} is empty, so there is nothing to launch. Add images first.",
                status=batch.status,
            )
        closes_when_launched(batch)
        tell(batch, "batch_launched", by.pk, door)
        ask_when_committed(batch.pk)
    return batch


def pause(batch: Batch, *, by: User, door: str = "page") -> Batch:
    """Nothing of it is given to requests that begin after this; who holds an image goes on."""
    return _change(batch, Batch.Status.IN_PROGRESS, Batch.Status.PAUSED, "paused", by, door)


def resume(batch: Batch, *, by: User, door: str = "page") -> Batch:
    return _change(batch, Batch.Status.PAUSED, Batch.Status.IN_PROGRESS, "resumed", by, door)


def cancel(batch: Batch, *, by: User, door: str = "page", also_started: bool = False) -> Operation | None:
    """End every chain that nobody holds or started (or all of them) and close the batch; the rest runs to its end.

    Meanwhile it is paused: nothing of it is handed out. Returns the Operation that does it, to be queued by the door;
    None where the batch was being built, which then takes itself back. Raises `IllegalMove` where it has ended.
    """
    if _is_building_cancelled(batch, by):
        return None
    with transaction.atomic():
        batch = _locked(batch)
        if batch.status in {Batch.Status.COMPLETED, Batch.Status.CANCELLED}:
            raise _illegal(batch, "cancelled")
        batch.cancel_asked_at = batch.cancel_asked_at or timezone.now()
        batch.is_open = False
        if batch.status == Batch.Status.IN_PROGRESS:
            batch.status = Batch.Status.PAUSED
        batch.save(update_fields=["cancel_asked_at", "is_open", "status"])
        tell(batch, "batch_cancelled", by.pk, door, {"also_started": also_started})
        return Operation.objects.create(
            project=batch.project,
            batch=batch,
            kind=Operation.Kind.CANCEL_BATCH,
            total=batch.target_count,
            parameters={"by": by.pk, "door": door, "also_started": also_started},
            created_by=by,
        )


def cancel_step(operation: Operation) -> bool:
    """True while there is more to cancel. What is left goes on, so that it can end: its checks are handed out too."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=operation.batch_id or 0)
    by = User.objects.get(pk=operation.parameters["by"])
    sliced = cancel_chains(
        batch.pk,
        also_started=bool(operation.parameters.get("also_started")),
        after_id=operation.cursor.get("after", 0),
        by=by,
        door=operation.parameters.get("door", "background"),
    )
    operation.cursor = {"after": sliced.last_id}
    operation.done += sliced.done
    if sliced.more:
        return True
    operation.total = operation.done
    if batch.tasks.filter(is_live=True).exists():
        batch.status = Batch.Status.IN_PROGRESS
    else:
        batch.status, batch.ended_at = Batch.Status.CANCELLED, batch.ended_at or timezone.now()
    batch.save(update_fields=["status", "ended_at"])
    return False


def closes_when_launched(batch: Batch) -> None:
    batch.status = Batch.Status.IN_PROGRESS
    batch.launched_at = timezone.now()
    batch.is_open = batch.stays_open or batch.is_stream
    batch.save(update_fields=["status", "launched_at", "is_open"])


def _change(batch: Batch, source: str, target: str, word: str, by: User, door: str) -> Batch:
    with transaction.atomic():
        batch = _locked(batch)
        if batch.status != source or batch.cancel_asked_at is not None:
            raise _illegal(batch, word)
        batch.status = target
        batch.save(update_fields=["status"])
        tell(batch, f"batch_{word}", by.pk, door)
    return batch


def _locked(batch: Batch) -> Batch:
    return (
        Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("project").get(pk=batch.pk)
    )


def _is_building_cancelled(batch: Batch, by: User) -> bool:
    """False where nothing builds it, or has just finished. The builder locks its Operation before the batch, so the
    batch must not be locked here."""
    building = _building(batch)
    if building is None:
        return False
    try:
        cancel_operation(building, by=by)
    except Refused:
        return False
    return True


def _building(batch: Batch) -> Operation | None:
    """The Operation that builds it; None where that failed."""
    return batch.operations.filter(
        kind=Operation.Kind.FILL_BATCH, status__in=[Operation.Status.QUEUED, Operation.Status.RUNNING]
    ).first()


def _illegal(batch: Batch, word: str) -> IllegalMove:
    is_ending = batch.cancel_asked_at is not None and batch.status not in {"completed", "cancelled"}
    state = "being cancelled" if is_ending else WORDS[batch.status]
    return IllegalMove(f"{batch.name} cannot be {word} now: it is {state}.", status=batch.status)
