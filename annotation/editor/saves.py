"""Loading and saving what is drawn on one image, for its task.

A save carries the version it was drawn on. The tasks of the chain are locked first (by `start`, which also brings a
ready or returned task to work), then the annotation set: a release, a submit and a save never pass each other. A save
that comes too late for its task is kept as a draft of its author and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.access import once_held
from annotation.editor.shapes import Size, check_objects, same_objects, with_authors
from annotation.errors import Forbidden, IllegalMove, Invalid, NotFound, NotHeld, Refused, StaleVersion
from annotation.models import AnnotationClass, AnnotationSet, Draft, Task
from annotation.workflow.start import start

VERSION_MAX = 2**31 - 1


@dataclass(frozen=True)
class Loaded:
    """What is drawn now. `version` 0 with no objects: nobody saved yet."""

    version: int
    objects: list[dict[str, Any]]
    author: User | None
    saved_at: datetime | None
    size: Size


def load(task: Task) -> Loaded:
    """What is drawn on the task's image in its lane."""
    found = AnnotationSet.objects.select_related("author").filter(**_target(task)).first()
    size = _size(task)
    if found is None:
        return Loaded(0, [], None, None, size)
    return Loaded(found.version, found.objects_json, found.author, found.saved_at, size)


def save_annotations(task_id: int, *, by: User, version: Any, objects: Any, door: str = "page") -> int:
    """Replace what is drawn by `objects`; answers the new version.

    Raises `Invalid` (an object is wrong; nothing is stored), `StaleVersion` (facts version, objects, author,
    saved_at of the newer one), `NotHeld` (the task is not theirs any more; fact draft: the id it was kept under).
    """
    task = Task.objects.select_related("item").filter(pk=task_id).first()
    if task is None:
        raise NotFound("There is no such task.")
    _check_version(version)
    checked = check_objects(objects, classes=_classes(task), size=_size(task))
    try:
        with transaction.atomic():
            return _save(task, by, version, checked, door)
    except (IllegalMove, Forbidden, NotHeld) as refused:
        raise _keep_draft(task, by, checked, refused) from refused


def own_draft(task: Task, user: User) -> Draft | None:
    """What this person drew too late, if anything."""
    return Draft.objects.filter(task=task, author=user).first()


def drop_draft(task: Task, user: User) -> None:
    Draft.objects.filter(task=task, author=user).delete()


def _save(task: Task, by: User, version: int, objects: list[dict[str, Any]], door: str) -> int:
    start(task.pk, by=by, door=door)
    current, _ = AnnotationSet.objects.select_for_update(no_key=True).get_or_create(**_target(task))
    drawn = with_authors(objects, current.objects_json, by.pk)
    if version != current.version:
        if _is_repeat(current, by, version, objects):
            return current.version
        raise _stale(current)
    current.version = version + 1
    current.objects_json = drawn
    current.author = by
    current.saved_at = timezone.now()
    current.save(update_fields=["version", "objects_json", "author", "saved_at"])
    return current.version


def _is_repeat(current: AnnotationSet, by: User, version: int, objects: list[dict[str, Any]]) -> bool:
    """The same save again, because its first answer got lost on the way."""
    return (
        version + 1 == current.version
        and current.author_id == by.pk
        and same_objects(current.objects_json, objects)
    )


def _stale(current: AnnotationSet) -> StaleVersion:
    who = str(current.author) if current.author else "Somebody"
    return StaleVersion(
        f"{who} saved a newer version meanwhile. Take theirs, or save yours on top of it.",
        version=current.version,
        objects=current.objects_json,
        author=who,
        saved_at=current.saved_at.isoformat(),
    )


def _keep_draft(task: Task, by: User, objects: list[dict[str, Any]], why: Refused) -> Refused:
    """Keep a late save of somebody who worked on the task; anybody else is refused as they are."""
    task.refresh_from_db()
    if by.pk not in {task.assignee_id, task.done_by_id} and not once_held(by, task):
        return why
    draft, _ = Draft.objects.update_or_create(
        task=task, author=by, defaults={"objects_json": objects, "created_at": timezone.now()}
    )
    return NotHeld(
        "This image is no longer yours to change. What you drew is kept as a draft that only you and admins see.",
        draft=draft.pk,
        status=task.status,
    )


def _classes(task: Task) -> set[str]:
    """The project's classes, and those already on this image: a class that was removed later stays usable there."""
    known = set(AnnotationClass.objects.filter(project_id=task.project_id).values_list("name", flat=True))
    return known | {one["class"] for one in load(task).objects}


def _target(task: Task) -> dict[str, Any]:
    """Frames and what is part of one share the set of their image; a sequence has one of its own."""
    if task.item_id:
        return {"item_id": task.item_id, "lane": task.lane}
    return {"folder_id": task.folder_id, "lane": task.lane}


def _size(task: Task) -> Size:
    return Size(task.item.width, task.item.height) if task.item else Size(None, None)


def _check_version(version: Any) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or not 0 <= version <= VERSION_MAX:
        raise Invalid("“version” must be the number that the last load or save answered.", field="version")
