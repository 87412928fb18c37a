"""What must hold after any storm: read from rows and from the history, not from what the callers believe."""

from __future__ import annotations

from annotation.models import Event, Item, Project, Task
from annotation.workflow.chains import status_of
from annotation.workflow.counts import drift

OPEN = {"ready", "in_progress", "rejected"}


def check(project: Project) -> None:
    one_holder_at_a_time(project)
    chains_are_whole(project)
    assert drift(project.pk) == []


def one_holder_at_a_time(project: Project) -> None:
    """Events of one task were written under its lock, so their ids are in the order of what happened to it."""
    holders: dict[int, int | None] = {}
    for event in Event.objects.filter(project_id=project.pk).exclude(task_id=None).order_by("id"):
        held = holders.get(event.task_id)
        if event.kind == "claim":
            assert held is None, f"task {event.task_id} was held by {held} and handed to {event.to_holder_id}"
        elif event.from_holder_id is not None or event.kind in {"release", "give"}:
            assert event.from_holder_id == held, f"{event.kind} of task {event.task_id}: held by {held}"
        holders[event.task_id] = event.to_holder_id
    for task in Task.objects.filter(project=project):
        assert task.assignee_id == holders.get(task.pk), f"task {task.pk}"


def chains_are_whole(project: Project) -> None:
    """At most one task of a live chain may be worked on, and the item says what its chain says."""
    for item in Item.objects.filter(project=project):
        tasks = list(Task.objects.filter(item=item, lane=0, is_live=True).order_by("stage_order"))
        if tasks:
            assert sum(task.status in OPEN for task in tasks) == 1, [task.status for task in tasks]
            assert item.status == status_of(tasks), item.name
