"""One item: renamed, moved to another folder, described. What tasks copy of it changes with it."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError

from accounts.models import User
from annotation.catalog.metadata import check_metadata
from annotation.catalog.together import locked_items
from annotation.errors import Invalid, NotFound, Taken
from annotation.models import Event, Folder, Item, Task
from annotation.models.fields import clean_name, sort_key
from annotation.workflow.counts import add_deltas


def change_item(
    item: Item,
    *,
    by: User,
    door: str = "page",
    name: str | None = None,
    folder: Folder | None = None,
    metadata: dict[str, Any] | None = None,
) -> Item:
    """Holders keep what they hold. Raises `Invalid` for a bad name or metadata, `Taken` where the folder has the name
    already."""
    clean = item.name if name is None else _name(name)
    if metadata is not None:
        check_metadata(metadata)
    try:
        with locked_items([item.pk]) as found:
            if not found:
                raise NotFound("The image is gone.")
            changed = _change(found[0], clean, folder, metadata, by, door)
    except IntegrityError:
        raise Taken(f"The folder has an image called {clean} already.", field="name") from None
    return changed


def _change(
    item: Item, name: str, folder: Folder | None, metadata: dict[str, Any] | None, by: User, door: str
) -> Item:
    before = {"name": item.name, "folder": item.folder_id}
    to = folder.pk if folder else item.folder_id
    key = sort_key(name)
    if to != item.folder_id:
        add_deltas(
            item.project_id,
            [("folder", item.folder_id, item.status, -1), ("folder", to, item.status, 1)],
        )
    item.name, item.sort_key, item.folder_id = name, key, to
    if metadata is not None:
        item.metadata = metadata
    item.save(update_fields=["name", "sort_key", "folder", "metadata"])
    Task.objects.filter(item_id=item.pk, is_live=True).update(sort_key=key, folder_id=to)
    if before != {"name": name, "folder": to}:
        Event.objects.create(
            project_id=item.project_id,
            item_id=item.pk,
            actor_id=by.pk,
            kind="item_changed",
            door=door,
            detail={"from": before, "to": {"name": name, "folder": to}},
        )
    return item


def _name(name: str) -> str:
    try:
        return clean_name(name)
    except ValueError as error:
        raise Invalid(str(error), field="name") from None
