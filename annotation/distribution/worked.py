"""What a person is or was the worker of: their own images, for people who do not see those of others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core import signing
from django.db.models import Count, Q
from django.utils.dateparse import parse_datetime

from annotation.models import Folder, Task
from annotation.models.tasks import TaskQuerySet

PAGE = 50


@dataclass(frozen=True)
class WorkedPage:
    """Tasks, latest move first. `older_cursor` and `newer_cursor` are empty where there is no more."""

    tasks: list[Task]
    newer_cursor: str
    older_cursor: str


def worked_tasks(project_id: int, user_id: int) -> TaskQuerySet:
    return Task.objects.filter(Q(assignee=user_id) | Q(done_by=user_id), project=project_id, target="frame")


def worked_counts(project_id: int, user_id: int) -> dict[int, Counter[str]]:
    """folder id → item status → number of images. One query over the person's own tasks."""
    rows = (
        worked_tasks(project_id, user_id)
        .filter(item__archived_at=None)
        .order_by()
        .values_list("item__folder_id", "item__status")
        .annotate(n=Count("item_id", distinct=True))
    )
    found: dict[int, Counter[str]] = {}
    for folder_id, status, n in rows:
        found.setdefault(folder_id, Counter())[status] = n
    return found


def worked_page(
    project_id: int,
    user_id: int,
    *,
    folder: Folder | None = None,
    status: str = "",
    after: str = "",
    before: str = "",
    limit: int = PAGE,
) -> WorkedPage:
    tasks = worked_tasks(project_id, user_id).filter(item__archived_at=None)
    if folder:
        tasks = tasks.filter(item__folder=folder)
    if status:
        tasks = tasks.filter(item__status=status)
    at, back = _read(before or after), bool(before)
    if at is not None:
        moved, pk = at
        beyond = (
            Q(moved_at__gt=moved) | Q(moved_at=moved, pk__gt=pk)
            if back
            else Q(moved_at__lt=moved) | Q(moved_at=moved, pk__lt=pk)
        )
        tasks = tasks.filter(beyond)
    order = ("moved_at", "pk") if back else ("-moved_at", "-pk")
    found = list(tasks.select_related("item__folder", "folder", "stage").order_by(*order)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    has_newer = more if back else at is not None
    has_older = at is not None if back else more
    return WorkedPage(
        found,
        _write(found[0]) if found and has_newer else "",
        _write(found[-1]) if found and has_older else "",
    )


def _write(task: Task) -> str:
    return signing.dumps([task.moved_at.isoformat(), task.pk], salt="worked")


def _read(cursor: str) -> tuple[object, int] | None:
    if not cursor:
        return None
    try:
        moved, pk = signing.loads(cursor, salt="worked")
    except signing.BadSignature:
        return None
    return parse_datetime(moved), pk
