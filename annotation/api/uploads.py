"""Files sent as multipart/form-data, each answered for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Status, UploadedFile
from pydantic import Field

from annotation import background
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.batches import BatchOut, batch_out
from annotation.api.fields import MAX_ID, PAGE, In, Limit, Name, Out, PathId
from annotation.batches.direct import Direct, add_files_directly
from annotation.catalog.intake import Added
from annotation.models import Upload

router = Router(tags=["items"])

MAX_FILES = 1000


class UploadForm(In):
    folder: Name | None = Field(None, description="Made if new; left out for the root.")
    upload: Name = Field(description="The upload's name; made if new.")
    batch: Name | None = Field(None, description="The batch's name; made (in staging) if new, else added to.")
    launch: bool = Field(False, description="Launch that batch after this call.")
    keep_both: bool = Field(False, description="Let another picture of a used name in as `name-2.jpg`.")


class FileOut(Out):
    name: str
    outcome: Literal["added", "duplicate", "refused"]
    sentence: str
    item: int | None = Field(description="The new item, or for a duplicate the one that was there.")


class FilesAddedOut(Out):
    files: list[FileOut] = Field(description="In the order sent.")
    batch: BatchOut | None
    left_out: dict[str, int] = Field(description="How many did not go into the batch, and why.")


class UploadOut(Out):
    id: int
    name: str
    created_by: str | None
    created_at: datetime


class UploadsOut(Out):
    uploads: list[UploadOut]
    next: int | None = Field(description="Send it as `before` for the next page; null at the end.")


class UploadFilters(In):
    before: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    limit: Limit = PAGE


@router.get("/projects/{project_id}/uploads", response=UploadsOut)
def list_uploads(request: HttpRequest, project_id: PathId, filters: Query[UploadFilters]) -> UploadsOut:
    """Newest first."""
    standing = reach.project_to_administer(request, project_id)
    uploads = Upload.objects.filter(project=standing.project).select_related("created_by").order_by("-pk")
    if filters.before is not None:
        uploads = uploads.filter(pk__lt=filters.before)
    found = list(uploads[: filters.limit + 1])
    page = found[: filters.limit]
    return UploadsOut(
        uploads=[
            UploadOut(
                id=one.pk,
                name=one.name,
                created_by=one.created_by.email if one.created_by else None,
                created_at=one.created_at,
            )
            for one in page
        ],
        next=page[-1].pk if len(found) > len(page) else None,
    )


@router.post("/projects/{project_id}/uploads", response={201: FilesAddedOut})
def add_uploaded(
    request: HttpRequest,
    project_id: PathId,
    form: Form[UploadForm],
    files: Annotated[list[UploadedFile], File(min_length=1, max_length=MAX_FILES)],
) -> Status[FilesAddedOut]:
    """JPEG, PNG and WebP in the field `files`. A bad file is refused in its own line; the others come in."""
    standing = reach.project_to_administer(request, project_id)
    done, work = add_files_directly(
        standing.project,
        [(file, file.name or "") for file in files],
        by=caller(request),
        folder=form.folder,
        direct=Direct(form.upload, form.batch, form.launch),
        keep_both=form.keep_both,
    )
    for one in done:
        if one.outcome == "added" and one.item:
            background.queue_thumbnail(one.item.pk)
    return Status(
        201,
        FilesAddedOut(
            files=[_file_out(one) for one in done],
            batch=batch_out(work.batch) if work else None,
            left_out=dict(work.made.left_out) if work else {},
        ),
    )


def _file_out(one: Added) -> FileOut:
    item = one.item.pk if one.item else None
    return FileOut(name=one.name, outcome=one.outcome, sentence=one.sentence, item=item)
