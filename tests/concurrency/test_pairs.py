"""Any two moves of one image that meet, on PostgreSQL: the second begins before the first is committed. What becomes
of the image is what would have become of it if one had begun after the other had ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from annotation.errors import Refused
from annotation.members.people import deactivate, remove_from_project, set_project_role, set_workspace_role
from annotation.models import Batch, Project, ProjectMembership, Task
from annotation.workflow import counts
from annotation.workflow.accept import accept
from annotation.workflow.cancel import cancel_chains, cancel_item
from annotation.workflow.complete import complete
from annotation.workflow.give import Moved, give, release
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.cast import person
from tests.concurrency.together import meanwhile
from tests.concurrency.truth import chains_are_whole
from tests.factories import make_batch, make_items

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

Move = Callable[["Image"], Any]

STANDS = {
    "not_started": ("ready", "waiting"),
    "quality_check": ("submitted", "ready"),
    "completed": ("accepted", "accepted"),
}
"""What an image says → its task and its check."""


class Image:
    """The only image of a batch of its own, in the hands of Ana, its check in those of Quinn."""

    def __init__(self, cast: Cast, status: str) -> None:
        number = Batch.objects.count()
        self.cast = cast
        [self.item] = make_items(cast.project, prefix=f"i{number}")
        self.batch = make_batch(cast.project, [self.item], name=f"Batch {number}")
        self.task, self.review = Task.objects.filter(batch=self.batch).order_by("stage_order")
        task, review = STANDS[status]
        is_live, done = status != "completed", None if task == "ready" else cast.ana
        self._stands(self.task, task, is_live, assignee=cast.ana, done_by=done)
        checked = cast.quinn if review == "accepted" else None
        self._stands(
            self.review, review, is_live, assignee=cast.quinn, author=done, previous_by=done, done_by=checked
        )
        self.item.status = status
        self.item.save(update_fields=["status"])
        if not is_live:
            self.batch.status = "completed"
            self.batch.save(update_fields=["status"])
        for scope, pk in [("folder", self.item.folder_id), ("batch", self.batch.pk)]:
            counts.add_deltas(cast.project.pk, [(scope, pk, "not_started", -1), (scope, pk, status, 1)])

    def _stands(self, task: Task, status: str, is_live: bool, **people: User | None) -> None:
        Task.objects.filter(pk=task.pk).update(status=status, is_live=is_live, **people)

    def state(self) -> list[Any]:
        tasks = Task.objects.filter(batch=self.batch).order_by("stage_order")
        self.item.refresh_from_db()
        self.batch.refresh_from_db()
        rows = list(tasks.values_list("status", "is_live", "assignee__name", "done_by__name", "reason"))
        return [self.item.status, self.batch.status, *rows]


class Cast:
    def __init__(self, project: Project, ana: User, quinn: User, ada: User) -> None:
        self.project, self.ana, self.quinn, self.ada = project, ana, quinn, ada
        self.ben = person("Ben")
        self.everybody_is_here()

    def everybody_is_here(self) -> None:
        roles = {self.ana: "annotator", self.quinn: "qa", self.ben: "annotator"}
        here = ProjectMembership.objects.filter(user__is_active=True).values_list("user", "role")
        for user, role in roles.items():
            if (user.pk, role) in set(here):
                continue
            user.is_active = True
            user.save(update_fields=["is_active"])
            set_workspace_role(self.project.workspace, user, "member", by=self.ada)
            set_project_role(self.project, user, role, by=self.ada)


ANYTIME: dict[str, Move] = {
    "an admin gives the task to Ben": lambda i: _done(give([i.task.pk], to=i.cast.ben, by=i.cast.ada)),
    "an admin gives the check to Ben": lambda i: _done(give([i.review.pk], to=i.cast.ben, by=i.cast.ada)),
    "an admin releases the task": lambda i: _done(release([i.task.pk], by=i.cast.ada)),
    "an admin sets it to returned": lambda i: set_status([i.item.pk], "returned", by=i.cast.ada),
    "an admin sets it to completed": lambda i: set_status([i.item.pk], "completed", by=i.cast.ada),
    "an admin cancels it": lambda i: cancel_item(i.item.pk, by=i.cast.ada),
    "an admin cancels what nobody started": lambda i: (
        cancel_chains(i.batch.pk, also_started=False, by=i.cast.ada).done
    ),
    "Ana is removed": lambda i: remove_from_project(i.cast.project, i.cast.ana, by=i.cast.ada),
    "Ana becomes a QA": lambda i: set_project_role(i.cast.project, i.cast.ana, "qa", by=i.cast.ada),
    "Quinn is deactivated": lambda i: deactivate(i.cast.quinn, by=i.cast.ada),
}

MOVES: dict[str, dict[str, Move]] = {
    "not_started": {
        "Ana opens it": lambda i: start(i.task.pk, by=i.cast.ana),
        "Ana submits it": lambda i: submit(i.task.pk, by=i.cast.ana),
        "Ana skips it": lambda i: skip(i.task.pk, by=i.cast.ana, reason="Too dark."),
        "an admin completes it": lambda i: complete(i.task.pk, by=i.cast.ada),
    },
    "quality_check": {
        "Ana withdraws it": lambda i: withdraw(i.task.pk, by=i.cast.ana),
        "Quinn opens it": lambda i: start(i.review.pk, by=i.cast.quinn),
        "Quinn accepts it": lambda i: accept(i.task.pk, by=i.cast.quinn),
        "Quinn accepts it and keeps working": lambda i: accept(i.task.pk, by=i.cast.quinn, keep_working=True),
        "Quinn submits the check": lambda i: submit(i.review.pk, by=i.cast.quinn),
        "an admin returns it": lambda i: reject(i.task.pk, by=i.cast.ada, reason="Look again."),
        "Quinn sends it back": lambda i: send_back(
            i.review.pk, by=i.cast.quinn, stage_id=i.task.stage_id, reason="Look again."
        ),
    },
    "completed": {
        "an admin reopens it": lambda i: set_status([i.item.pk], "in_progress", by=i.cast.ada),
        "Ana submits it again": lambda i: submit(i.task.pk, by=i.cast.ana),
    },
}
REFUSED_WHEN_COMPLETED = {
    "Ana submits it again",
    "an admin gives the task to Ben",
    "an admin gives the check to Ben",
    "an admin releases the task",
}
FIRST = [
    (status, first)
    for status, moves in MOVES.items()
    for first in [*moves, *ANYTIME]
    if status != "completed" or first not in REFUSED_WHEN_COMPLETED
]


def _done(moved: Moved) -> None:
    if moved.refused:
        raise Refused(moved.refused[0][1])


@pytest.mark.parametrize(("status", "first"), FIRST)
def test_two_moves_that_meet_end_as_one_after_the_other(project, ana, quinn, ada, status, first) -> None:
    cast = Cast(project, ana, quinn, ada)
    moves = MOVES[status] | ANYTIME
    for second in moves:
        met = _met(cast, status, moves[first], moves[second])
        in_turn = _in_turn(cast, status, moves[first], moves[second])
        if met != in_turn:
            assert met == _in_turn(cast, status, moves[second], moves[first], turned=True), (
                f"{first}, then {second}"
            )
    chains_are_whole(project)
    assert counts.drift(project.pk) == []


@dataclass
class Ended:
    """What became of the image, and whether each of the two was refused."""

    state: list[Any]
    refused: list[bool]


def _met(cast: Cast, status: str, first: Move, second: Move) -> Ended:
    image = Image(cast, status)
    answer = meanwhile(partial(first, image), partial(second, image))
    cast.everybody_is_here()
    return Ended(image.state(), [False, isinstance(answer, Refused)])


def _in_turn(cast: Cast, status: str, first: Move, second: Move, turned: bool = False) -> Ended:
    image = Image(cast, status)
    refused = [_is_refused(first, image), _is_refused(second, image)]
    cast.everybody_is_here()
    return Ended(image.state(), refused[::-1] if turned else refused)


def _is_refused(move: Move, image: Image) -> bool:
    try:
        move(image)
    except Refused:
        return True
    return False
