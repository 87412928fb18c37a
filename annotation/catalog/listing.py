"""Pages of items A→Z, found along an index and never counted: by folder, by status, by the beginning of the name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.core import signing
from django.db.models import Q, QuerySet

from annotation.models import Folder, Item, Project
from annotation.models.fields import NAME_MAX

PAGE = 50
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class Asked:
    """What part of a project's items is looked at. `after` or `before` is a cursor of an earlier page."""

    folder: Folder | None = None
    status: str = ""
    prefix: str = ""
    after: str = ""
    before: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class Page:
    """`older_cursor` leads towards Z, `newer_cursor` back towards A; empty where there is no more."""

    items: list[Item]
    newer_cursor: str
    older_cursor: str


def items_page(project: Project, asked: Asked, among: QuerySet[Item] | None = None) -> Page:
    """`among`: only these, for people who do not see all."""
    items = _filtered(project, asked).select_related("folder", "upload")
    if among is not None:
        items = items & among
    back = bool(asked.before)
    at = _read(asked.before or asked.after)
    if at is not None:
        key, pk = at
        if back:
            items = items.filter(sort_key__lte=key).exclude(Q(sort_key=key) & Q(pk__gte=pk))
        else:
            items = items.filter(sort_key__gte=key).exclude(Q(sort_key=key) & Q(pk__lte=pk))
    order = ("-sort_key", "-pk") if back else ("sort_key", "pk")
    found = list(items.order_by(*order)[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    if back:
        found.reverse()
    has_newer = more if back else at is not None
    has_older = at is not None if back else more
    return Page(
        found,
        _write(found[0]) if found and has_newer else "",
        _write(found[-1]) if found and has_older else "",
    )


def _filtered(project: Project, asked: Asked) -> QuerySet[Item]:
    items = Item.objects.present()
    items = items.filter(folder=asked.folder) if asked.folder else items.filter(project=project)
    if asked.status:
        items = items.filter(status=asked.status)
    start = unicodedata.normalize("NFC", asked.prefix.strip()).casefold()[:NAME_MAX]
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in start):
        return items.none()
    if start:
        items = items.filter(sort_key__gte=start, sort_key__lt=start + LAST_CHARACTER)
    return items


def _write(item: Item) -> str:
    return signing.dumps([item.sort_key, item.pk], salt="items", compress=True)


def _read(cursor: str) -> tuple[str, int] | None:
    """A cursor that is not ours, or was cut off in an e-mail, begins at A."""
    if not cursor:
        return None
    try:
        key, pk = signing.loads(cursor, salt="items")
    except signing.BadSignature:
        return None
    return key, pk
