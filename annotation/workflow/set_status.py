"""Set status and reopen: an admin gives chains the shape of a status, in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from annotation.access import project_access
from annotation.errors import Invalid
from annotation.models import Item, Project, ProjectMembership, Task
from annotation.workflow.chains import Chain, open_chain
from annotation.workflow.ending import hold_end, reopen
from annotation.workflow.give import Moved
from annotation.workflow.leaving import UN_ENDED
from annotation.workflow.moves import SHAPES
from annotation.workflow.reject import keep_holder_or_free

ENDED = ("completed", "skipped")


def set_status(item_ids: Sequence[int], status: str, *, by: User, door: str = "page", lane: int = 0) -> Moved:
    """Give the latest chain of each item the shape of `status`, a cancelled one only where there is no other; holders
    stay unless they left. One transaction an item.

    Raises `Invalid` for an unknown status. An item without a chain, or whose other batch is at work on it, is refused
    by itself.
    """
    if status not in SHAPES:
        raise Invalid(f"“{status}” is no status. Use one of: {', '.join(SHAPES)}.", field="status")
    moved = Moved()
    ids = sorted(set(item_ids))
    known = set(Item.objects.filter(pk__in=ids, archived_at=None).values_list("pk", flat=True))
    for project in Project.objects.filter(pk__in=Item.objects.filter(pk__in=ids).values("project_id")):
        project_access(by, project).require_admin()
    for item_id in ids:
        sentence = (
            _set_one(item_id, status, by, door, lane) if item_id in known else "There is no such image."
        )
        if sentence:
            moved.refused.append((item_id, sentence))
        else:
            moved.done.append(item_id)
    return moved


@transaction.atomic
def _set_one(item_id: int, status: str, by: User, door: str, lane: int) -> str:
    """The sentence of a refusal, or nothing."""
    theirs = Task.objects.filter(item_id=item_id, lane=lane, target=Task.Target.FRAME)
    last = (
        theirs.filter(is_live=True).first()
        or theirs.exclude(status=Task.Status.CANCELLED).order_by("-id").first()
        or theirs.order_by("-id").first()
    )
    if last is None:
        return "It has no tasks yet: put it in a batch first."
    if status not in ENDED:
        _hold_holders(last)
        hold_end(last.batch_id)
    chain = open_chain(last.pk, by, door)
    was_live = any(task.is_live for task in chain.tasks)
    if not was_live and (other := theirs.filter(is_live=True).select_related("batch").first()):
        return f"The batch {other.batch.name} is at work on it."
    shape = _shape(chain.tasks, status)
    if shape is None:
        return "Its batch has no review stage, so it cannot wait for a quality check."
    for task, becomes in zip(chain.tasks, shape, strict=True):
        if task.status != becomes:
            _become(chain, task, becomes, by)
        task.is_live = status not in ENDED
        if becomes in UN_ENDED:
            keep_holder_or_free(task)
    if not chain.changed:
        chain.put(chain.tasks[0], chain.tasks[0].status, "set_status")
    chain.save(writes_version="set_status" if status == "completed" else "")
    if not was_live and status not in ENDED:
        reopen(last.batch_id, by.pk, door)
    return ""


def _hold_holders(task: Task) -> None:
    """Whoever gets work back must not be leaving meanwhile."""
    holders = Task.objects.chain_of(task).exclude(assignee=None).order_by().values("assignee")
    theirs = ProjectMembership.objects.filter(project_id=task.project_id, user__in=holders)
    list(theirs.select_for_update(no_key=True).order_by("user_id"))


def _become(chain: Chain, task: Task, becomes: str, by: User) -> None:
    if becomes in {"submitted", "accepted", "skipped"} and task.done_by_id is None:
        task.done_by_id = task.assignee_id or by.pk
    if becomes == "ready" and task.stage_kind == "review":
        previous = chain.previous(task)
        if previous is not None:
            chain.ready(task, "set_status", previous)
            return
    chain.put(task, becomes, "set_status")


def _shape(tasks: list[Task], status: str) -> list[str] | None:
    """What each task becomes, first stage first; None where the status needs a review stage and there is none."""
    first, review, rest = SHAPES[status]
    reviews = [place for place, task in enumerate(tasks) if task.stage_kind == "review"]
    if status == "quality_check":
        if not reviews or reviews[0] == 0:
            return None
        at = reviews[0]
        return ["accepted"] * (at - 1) + [first, review] + [rest] * (len(tasks) - at - 1)
    return [first] + [review if place in reviews[:1] else rest for place in range(1, len(tasks))]
