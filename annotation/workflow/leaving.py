"""What a person loses with their role: every un-ended task they hold and their folders (DESIGN §2, Leaving)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.models import FolderAssignment, JobShare, Project, Task, Workspace
from annotation.workflow.history import event_of, record

UN_ENDED = ("waiting", "ready", "in_progress", "rejected", "submitted")


@transaction.atomic
def take_away(project: Project, user: User, *, by: User, door: str = "page") -> int:
    """Release all un-ended tasks of `user` in the project, with events; drop their folder assignments; their job
    shares become nobody's, reserved for the job. The caller holds the lock of their membership. Returns the number
    of tasks."""
    # Accepted ones are locked too: a move that sends one of them back at this moment is waited for.
    live = Task.objects.filter(project=project, assignee=user, is_live=True)
    locked = live.select_for_update(no_key=True).order_by("id")
    tasks = [task for task in locked if task.status in UN_ENDED]
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
        assignee=None, given_at=None, moved_at=timezone.now()
    )
    for task in tasks:
        task.assignee_id = None
    record(event_of(task, "leave", by_id=by.pk, door=door, was=task.status, holder=user.pk) for task in tasks)
    FolderAssignment.objects.filter(folder__project=project, user=user).delete()
    JobShare.objects.filter(job__project=project, user=user).update(user=None)
    return len(tasks)


def projects_held_in(user: User, workspace: Workspace | None = None) -> list[Project]:
    """Where the person holds un-ended tasks; of one workspace, or of all."""
    held = Task.objects.filter(assignee=user, is_live=True, status__in=UN_ENDED).values("project_id")
    projects = Project.objects.filter(pk__in=held).order_by("pk")
    return list(projects if workspace is None else projects.filter(workspace=workspace))


def held_by_person(project: Project, user: User) -> int:
    """How many tasks `take_away` would release."""
    return Task.objects.filter(project=project, assignee=user, is_live=True, status__in=UN_ENDED).count()
