"""Giving and releasing: an admin changes who holds tasks; their status stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.access import project_access
from annotation.errors import Invalid, NotFound
from annotation.models import Project, ProjectMembership, Task, Workspace
from annotation.workflow.history import event_of, record
from annotation.workflow.moves import MOVES, illegal

AT_ONCE = 1000


@dataclass
class Moved:
    """What a bulk move did: ids it changed, and ids it left with the reason."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def give(task_ids: Sequence[int], *, to: User, by: User, door: str = "page") -> Moved:
    """Make `to` the holder. Raises `Invalid` where they do not belong to the project of a task."""
    return _hand_over(task_ids, to, by, door, "give")


def release(task_ids: Sequence[int], *, by: User, door: str = "page") -> Moved:
    """Make the tasks nobody's; whoever requests next may get them."""
    return _hand_over(task_ids, None, by, door, "release")


def _hand_over(task_ids: Sequence[int], to: User | None, by: User, door: str, event: str) -> Moved:
    moved = Moved()
    ids = sorted(set(task_ids))
    for first in range(0, len(ids), AT_ONCE):
        _hand_over_some(ids[first : first + AT_ONCE], to, by, door, event, moved)
    return moved


def _hand_over_some(ids: list[int], to: User | None, by: User, door: str, event: str, moved: Moved) -> None:
    with transaction.atomic():
        projects = Project.objects.filter(pk__in=Task.objects.filter(pk__in=ids).values("project_id"))
        for project in projects.order_by("pk"):
            project_access(by, project).require_admin()
            if to is not None:
                _require_place(project, to)
        tasks = list(Task.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("id"))
        moved.refused += [
            (pk, "There is no such task.") for pk in sorted(set(ids) - {task.pk for task in tasks})
        ]
        changing, events, now = [], [], timezone.now()
        for task in tasks:
            if not task.is_live or task.status not in MOVES[event].sources:
                moved.refused.append((task.pk, illegal(event, task).sentence))
                continue
            holder, task.assignee = task.assignee_id, to
            moved.done.append(task.pk)
            if holder != task.assignee_id:
                changing.append(task.pk)
                events.append(event_of(task, event, by_id=by.pk, door=door, was=task.status, holder=holder))
        Task.objects.filter(pk__in=changing).update(
            assignee=to, given_at=now if to is not None else None, moved_at=now
        )
        record(events)


def _require_place(project: Project, to: User) -> None:
    """Locks what a leaving locks first, the membership or an admin's workspace, so that the two cannot cross."""
    member = ProjectMembership.objects.select_for_update(no_key=True).filter(project=project, user=to).first()
    if member is None:
        Workspace.objects.select_for_update(no_key=True).get(pk=project.workspace_id)
    try:
        is_here = member is not None or project_access(to, project).is_admin
    except NotFound:
        is_here = False
    if not is_here or not User.objects.filter(pk=to.pk, is_active=True).exists():
        raise Invalid(f"{to} has no role in {project}. Add them to its members first.", field="to")
