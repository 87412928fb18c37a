"""Which items come first: higher priorities earlier, those without one last."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User
from annotation.catalog.together import locked_items
from annotation.errors import Invalid
from annotation.models import Event, Folder, Item, Project, Task
from annotation.models.fields import clean_name, sort_key
from annotation.models.library import priority_key

LARGEST = 1e9
AT_ONCE = 1000
NO_FOLDER = "There is no such folder."
NO_IMAGE = "There is no such image."


@dataclass(frozen=True)
class PriorityRow:
    """`folder` None, empty or `root` is the root; `priority` None takes it away."""

    name: str
    folder: str | None
    priority: float | None


@dataclass(frozen=True)
class Skipped:
    index: int
    name: str
    folder: str | None
    sentence: str


@dataclass
class Prioritised:
    changed: int = 0
    skipped: list[Skipped] = field(default_factory=list)


def set_priorities(
    project: Project, rows: Sequence[PriorityRow], *, by: User, door: str = "page"
) -> Prioritised:
    """Set them on items and their live tasks, at most 1,000 in one transaction. A later row of one name wins.

    Raises `Invalid` for a priority that is no finite number of at most 1e9 either way; then nothing is written.
    Names that are not there are skipped and said.
    """
    for index, row in enumerate(rows):
        try:
            check_priority(row.priority)
        except Invalid as wrong:
            raise Invalid(f"Row {index}: {wrong.sentence}", field="priority") from None
    done = Prioritised()
    folders = _folders(project)
    wanted: dict[tuple[int, str], float | None] = {}
    indexes: dict[tuple[int, str], int] = {}
    for index, row in enumerate(rows):
        folder_id = folders.get(unicodedata.normalize("NFC", row.folder or "root"))
        if folder_id is None:
            done.skipped.append(Skipped(index, row.name, row.folder, NO_FOLDER))
            continue
        name = _clean(row.name)
        if name is None:
            done.skipped.append(Skipped(index, row.name, row.folder, NO_IMAGE))
            continue
        key = (folder_id, sort_key(name))
        wanted[key], indexes[key] = row.priority, index
    found = _find(wanted)
    for key, index in indexes.items():
        if key not in found:
            row = rows[index]
            done.skipped.append(Skipped(index, row.name, row.folder, NO_IMAGE))
    done.skipped.sort(key=lambda one: one.index)
    becomes = {found[key]: wanted[key] for key in found}
    ids = sorted(becomes)
    for first in range(0, len(ids), AT_ONCE):
        done.changed += _write(ids[first : first + AT_ONCE], becomes)
    if done.changed:
        Event.objects.create(
            project_id=project.pk,
            actor_id=by.pk,
            kind="priorities",
            door=door,
            detail={"changed": done.changed, "skipped": len(done.skipped)},
        )
    return done


def _write(ids: list[int], becomes: dict[int, float | None]) -> int:
    with locked_items(ids) as items:
        changing = [item for item in items if item.priority != becomes[item.pk]]
        by_value: dict[float | None, list[int]] = {}
        for item in changing:
            by_value.setdefault(becomes[item.pk], []).append(item.pk)
        for value, chosen in by_value.items():
            Item.objects.filter(pk__in=chosen).update(priority=value)
            Task.objects.filter(item_id__in=chosen, is_live=True).update(priority_key=priority_key(value))
    return len(changing)


def check_priority(priority: object) -> None:
    """Raises `Invalid` (field `priority`)."""
    if priority is None:
        return
    if isinstance(priority, bool) or not isinstance(priority, int | float):
        raise Invalid("The priority must be a number.", field="priority")
    if abs(priority) > LARGEST or not math.isfinite(priority):
        raise Invalid("The priority must be a number from -1,000,000,000 to 1,000,000,000.", field="priority")


def _clean(name: str) -> str | None:
    """As names are kept (a list made on a Mac spells them otherwise); None for what no image can be called."""
    try:
        return clean_name(name)
    except ValueError:
        return None


def _folders(project: Project) -> dict[str, int]:
    rows = Folder.objects.filter(project=project).values_list("name", "is_root", "pk")
    return {"root" if is_root else name: pk for name, is_root, pk in rows}


def _find(wanted: dict[tuple[int, str], float | None]) -> dict[tuple[int, str], int]:
    """(folder, sort key) → item id, of those that are there."""
    by_folder: dict[int, list[str]] = {}
    for folder_id, key in wanted:
        by_folder.setdefault(folder_id, []).append(key)
    found: dict[tuple[int, str], int] = {}
    for folder_id, keys in by_folder.items():
        for first in range(0, len(keys), AT_ONCE):
            chosen = Q(folder=folder_id, sort_key__in=keys[first : first + AT_ONCE])
            for pk, key in Item.objects.present().filter(chosen).values_list("pk", "sort_key"):
                found[folder_id, key] = pk
    return found
