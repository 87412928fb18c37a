from __future__ import annotations

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import atomic, named, open_chain, require_move
from annotation.workflow.reasons import require_reason


def skip(task_id: int, *, by: User, reason: str, door: str = "page") -> Task:
    """Say why this image is not annotated. The chain ends."""
    reason = require_reason(reason, door, "skipping an image")
    with atomic():
        chain = open_chain(task_id, by, door)
        task = chain.at(task_id)
        require_move(chain, task, "skip")
        chain.done(task, "skipped", "skip", reason)
        for later in chain.after(task):
            chain.put(later, "cancelled", "skip", reason)
        chain.end()
        chain.save()
    return named(task_id)
