from __future__ import annotations

from accounts.models import User
from annotation.errors import Forbidden
from annotation.models import Task
from annotation.workflow.chains import atomic, is_admin, named, open_chain, require_move


def complete(task_id: int, *, by: User, door: str = "page") -> Task:
    """Finish the image without further checks: by an admin, or by its holder where the project allows it."""
    with atomic():
        chain = open_chain(task_id, by, door)
        task = chain.at(task_id)
        require_move(chain, task, "complete")
        if not task.project.annotator_may_complete and not is_admin(chain):
            raise Forbidden(
                "This project lets only admins complete an image without a check. Submit it instead."
            )
        previous = chain.previous(task)
        if previous is not None and previous.status == Task.Status.SUBMITTED:
            chain.put(previous, "accepted", "complete")
        chain.done(task, "accepted", "complete")
        for later in chain.after(task):
            chain.put(later, "cancelled", "complete")
        chain.end()
        chain.save(writes_version="complete")
    return named(task_id)
