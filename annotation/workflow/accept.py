from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import Chain, atomic, named, open_chain, require_move


def accept(task_id: int, *, by: User, door: str = "page", keep_working: bool = False) -> Task:
    """Accept submitted work. Either id may be named: the submitted task, or the review task that looks at it.

    The review is handed on with it, unless the reviewer keeps working: then it stays theirs, in progress, until its
    own submit.
    """
    event = "keep" if keep_working else "accept"
    with atomic():
        chain = open_chain(task_id, by, door)
        task = judged(chain, task_id)
        require_move(chain, task, event)
        review = chain.next(task)
        assert review is not None  # noqa: S101 - require_move looked at it
        chain.put(task, "accepted", event)
        if keep_working:
            review.opened_at = review.opened_at or timezone.now()
            chain.put(review, "in_progress", event)
        else:
            chain.hand_on(review, event)
        chain.save(writes_version="accept")
    return named(task_id)


def judged(chain: Chain, task_id: int) -> Task:
    """The submitted task a verdict means: the named one, or the one that the named review looks at."""
    task = chain.at(task_id)
    if task.stage_kind == "review" and task.status in {"ready", "in_progress"}:
        previous = chain.previous(task)
        if previous is not None and previous.status == "submitted":
            return previous
    return task
