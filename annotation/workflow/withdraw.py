from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import atomic, named, open_chain, require_move
from annotation.workflow.moves import illegal


def withdraw(task_id: int, *, by: User, door: str = "page") -> Task:
    """Take a submit back while nobody has opened its review."""
    with atomic():
        chain = open_chain(task_id, by, door)
        task = chain.at(task_id)
        require_move(chain, task, "withdraw")
        following = chain.next(task)
        if following is None or following.status != Task.Status.READY or following.opened_at is not None:
            raise illegal("withdraw", task, "A reviewer has opened it already.")
        task.opened_at = timezone.now()
        chain.put(task, "in_progress", "withdraw")
        chain.put(following, "waiting", "withdraw")
        chain.save()
    return named(task_id)
