"""Items: sent by URL, listed, renamed, looked at."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Status
from pydantic import Field

from annotation import access
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.batches import BatchOut, batch_out
from annotation.api.fields import MAX_ROWS, PAGE, Flag, In, Limit, Name, Out, PathId, json_answer
from annotation.api.priorities import Priority
from annotation.batches.direct import Direct, PutToWork, add_addresses_directly
from annotation.catalog.addresses import AddedAddresses, Address
from annotation.catalog.folders import root_of
from annotation.catalog.images import open_image
from annotation.catalog.items import change_item
from annotation.catalog.listing import Asked, items_page
from annotation.models import Folder, Item, Project
from config.picture_response import picture_response

router = Router(tags=["items"])

ItemStatus = Annotated[str, Field(description="not_started, in_progress, quality_check, returned, …")]
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=200)], str | int | float | bool | None],
    Field(description="Up to 100 texts, numbers, true, false or null, by name."),
]


class ItemOut(Out):
    id: int
    name: str
    folder: str | None = Field(description="Its folder's name; null for the root.")
    status: ItemStatus
    url: str = Field(description="Where the image is: the address it was given with, or ours.")
    priority: float | None
    metadata: dict[str, Any]
    upload: str | None
    width: int | None = Field(description="Pixels as shown; null until the image was first seen.")
    height: int | None


class ItemsOut(Out):
    items: list[ItemOut]
    next: str | None = Field(description="Send it as `after` for the next page; null at the end.")


class ItemIn(In):
    name: Name
    url: Annotated[str, Field(min_length=1, max_length=10_000)]
    folder: Name | None = Field(None, description="Made if new; null or left out for the root.")
    priority: Priority | None = None
    metadata: Metadata = {}


class ItemsIn(In):
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MAX_ROWS)]
    upload: Name | None = Field(None, description="The upload's name; made if new.")
    batch: Name | None = Field(None, description="The batch's name; made (in staging) if new, else added to.")
    launch: Flag = Field(False, description="Launch that batch after this call.")


class LeftOut(Out):
    index: int
    name: str
    folder: str | None
    sentence: str


class ItemsAddedOut(Out):
    added: list[ItemOut] = Field(description="New ones, in the order sent.")
    existing: list[ItemOut] = Field(
        description="They were there with this name and address: a repeated call."
    )
    skipped: list[LeftOut]
    batch: BatchOut | None
    left_out: dict[str, int] = Field(description="How many did not go into the batch, and why.")


class ItemFilters(In):
    folder: Name | None = Field(None, description="A folder's name; `root` is the root.")
    status: Item.Status | None = None
    name: Annotated[str, Field(max_length=255)] = Field("", description="The beginning of the name.")
    after: Annotated[str, Field(max_length=3000)] = ""
    limit: Limit = PAGE


class ItemChangeIn(In):
    name: Name | None = None
    folder: Name | None = Field(None, description="Move it there; `root` is the root.")
    metadata: Metadata | None = Field(None, description="Replaces all of it.")


def item_out(request: HttpRequest, item: Item) -> ItemOut:
    """Wants folder and upload fetched."""
    return ItemOut(
        id=item.pk,
        name=item.name,
        folder=None if item.folder.is_root else item.folder.name,
        status=item.status,
        url=item.url or request.build_absolute_uri(f"/api/v1/items/{item.pk}/image"),
        priority=item.priority,
        metadata=item.metadata,
        upload=item.upload.name if item.upload else None,
        width=item.width,
        height=item.height,
    )


@router.get("/projects/{project_id}/items", response=ItemsOut)
def list_items(request: HttpRequest, project_id: PathId, filters: Query[ItemFilters]) -> HttpResponse:
    """Items the key's person may see, A→Z."""
    standing = reach.project(request, project_id)
    asked = Asked(
        folder=_folder(standing.project, filters.folder),
        status=filters.status or "",
        prefix=filters.name,
        after=filters.after,
        limit=filters.limit,
    )
    page = items_page(standing.project, asked, among=access.items_visible_to(standing))
    found = [item_out(request, item) for item in page.items]
    return json_answer(ItemsOut(items=found, next=page.older_cursor or None))


@router.post("/projects/{project_id}/items", response={201: ItemsAddedOut})
def add_items(request: HttpRequest, project_id: PathId, body: ItemsIn) -> Status[ItemsAddedOut]:
    """Adds up to 10,000 by address. A row that is wrong refuses the call, and then nothing is added."""
    standing = reach.project_to_administer(request, project_id)
    added, work = add_addresses_directly(
        standing.project,
        [Address(**row.model_dump()) for row in body.items],
        by=caller(request),
        direct=Direct(body.upload, body.batch, body.launch),
    )
    return Status(201, _added_out(request, added, work))


def _added_out(request: HttpRequest, added: AddedAddresses, work: PutToWork | None) -> ItemsAddedOut:
    prefetch_related_objects([*added.items, *added.there], "folder", "upload")
    return ItemsAddedOut(
        added=[item_out(request, item) for item in added.items],
        existing=[item_out(request, item) for item in added.there],
        skipped=[LeftOut(**vars(left)) for left in added.skipped],
        batch=batch_out(work.batch) if work else None,
        left_out=dict(work.made.left_out) if work else {},
    )


@router.get("/items/{item_id}", response=ItemOut)
def show_item(request: HttpRequest, item_id: PathId) -> ItemOut:
    item, _ = reach.item(request, item_id)
    return item_out(request, item)


@router.patch("/items/{item_id}", response=ItemOut)
def change(request: HttpRequest, item_id: PathId, body: ItemChangeIn) -> ItemOut:
    """Renames it, moves it to another folder, replaces its metadata. Holders keep what they hold."""
    item, standing = reach.item(request, item_id)
    standing.require_admin()
    changed = change_item(
        item,
        by=caller(request),
        door="api",
        name=body.name,
        folder=_folder(standing.project, body.folder),
        metadata=body.metadata,
    )
    return item_out(request, changed)


@router.get("/items/{item_id}/image", openapi_extra={"responses": {200: {"content": {"image/*": {}}}}})
def show_image(request: HttpRequest, item_id: PathId) -> HttpResponseBase:
    """The picture itself; one that came by address is fetched when it is first asked for."""
    item, _ = reach.item(request, item_id)
    file = open_image(item)
    return picture_response(request, file, item.content_type, item.sha256)


def _folder(project: Project, name: str | None) -> Folder | None:
    if name is None:
        return None
    return root_of(project) if name == "root" else reach.folder_named(project, name)
