from __future__ import annotations

from accounts.models import User
from annotation.models import ProjectMembership, Task, WorkspaceMembership
from annotation.workflow.accept import judged
from annotation.workflow.chains import atomic, named, open_chain, require_move
from annotation.workflow.reasons import require_reason


def reject(task_id: int, *, by: User, reason: str, door: str = "page") -> Task:
    """Return submitted work with words. It goes back to the same holder if they still belong here, else to nobody;
    the review waits and keeps its reviewer. Either id may be named, as for `accept`."""
    reason = require_reason(reason, door, "returning an image")
    with atomic():
        chain = open_chain(task_id, by, door)
        task = judged(chain, task_id)
        require_move(chain, task, "reject")
        review = chain.next(task)
        assert review is not None  # noqa: S101 - require_move looked at it
        keep_holder_or_free(task)
        chain.put(task, "rejected", "reject", reason)
        chain.put(review, "waiting", "reject", reason)
        chain.save()
    return named(task_id)


def keep_holder_or_free(task: Task) -> None:
    """Whoever left, or was deactivated, does not get work back."""
    if task.assignee_id is None:
        return
    here = ProjectMembership.objects.filter(
        project_id=task.project_id, user_id=task.assignee_id, user__is_active=True
    ).exists()
    if (
        not here
        and not WorkspaceMembership.objects.filter(
            workspace__projects=task.project_id,
            user_id=task.assignee_id,
            role__in=["owner", "admin"],
            user__is_active=True,
        ).exists()
    ):
        task.assignee = None
        task.given_at = None
