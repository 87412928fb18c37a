from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import atomic, named, open_chain, require_move


def start(task_id: int, *, by: User, door: str = "page") -> Task:
    """Open a task to work on it: ready or rejected becomes in progress. Opening it again changes nothing."""
    with atomic():
        chain = open_chain(task_id, by, door)
        task = chain.at(task_id)
        require_move(chain, task, "start")
        is_new = task.status != Task.Status.IN_PROGRESS
        if is_new or chain.before[task.pk][1] != task.assignee_id:
            task.opened_at = timezone.now()
            chain.put(task, "in_progress", "start")
            chain.save()
    return named(task_id)
