"""Making a batch: the row and its Operation. The door queues the Operation; the worker fills the batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from annotation.batches.preview import preview
from annotation.batches.selection import Selection
from annotation.errors import EmptySelection, Invalid, Taken
from annotation.models import Batch, Event, Operation, Project
from annotation.models.titles import clean_title

NAME_MAX = 200
REASONS = {
    "at_work": "at work already",
    "sent_out": "sent out before",
    "in_batch": "in this batch already",
    "gone": "gone meanwhile",
}


def create_batch(
    project: Project,
    name: object,
    *,
    by: User,
    method: str = "all",
    item_ids: Sequence[int] | None = None,
    folder_id: int | None = None,
    upload_id: int | None = None,
    kind: str = "production",
    launch: bool = False,
    stays_open: bool = False,
    exclude_batched: bool = False,
    due_at: datetime | None = None,
    door: str = "page",
) -> tuple[Batch, Operation]:
    """Raises `Invalid` for a bad name or selection, `Taken`, and `EmptySelection` where nothing can be put to work."""
    selection = Selection(method, folder_id, upload_id, tuple(item_ids or ()), exclude_batched)
    clean = batch_name(name)
    if due_at is not None and due_at <= timezone.now():
        raise Invalid("The due date is in the past. Choose a later one.", field="due_at")
    if kind not in Batch.Kind.values:
        raise Invalid(f"“{kind}” is no kind of batch. Use {', '.join(Batch.Kind.values)}.", field="kind")
    if Batch.objects.filter(project=project, name=clean).exists():
        raise _taken(clean)
    seen = preview(project, selection)
    if not seen.count:
        raise EmptySelection(nothing_to_fill(seen.left_out), left_out=seen.left_out)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                project=project,
                name=clean,
                kind=kind,
                method=method,
                selection=selection.as_json(),
                launch_when_built=launch,
                stays_open=stays_open,
                due_at=due_at,
                created_by=by,
            )
            operation = Operation.objects.create(
                project=project,
                batch=batch,
                kind=Operation.Kind.FILL_BATCH,
                total=seen.count + sum(seen.left_out.values()),
                parameters={"by": by.pk, "door": door},
                created_by=by,
            )
            tell(batch, "batch_created", by.pk, door, {"method": method, "launch": launch})
    except IntegrityError:
        raise _taken(clean) from None
    return batch, operation


def create_open_batch(project: Project, name: object, *, by: User, door: str = "api") -> Batch:
    """An empty one in staging, to be added to and then launched."""
    clean = batch_name(name)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                project=project,
                name=clean,
                method=Batch.Method.UPLOAD,
                status=Batch.Status.STAGING,
                created_by=by,
            )
            tell(batch, "batch_created", by.pk, door, {"method": "upload", "launch": False})
    except IntegrityError:
        raise _taken(clean) from None
    return batch


def batch_name(name: object) -> str:
    return clean_title(name, "batch", NAME_MAX)


def nothing_to_fill(left_out: dict[str, int]) -> str:
    """Why a batch would be empty, and what to do."""
    if not left_out:
        return "There is no image to put into the batch. Upload some first, or choose others."
    told = ", ".join(f"{n:,} {REASONS.get(reason, reason)}" for reason, n in sorted(left_out.items()))
    return (
        f"Every image you chose is left out: {told}. Choose others, or wait until their batches have ended."
    )


def tell(
    batch: Batch, kind: str, by_id: int | None, door: str, detail: dict[str, object] | None = None
) -> None:
    """One line of the batch's history."""
    Event.objects.create(
        project_id=batch.project_id, batch_id=batch.pk, actor_id=by_id, kind=kind, door=door, detail=detail
    )


def _taken(name: str) -> Taken:
    return Taken(f"This project already has a batch called {name}. Choose another name.", field="name")
