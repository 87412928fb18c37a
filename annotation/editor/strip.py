"""The image panel: what a person holds in a project, in queue order, and what **+** would bring."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.access import ProjectAccess
from annotation.distribution.held import held_tasks
from annotation.distribution.preview import Offer, would_bring
from annotation.models import Task


@dataclass(frozen=True)
class Strip:
    tasks: list[Task]
    current_id: int
    offer: Offer
    portion: int

    @property
    def position(self) -> int | None:
        """1 for the first; None when the open task is not among those held."""
        ids = [task.pk for task in self.tasks]
        return ids.index(self.current_id) + 1 if self.current_id in ids else None

    @property
    def may_request(self) -> bool:
        return self.offer.may and self.offer.count > 0


def strip_of(access: ProjectAccess, task: Task) -> Strip:
    return Strip(held(access), task.pk, would_bring(access), access.project.request_item_number)


def held(access: ProjectAccess) -> list[Task]:
    """Images the person holds here; whole sequences have no place in the strip."""
    return [task for task in held_tasks(access.project.pk, access.user.pk) if task.item_id]


def ahead(tasks: list[Task], task_id: int) -> list[Task]:
    """The others, beginning behind this one and going round: the order a person works through them."""
    ids = [task.pk for task in tasks]
    at = ids.index(task_id) if task_id in ids else -1
    return [task for task in tasks[at + 1 :] + tasks[: max(at, 0)] if task.pk != task_id]


def next_task(before: list[Task], access: ProjectAccess, task_id: int) -> Task | None:
    """After a move: the first of `before` (see `ahead`) that is still held, else anything held."""
    now = {task.pk: task for task in held(access) if task.pk != task_id}
    for task in before:
        if task.pk in now:
            return now[task.pk]
    return next(iter(now.values()), None)
