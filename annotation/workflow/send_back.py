from __future__ import annotations

from accounts.models import User
from annotation.errors import Invalid
from annotation.models import Task
from annotation.workflow.chains import Chain, atomic, named, open_chain, require_move
from annotation.workflow.moves import OPEN
from annotation.workflow.reasons import require_reason
from annotation.workflow.reject import keep_holder_or_free


def send_back(task_id: int, *, by: User, stage_id: int, reason: str, door: str = "page") -> Task:
    """Send the chain back to an earlier stage, accepted or not: that stage's task is rejected, those between and the
    deciding one wait, holders kept. `task_id` is the deciding task, or the submitted one it looks at."""
    reason = require_reason(reason, door, "sending back")
    with atomic():
        chain = open_chain(task_id, by, door)
        deciding = _deciding(chain, task_id)
        require_move(chain, deciding, "send_back")
        target = next((task for task in chain.tasks if task.stage_id == stage_id), None)
        if target is None or target.stage_order >= deciding.stage_order:
            raise Invalid("Choose a stage before this one to send the image back to.", field="stage_id")
        between = chain.between(target, deciding)
        keep_holder_or_free(target)
        chain.put(target, "rejected", "send_back", reason)
        for task in between:
            keep_holder_or_free(task)
            chain.put(task, "waiting", "send_back", reason)
        chain.put(deciding, "waiting", "send_back", reason)
        chain.save()
    return named(task_id)


def _deciding(chain: Chain, task_id: int) -> Task:
    task = chain.at(task_id)
    following = chain.next(task)
    if task.status == "submitted" and following is not None and following.status in OPEN:
        return following
    return task
