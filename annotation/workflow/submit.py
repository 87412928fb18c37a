from __future__ import annotations

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import atomic, named, open_chain, require_move


def submit(task_id: int, *, by: User, door: str = "page") -> Task:
    """Hand the work on. Of a review task whose previous one is still submitted, that one is accepted first."""
    with atomic():
        chain = open_chain(task_id, by, door)
        task = chain.at(task_id)
        require_move(chain, task, "submit")
        previous = chain.previous(task)
        if previous is not None and previous.status == Task.Status.SUBMITTED:
            chain.put(previous, "accepted", "accept")
        chain.hand_on(task, "submit")
        chain.save(writes_version="submit")
    return named(task_id)
