"""Batches: made, looked at, launched, paused, resumed, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AwareDatetime, Field

from annotation import background
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import MAX_ID, MAX_ROWS, PAGE, Flag, Id, In, Limit, Name, Out, PathId
from annotation.api.operations import OperationOut, operation_out
from annotation.batches import life
from annotation.batches.create import create_batch
from annotation.batches.preview import preview
from annotation.batches.selection import Selection
from annotation.errors import Invalid
from annotation.models import Batch, Project, Upload
from annotation.workflow.counts import batch_counts

router = Router(tags=["batches"])

State = Literal["building", "staging", "in_progress", "paused", "completed", "cancelled"]


class BatchOut(Out):
    id: int
    name: str
    project: int
    kind: str
    status: State
    method: str
    is_open: bool
    rank: int | None
    due_at: datetime | None
    target_count: int
    items: dict[str, int] = Field(description="How many images of which status.")
    left_out: dict[str, Any] = Field(description="How many were left out, and why.")
    created_at: datetime
    launched_at: datetime | None
    cancel_asked_at: datetime | None = Field(
        description="Held work of it runs to its end; then it is cancelled."
    )
    ended_at: datetime | None


class BatchesOut(Out):
    batches: list[BatchOut]
    next: int | None = Field(description="Send it as `before` for the next page; null at the end.")


class BatchMadeOut(Out):
    batch: BatchOut
    operation: OperationOut


class BatchCancelledOut(Out):
    batch: BatchOut
    operation: OperationOut | None = Field(description="Null where the building of it was stopped.")


class CancelIn(In):
    also_started: Flag = Field(False, description="Take back what people hold, too.")


class SelectIn(In):
    method: Literal["all", "pick", "upload"] = "all"
    folder: Name | None = Field(None, description="Only this folder; `root` is the root.")
    item_ids: Annotated[list[Id], Field(max_length=MAX_ROWS)] | None = None
    upload: Name | None = Field(None, description="The name of an upload.")
    exclude_batched: Flag = Field(False, description="Leave out what was already sent out.")


class PreviewIn(In):
    select: SelectIn


class BatchIn(In):
    name: Name
    kind: Literal["production", "calibration", "self_label"] = "production"
    launch: Flag = False
    stays_open: Flag = False
    due_at: AwareDatetime | None = Field(None, description="With its offset from UTC.")
    select: SelectIn = SelectIn()


class PreviewOut(Out):
    count: int
    left_out: dict[str, int]


class BatchFilters(In):
    status: State | None = None
    before: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    limit: Limit = PAGE


def batch_out(batch: Batch) -> BatchOut:
    return batches_out([batch])[0]


def batches_out(batches: list[Batch]) -> list[BatchOut]:
    """One query for the counts of all of them."""
    counts = batch_counts([batch.pk for batch in batches])
    return [
        BatchOut(
            id=batch.pk,
            name=batch.name,
            project=batch.project_id,
            kind=batch.kind,
            status=batch.status,
            method=batch.method,
            is_open=batch.is_open,
            rank=batch.rank,
            due_at=batch.due_at,
            target_count=batch.target_count,
            items={status: n for status, n in counts.get(batch.pk, {}).items() if n},
            left_out=batch.left_out,
            created_at=batch.created_at,
            launched_at=batch.launched_at,
            cancel_asked_at=batch.cancel_asked_at,
            ended_at=batch.ended_at,
        )
        for batch in batches
    ]


@router.get("/projects/{project_id}/batches", response=BatchesOut)
def list_batches(request: HttpRequest, project_id: PathId, filters: Query[BatchFilters]) -> BatchesOut:
    """Newest first."""
    standing = reach.project_to_administer(request, project_id)
    batches = Batch.objects.filter(project=standing.project).order_by("-pk")
    if filters.status:
        batches = batches.filter(status=filters.status)
    if filters.before is not None:
        batches = batches.filter(pk__lt=filters.before)
    found = list(batches[: filters.limit + 1])
    page = found[: filters.limit]
    return BatchesOut(batches=batches_out(page), next=page[-1].pk if len(found) > len(page) else None)


@router.post("/projects/{project_id}/batches", response={202: BatchMadeOut})
def make_batch(request: HttpRequest, project_id: PathId, body: BatchIn) -> Status[BatchMadeOut]:
    """Built in the background: ask for the operation until it is done. 409 `empty_selection` says what is left out."""
    standing = reach.project_to_administer(request, project_id)
    chosen = _selection(standing.project, body.select)
    batch, operation = create_batch(
        standing.project,
        body.name,
        by=caller(request),
        method=chosen.method,
        item_ids=chosen.item_ids,
        folder_id=chosen.folder_id,
        upload_id=chosen.upload_id,
        kind=body.kind,
        launch=body.launch,
        stays_open=body.stays_open,
        exclude_batched=chosen.exclude_batched,
        due_at=body.due_at,
        door="api",
    )
    background.queue(operation)
    return Status(202, BatchMadeOut(batch=batch_out(batch), operation=operation_out(operation)))


@router.post("/projects/{project_id}/batches/preview", response=PreviewOut)
def preview_batch(request: HttpRequest, project_id: PathId, body: PreviewIn) -> PreviewOut:
    """How many images a batch would hold, and what would be left out."""
    standing = reach.project_to_administer(request, project_id)
    seen = preview(standing.project, _selection(standing.project, body.select))
    return PreviewOut(count=seen.count, left_out=seen.left_out)


@router.get("/batches/{batch_id}", response=BatchOut)
def show_batch(request: HttpRequest, batch_id: PathId) -> BatchOut:
    batch, _ = reach.batch(request, batch_id)
    return batch_out(batch)


@router.post("/batches/{batch_id}/launch", response=BatchOut)
def launch_batch(request: HttpRequest, batch_id: PathId) -> BatchOut:
    """One that is still being built is launched when it is built."""
    batch, _ = reach.batch(request, batch_id)
    return batch_out(life.launch(batch, by=caller(request), door="api"))


@router.post("/batches/{batch_id}/pause", response=BatchOut)
def pause_batch(request: HttpRequest, batch_id: PathId) -> BatchOut:
    """Nothing more of it is handed out; who holds an image of it goes on."""
    batch, _ = reach.batch(request, batch_id)
    return batch_out(life.pause(batch, by=caller(request), door="api"))


@router.post("/batches/{batch_id}/resume", response=BatchOut)
def resume_batch(request: HttpRequest, batch_id: PathId) -> BatchOut:
    batch, _ = reach.batch(request, batch_id)
    return batch_out(life.resume(batch, by=caller(request), door="api"))


@router.post("/batches/{batch_id}/cancel", response={202: BatchCancelledOut})
def cancel_batch(
    request: HttpRequest, batch_id: PathId, body: CancelIn | None = None
) -> Status[BatchCancelledOut]:
    """Ends in the background what nobody has begun; work in hand runs to its end, unless `also_started`."""
    batch, _ = reach.batch(request, batch_id)
    also = body.also_started if body else False
    operation = life.cancel(batch, by=caller(request), door="api", also_started=also)
    background.queue(operation)
    batch.refresh_from_db()
    told = operation_out(operation) if operation else None
    return Status(202, BatchCancelledOut(batch=batch_out(batch), operation=told))


def _selection(project: Project, said: SelectIn) -> Selection:
    if said.item_ids is not None and said.method != "pick":
        raise Invalid(f"item_ids goes with the method pick, not {said.method}.", field="item_ids")
    if said.upload is not None and said.method != "upload":
        raise Invalid(f"upload goes with the method upload, not {said.method}.", field="upload")
    folder = reach.folder_named(project, said.folder) if said.folder is not None else None
    return Selection(
        method=said.method,
        folder_id=folder.pk if folder else None,
        upload_id=_upload(project, said.upload) if said.upload is not None else None,
        item_ids=tuple(said.item_ids or ()),
        exclude_batched=said.exclude_batched,
    )


def _upload(project: Project, name: str) -> int:
    found = Upload.objects.filter(project=project, name=name).first()
    if found is None:
        raise Invalid(f"There is no upload “{name[:100]}” in this project.", field="upload")
    return found.pk
