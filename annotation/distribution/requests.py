"""Request Tasks: who asks gets the next tasks, in an order that can be explained.

One function behind the button, the **+**, and the APIs. Its locks, in the order of the house: my membership, an
advisory slot (PostgreSQL) or the lock file (SQLite), then the tasks, which are never waited for. Item.status is not
written: an image stays Not started until it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.distribution import answers
from annotation.distribution.queue import queue
from annotation.distribution.reasons import nothing_to_give
from annotation.distribution.standing import lock_membership, read_locked_standing, refusal
from annotation.models import Project, Task


@dataclass(frozen=True)
class Handout:
    """What a request brought, in the order it is to be worked on."""

    task_ids: list[int]

    @property
    def given(self) -> int:
        return len(self.task_ids)

    @cached_property
    def tasks(self) -> list[Task]:
        found = Task.objects.select_related("item", "folder", "stage").in_bulk(self.task_ids)
        return [found[pk] for pk in self.task_ids if pk in found]


def request_tasks(
    project: Project, *, by: User, door: str = "page", idempotency_key: str | None = None
) -> Handout:
    """Give `by` their next tasks. The same key brings the same answer for ten minutes; a refusal is asked anew.

    Raises MayNotRequest, Unfinished (facts held, where) and NothingToGive (facts reasons).
    """
    given: list[int] = []
    with queue().turn(), transaction.atomic():
        role, is_paused = lock_membership(project.pk, by.pk)
        if idempotency_key and role and (repeated := answers.recall(project.pk, by.pk, idempotency_key)):
            return Handout(repeated)
        standing = read_locked_standing(project, by.pk, role, is_paused)
        if portion := standing.portion:
            given = queue().claim(standing.ask, portion, now=timezone.now(), door=door)
        if idempotency_key and given:
            answers.keep(project.pk, by.pk, idempotency_key, given)
    if given:
        return Handout(given)
    raise refusal(standing) or nothing_to_give(standing)
