"""One process of a storm: `python -m tests.concurrency.player PROJECT USER [PART]`. Prints what it was told as JSON.

An annotator requests and submits, a QA requests and accepts or returns, an admin gives and releases; with the part
`request` anybody requests once. It begins when a line comes in.
"""

from __future__ import annotations

import json
import random
import sys

import django

django.setup()

from accounts.models import User  # noqa: E402
from annotation.distribution.requests import request_tasks  # noqa: E402
from annotation.errors import Refused  # noqa: E402
from annotation.models import Project, ProjectMembership, Task  # noqa: E402
from annotation.workflow.accept import accept  # noqa: E402
from annotation.workflow.give import give, release  # noqa: E402
from annotation.workflow.reject import reject  # noqa: E402
from annotation.workflow.submit import submit  # noqa: E402

ROUNDS = 6


class Player:
    def __init__(self, project: Project, me: User) -> None:
        self.project, self.me = project, me
        self.chance = random.Random(me.pk)
        self.portions: list[int] = []
        self.handed: list[int] = []
        self.submitted: list[int] = []

    def annotate(self) -> None:
        for _ in range(ROUNDS):
            for pk in self._request():
                if self.chance.random() < 0.9 and self._ok(lambda pk=pk: submit(pk, by=self.me)):
                    self.submitted.append(pk)

    def review(self) -> None:
        for _ in range(2 * ROUNDS):
            for pk in self._request():
                work = Task.objects.chain_of(Task.objects.get(pk=pk)).get(stage_kind="annotate").pk
                if self.chance.random() < 0.5:
                    self._ok(lambda work=work: accept(work, by=self.me))
                else:
                    self._ok(lambda work=work: reject(work, by=self.me, reason="Look again."))

    def steer(self) -> None:
        annotators = list(User.objects.filter(project_memberships__role="annotator").order_by("pk"))
        for number in range(20):
            ready = Task.objects.filter(project=self.project, stage_order=1, status="ready", is_live=True)
            free = list(ready.filter(assignee=None).values_list("pk", flat=True)[:2])
            if number % 2:
                give(free, to=self.chance.choice(annotators), by=self.me)
            else:
                release(list(ready.exclude(assignee=None).values_list("pk", flat=True)[:2]), by=self.me)

    def request(self) -> None:
        self._request()

    def _request(self) -> list[int]:
        try:
            got = request_tasks(self.project, by=self.me).task_ids
        except Refused:
            return []
        self.portions.append(len(got))
        self.handed += got
        return got

    def _ok(self, move) -> bool:
        try:
            move()
        except Refused:
            return False
        return True


def main(project_id: str, user_id: str, part: str = "") -> None:
    player = Player(Project.objects.get(pk=project_id), User.objects.get(pk=user_id))
    member = ProjectMembership.objects.filter(user=player.me, project=player.project).first()
    parts = {"annotator": player.annotate, "qa": player.review, "request": player.request}
    sys.stdin.readline()
    parts.get(part or (member.role if member else ""), player.steer)()
    json.dump(
        {"portions": player.portions, "handed": player.handed, "submitted": player.submitted}, sys.stdout
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
