"""Items that are sent by address (URL): many in one call, all or none of it where a row is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from accounts.models import User
from annotation.catalog.folders import folder_name, get_or_create_folders, root_of
from annotation.catalog.metadata import check_metadata
from annotation.catalog.priorities import check_priority
from annotation.errors import Invalid, Refused
from annotation.models import Folder, Item, Project, Upload
from annotation.models.fields import clean_name, sort_key
from annotation.workflow.counts import add_deltas

MOST = 10_000
URL_MAX = 2000
TRIES = 3


@dataclass(frozen=True)
class Address:
    """One picture to add. `folder` None or `root` is the root."""

    name: str
    url: str
    folder: str | None = None
    priority: float | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Left:
    """A row that was left out because of what is there already."""

    index: int
    name: str
    folder: str | None
    sentence: str


@dataclass
class AddedAddresses:
    items: list[Item] = field(default_factory=list)
    there: list[Item] = field(default_factory=list)
    """Items that had this name and address before: a repeated call finds them."""
    skipped: list[Left] = field(default_factory=list)


def add_addresses(
    project: Project, rows: Sequence[Address], *, upload: Upload | None, by: User, door: str = "api"
) -> AddedAddresses:
    """Raises `Invalid` (facts `errors`: index, field, sentence) where any row is wrong; then nothing is written.

    A name that is used already: with the same address it is there; with another it is left out and said.
    """
    cleaned = check_addresses(rows)
    folders = get_or_create_folders(project, {f for _, f in cleaned if f}, by=by, door=door)
    root = root_of(project)
    places = [(name, folders[f] if f else root) for name, f in cleaned]
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _write(project, rows, places, upload)
        except IntegrityError:
            continue
    raise Refused("Others add items of the same names at this moment. Send the call again.")


def check_addresses(rows: Sequence[Address]) -> list[tuple[str, str | None]]:
    """(clean name, clean folder or None for the root) of every row. Raises `Invalid` as `add_addresses` does."""
    if not rows:
        raise Invalid("Name at least one item.", field="items")
    if len(rows) > MOST:
        raise Invalid(f"These are {len(rows):,} items. Send at most {MOST:,} in one call.", field="items")
    errors: list[dict[str, Any]] = []
    cleaned: list[tuple[str, str | None]] = []
    first_at: dict[tuple[str, str | None], int] = {}
    for index, row in enumerate(rows):
        try:
            key = (_name(row.name), _folder(row.folder))
            _check_url(row.url)
            check_priority(row.priority)
            check_metadata(row.metadata)
            if key in first_at:
                raise Invalid(
                    f"Row {first_at[key]} has the same name. Names are unique in a folder.", field="name"
                )
            first_at[key] = index
            cleaned.append(key)
        except Invalid as wrong:
            errors.append({"index": index, "field": wrong.facts.get("field"), "sentence": wrong.sentence})
    if errors:
        first = errors[0]
        more = f" {len(errors) - 1:,} more rows are wrong." if len(errors) > 1 else ""
        raise Invalid(
            f"Row {first['index']}: {first['sentence']}{more} Nothing was added.",
            field="items",
            errors=errors[:100],
        )
    return cleaned


def _write(
    project: Project, rows: Sequence[Address], places: list[tuple[str, Folder]], upload: Upload | None
) -> AddedAddresses:
    done = AddedAddresses()
    there = _present(places)
    new: list[Item] = []
    for index, (row, (name, folder)) in enumerate(zip(rows, places, strict=True)):
        old = there.get((folder.pk, sort_key(name)))
        if old is None:
            new.append(_item(project, folder, upload, name, row))
        elif old.url == row.url:
            done.there.append(old)
        else:
            sentence = "Another picture of this name is there already. Choose another name."
            done.skipped.append(Left(index, name, None if folder.is_root else folder.name, sentence))
    done.items = Item.objects.bulk_create(new, batch_size=1000)
    counted: dict[int, int] = {}
    for item in new:
        counted[item.folder_id] = counted.get(item.folder_id, 0) + 1
    add_deltas(project.pk, [("folder", pk, Item.Status.NOT_STARTED, n) for pk, n in counted.items()])
    return done


def _present(places: list[tuple[str, Folder]]) -> dict[tuple[int, str], Item]:
    by_folder: dict[int, list[str]] = {}
    for name, folder in places:
        by_folder.setdefault(folder.pk, []).append(sort_key(name))
    found: dict[tuple[int, str], Item] = {}
    for folder_id, keys in by_folder.items():
        for first in range(0, len(keys), 1000):
            items = Item.objects.present().filter(folder=folder_id, sort_key__in=keys[first : first + 1000])
            found |= {(folder_id, item.sort_key): item for item in items}
    return found


def _item(project: Project, folder: Folder, upload: Upload | None, name: str, row: Address) -> Item:
    return Item(
        project=project,
        folder=folder,
        upload=upload,
        name=name,
        sort_key=sort_key(name),
        url=row.url,
        priority=row.priority,
        metadata=row.metadata,
    )


def _name(name: str) -> str:
    try:
        return clean_name(name)
    except ValueError as error:
        raise Invalid(str(error), field="name") from None


def _folder(name: str | None) -> str | None:
    return None if name in {None, "", "root"} else folder_name(name)


def _check_url(url: str) -> None:
    if len(url) > URL_MAX:
        raise Invalid(f"The address has {len(url):,} characters. Use at most {URL_MAX:,}.", field="url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid("The address cannot be read. Check it.", field="url") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise Invalid("The address must begin with http:// or https:// and name a host.", field="url")
    if parts.username or parts.password:
        raise Invalid("The address carries a name or password. Send one without.", field="url")
    if " " in url or not url.isprintable():
        raise Invalid("The address contains a space or a control character. Encode it.", field="url")
