"""Request Tasks under fire on PostgreSQL: real threads, real locks."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.distribution import queue_postgres
from annotation.distribution.requests import request_tasks
from annotation.errors import NothingToGive, Refused, Unfinished
from annotation.members.people import pause, remove_from_project, set_project_role, set_workspace_role
from annotation.models import Event, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.submit import submit
from tests.cast import person
from tests.concurrency.together import held_open, together, until_waiting, won
from tests.concurrency.truth import check
from tests.factories import make_batch, make_folder, make_items

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ANNOTATORS, QAS, PORTION, IMAGES, ROUNDS = 20, 10, 5, 200, 6


@pytest.fixture
def crew(project: Project, ada: User) -> dict[str, list[User]]:
    def join(name: str, role: str) -> User:
        user = person(name)
        set_workspace_role(project.workspace, user, "member", by=ada)
        set_project_role(project, user, role, by=ada)
        return user

    Project.objects.filter(pk=project.pk).update(request_item_number=PORTION, request_policy="top_up")
    project.refresh_from_db()
    return {
        "annotator": [join(f"annotator{n}", "annotator") for n in range(ANNOTATORS)],
        "qa": [join(f"qa{n}", "qa") for n in range(QAS)],
    }


class Storm:
    """What each of the threads does, and what it was told."""

    def __init__(self, project: Project, crew: dict[str, list[User]], ada: User) -> None:
        self.project, self.crew, self.ada = project, crew, ada
        self.portions: list[int] = []
        self.handed: list[tuple[int, int]] = []
        self.submitted: list[tuple[int, int]] = []

    def annotator(self, me: User) -> None:
        chance = random.Random(me.pk)
        for _ in range(ROUNDS):
            for pk in self._request(me):
                if chance.random() < 0.9 and _ok(submit, pk, by=me):
                    self.submitted.append((pk, me.pk))

    def qa(self, me: User) -> None:
        chance = random.Random(me.pk)
        for _ in range(2 * ROUNDS):
            for pk in self._request(me):
                before = Task.objects.chain_of(Task.objects.get(pk=pk)).get(stage_kind="annotate").pk
                if chance.random() < 0.5:
                    _ok(accept, before, by=me)
                else:
                    _ok(reject, before, by=me, reason="Look again.")

    def giver(self) -> None:
        chance = random.Random(1)
        for _ in range(40):
            tasks = self._some(chance, assignee=None)
            if tasks:
                give(tasks, to=chance.choice(self.crew["annotator"]), by=self.ada)

    def releaser(self) -> None:
        chance = random.Random(2)
        for _ in range(40):
            release(self._some(chance, assignee__isnull=False), by=self.ada)

    def _some(self, chance: random.Random, **which: Any) -> list[int]:
        open_ones = Task.objects.filter(
            project=self.project, stage_kind="annotate", is_live=True, status="ready", **which
        )
        found = list(open_ones.values_list("pk", flat=True)[:50])
        return chance.sample(found, min(3, len(found)))

    def _request(self, me: User) -> list[int]:
        try:
            got = request_tasks(self.project, by=me).task_ids
        except (NothingToGive, Unfinished):
            return []
        self.portions.append(len(got))
        self.handed += [(pk, me.pk) for pk in got]
        return got


def _ok(verb: Any, *arguments: Any, **more: Any) -> bool:
    try:
        verb(*arguments, **more)
    except Refused:
        return False
    return True


def test_32_threads_request_submit_and_reject_while_an_admin_gives_and_releases(project, crew, ada):
    make_batch(project, make_items(project, make_folder(project, "A"), IMAGES // 2), name="One")
    make_batch(project, make_items(project, make_folder(project, "B"), IMAGES // 2), name="Two")
    storm = Storm(project, crew, ada)
    together(
        *(partial(storm.annotator, one) for one in crew["annotator"]),
        *(partial(storm.qa, one) for one in crew["qa"]),
        storm.giver,
        storm.releaser,
    )
    assert max(storm.portions) <= PORTION
    assert len(storm.submitted) > IMAGES / 2, "the storm was a breeze"
    told = Event.objects.filter(kind="submit", to_status="submitted").values_list("task_id", "actor_id")
    assert sorted(told) == sorted(storm.submitted)
    claims = Event.objects.filter(kind="claim").values_list("task_id", "actor_id")
    assert sorted(claims) == sorted(storm.handed)
    check(project)


def test_many_who_ask_at_once_get_everything_there_is_and_nothing_twice(project, crew):
    make_batch(project, make_items(project, n=ANNOTATORS * PORTION))
    answers = together(*(partial(request_tasks, project, by=one) for one in crew["annotator"]))
    got = [pk for handout in won(answers) for pk in handout.task_ids]
    assert len(got) == len(set(got)) == ANNOTATORS * PORTION
    check(project)


@pytest.mark.parametrize("policy", ["finish_first", "top_up"])
def test_four_clicks_with_a_slow_first_bring_one_portion(project, ana, policy):
    Project.objects.filter(pk=project.pk).update(request_policy=policy)
    project.refresh_from_db()
    make_batch(project, make_items(project, n=50))
    answers: list[Any] = []
    with held_open(lambda: answers.append(request_tasks(project, by=ana))) as commit:
        clicks = threading.Thread(
            target=lambda: answers.extend(together(*[partial(request_tasks, project, by=ana)] * 3))
        )
        clicks.start()
        until_waiting(3)
        commit()
        clicks.join()
    assert [type(answer) for answer in answers[1:]] == [Unfinished] * 3
    assert Task.objects.filter(assignee=ana).count() == project.request_item_number == 10
    check(project)


def test_one_form_sent_four_times_gets_one_answer_four_times(project, ana):
    make_batch(project, make_items(project, n=50))
    answers = together(*[partial(request_tasks, project, by=ana, idempotency_key="form")] * 4)
    assert len({tuple(handout.task_ids) for handout in answers}) == 1
    check(project)


def test_a_bulk_change_of_priorities_hides_the_last_three_for_a_moment_only(project, ana, ada, monkeypatch):
    make_batch(project, make_items(project, n=3))
    rows = [PriorityRow(f"img-00{n}.jpg", None, n) for n in (1, 2, 3)]
    with held_open(lambda: set_priorities(project, rows, by=ada)) as commit:
        real = time.sleep

        def sleep(seconds: float) -> None:
            if seconds:
                commit()
            real(seconds)

        monkeypatch.setattr(queue_postgres.time, "sleep", sleep)
        handout = request_tasks(project, by=ana)
    names = [task.item.name for task in handout.tasks]
    assert names == ["img-003.jpg", "img-002.jpg", "img-001.jpg"]
    check(project)


def test_a_change_that_lasts_is_not_waited_for(project, ana, ada):
    """Locks are never waited for: the request says "nothing" and says it soon."""
    make_batch(project, make_items(project, n=3))
    rows = [PriorityRow(f"img-00{n}.jpg", None, n) for n in (1, 2, 3)]
    with held_open(lambda: set_priorities(project, rows, by=ada)), pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    assert request_tasks(project, by=ana).given == 3


def test_priorities_change_while_people_claim_the_last_ones(project, crew, ada):
    for number in range(10):
        items = make_items(project, n=3, prefix=f"r{number}")
        make_batch(project, items, name=f"Round {number}")
        rows = [PriorityRow(item.name, None, float(number)) for item in items]
        together(
            partial(set_priorities, project, rows, by=ada),
            *(partial(request_tasks, project, by=one) for one in crew["annotator"][:4]),
        )
        left = Task.objects.filter(batch__name=f"Round {number}", stage_kind="annotate", assignee=None)
        if left.exists():
            request_tasks(project, by=crew["annotator"][4])
        assert not left.exists()
        holders = list(Task.objects.filter(batch__name=f"Round {number}", stage_kind="annotate"))
        assert len({task.item_id for task in holders}) == 3
        release([task.pk for task in Task.objects.exclude(assignee=None)], by=ada)
        Task.objects.filter(batch__name=f"Round {number}").update(is_live=False, status="cancelled")


@pytest.mark.parametrize("leaving", ["remove", "role", "pause"])
def test_whoever_leaves_while_asking_ends_with_nothing_they_may_not_hold(project, ana, ada, leaving):
    make_batch(project, make_items(project, n=200))
    for _ in range(10):
        go = {
            "remove": lambda: remove_from_project(project, ana, by=ada),
            "role": lambda: set_project_role(project, ana, "qa", by=ada),
            "pause": lambda: pause(project, ana, True, by=ada),
        }[leaving]
        together(go, partial(request_tasks, project, by=ana))
        held = Task.objects.filter(assignee=ana, stage_kind="annotate", status__in=["ready", "in_progress"])
        if leaving == "pause":
            assert held.count() in {0, 10}
            pause(project, ana, False, by=ada)
            release(list(held.values_list("pk", flat=True)), by=ada)
        else:
            assert not held.exists()
            set_project_role(project, ana, "annotator", by=ada)
    check(project)


def test_a_folder_assigned_to_others_while_people_ask_is_read_as_of_the_request(project, crew, ada):
    """Whoever asks after the assignment gets nothing of it."""
    from annotation.distribution.assignments import assign_folder

    folder = make_folder(project, "A")
    make_batch(project, make_items(project, folder, 100))
    owner, *others = crew["annotator"][:6]
    together(
        partial(assign_folder, folder, annotators=[owner], qas=[], by=ada),
        *(partial(request_tasks, project, by=one) for one in others),
    )
    release(list(Task.objects.exclude(assignee=None).values_list("pk", flat=True)), by=ada)
    answers = together(*(partial(request_tasks, project, by=one) for one in others))
    assert won(answers) == []
    assert request_tasks(project, by=owner).given == PORTION
    check(project)
