"""What a request brought, as names that a test can compare."""

from __future__ import annotations

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.models import Project, Task


def names(tasks: list[Task]) -> list[str]:
    """`folder/name` without extension, the name alone in the root."""
    return [
        (f"{task.folder.name}/" if not task.folder.is_root else "") + task.item.name.removesuffix(".jpg")
        for task in tasks
        if task.item
    ]


def request(project: Project, by: User) -> list[str]:
    return names(request_tasks(project, by=by).tasks)


def sized(project: Project, number: int) -> Project:
    """The project with another request item number."""
    project.request_item_number = number
    project.save(update_fields=["request_item_number"])
    return project


def hand_in(*tasks: Task, by: User) -> None:
    """What a submit leaves behind, written as rows: the review stage waits for somebody else than `by`."""
    for task in tasks:
        Task.objects.filter(pk=task.pk).update(status="submitted", done_by=by)
        Task.objects.filter(
            item_id=task.item_id, batch_id=task.batch_id, stage_order=task.stage_order + 1
        ).update(status="ready", author=by, previous_by=by)


def submitted(project: Project, by: User, n: int | None = None) -> None:
    """All (or the first `n`) annotate tasks were held and submitted by this person."""
    first = Task.objects.filter(project=project, stage_kind="annotate", status="ready").order_by("id")[:n]
    Task.objects.filter(pk__in=[task.pk for task in first]).update(assignee=by)
    hand_in(*first, by=by)
