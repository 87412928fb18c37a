"""Every (status, event, role) cell of the move table, of both stages: who may, what follows, and that no one else may.

An image stands in one of `SITUATIONS`: Ana holds its annotate task, Quinn its review task. `MAY` says who may do what
there; whatever it does not name is refused and changes nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from annotation.errors import Forbidden, IllegalMove, NotFound, NotHeld, Refused
from annotation.members.people import set_project_role, set_workspace_role
from annotation.models import Event, Item, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.counts import drift
from annotation.workflow.give import give, only, release
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.cast import person
from tests.factories import make_batch, make_items

# situation: annotate task, review task, item, live, has the reviewer opened it
SITUATIONS = {
    "not_started": ("ready", "waiting", "not_started", True, False),
    "in_progress": ("in_progress", "waiting", "in_progress", True, False),
    "unopened": ("submitted", "ready", "quality_check", True, False),
    "opened": ("submitted", "in_progress", "quality_check", True, True),
    "returned": ("rejected", "waiting", "returned", True, False),
    "kept": ("accepted", "in_progress", "quality_check", True, True),
    "completed": ("accepted", "accepted", "completed", False, False),
    "skipped": ("skipped", "cancelled", "skipped", False, False),
    "cancelled": ("cancelled", "cancelled", "not_started", False, False),
}
PEOPLE = ["ana", "ben", "quinn", "rita", "pia", "ada", "mallory"]
ADMINS = {"pia", "ada"}
H, N, M = {"ana"} | ADMINS, {"quinn"} | ADMINS, ADMINS
LIVE = ["not_started", "in_progress", "unopened", "opened", "returned", "kept"]
AT_WORK = ["not_started", "in_progress", "returned"]
IN_REVIEW = ["unopened", "opened"]
DECIDABLE = [*IN_REVIEW, "kept"]

MAY: dict[tuple[str, str], dict[str, set[str]]] = {
    # event, stage of the named task      situations it is legal in, and who may
    ("start", "annotate"): dict.fromkeys(AT_WORK, H),
    ("start", "review"): dict.fromkeys(DECIDABLE, N),
    ("submit", "annotate"): dict.fromkeys(AT_WORK, H),
    ("submit", "review"): dict.fromkeys(DECIDABLE, N),
    ("withdraw", "annotate"): {"unopened": H},
    ("withdraw", "review"): {},
    ("accept", "annotate"): dict.fromkeys(IN_REVIEW, N),
    ("accept", "review"): dict.fromkeys(IN_REVIEW, N),
    ("keep", "annotate"): dict.fromkeys(IN_REVIEW, N),
    ("keep", "review"): dict.fromkeys(IN_REVIEW, N),
    ("reject", "annotate"): dict.fromkeys(IN_REVIEW, N),
    ("reject", "review"): dict.fromkeys(IN_REVIEW, N),
    ("send_back", "annotate"): dict.fromkeys(IN_REVIEW, N),
    ("send_back", "review"): dict.fromkeys(DECIDABLE, N),
    ("skip", "annotate"): dict.fromkeys(AT_WORK, H),
    ("skip", "review"): {},
    ("complete", "annotate"): dict.fromkeys(AT_WORK, M),
    ("complete", "review"): dict.fromkeys(DECIDABLE, M),
    ("give", "annotate"): dict.fromkeys([*AT_WORK, *IN_REVIEW], M),
    ("give", "review"): dict.fromkeys(LIVE, M),
    ("release", "annotate"): dict.fromkeys([*AT_WORK, *IN_REVIEW], M),
    ("release", "review"): dict.fromkeys(LIVE, M),
}

# event, stage: annotate task, review task, item afterwards; "=" is as before
THEN: dict[tuple[str, str], tuple[str, str, str]] = {
    ("start", "annotate"): ("in_progress", "=", "in_progress"),
    ("start", "review"): ("=", "in_progress", "quality_check"),
    ("submit", "annotate"): ("submitted", "ready", "quality_check"),
    ("submit", "review"): ("accepted", "accepted", "completed"),
    ("withdraw", "annotate"): ("in_progress", "waiting", "in_progress"),
    ("accept", "annotate"): ("accepted", "accepted", "completed"),
    ("keep", "annotate"): ("accepted", "in_progress", "quality_check"),
    ("reject", "annotate"): ("rejected", "waiting", "returned"),
    ("send_back", "annotate"): ("rejected", "waiting", "returned"),
    ("skip", "annotate"): ("skipped", "cancelled", "skipped"),
    ("complete", "annotate"): ("accepted", "cancelled", "completed"),
    ("complete", "review"): ("accepted", "accepted", "completed"),
    ("give", "annotate"): ("=", "=", "="),
    ("release", "annotate"): ("=", "=", "="),
}
for verdict in ["accept", "keep", "reject", "send_back", "give", "release"]:
    THEN[verdict, "review"] = THEN[verdict, "annotate"]
ENDS = {"completed", "skipped"}


class Scene:
    def __init__(self, project: Project, ada: User) -> None:
        self.project = project
        self.people = {"ada": ada, "mallory": person("Mallory")}
        for name, role in [
            ("ana", "annotator"),
            ("ben", "annotator"),
            ("quinn", "qa"),
            ("rita", "qa"),
            ("pia", "admin"),
        ]:
            self.people[name] = person(name.title())
            set_workspace_role(project.workspace, self.people[name], "member", by=ada)
            set_project_role(project, self.people[name], role, by=ada)
        [self.item] = make_items(project, n=1)
        make_batch(project)

    def set(self, situation: str) -> None:
        annotate, review, item, is_live, is_opened = SITUATIONS[situation]
        ana, quinn = self.people["ana"].pk, self.people["quinn"].pk
        done = ana if annotate not in {"ready", "in_progress", "cancelled"} else None
        self._task("annotate").update(status=annotate, is_live=is_live, assignee=ana, done_by=done)
        self._task("review").update(
            status=review,
            is_live=is_live,
            assignee=quinn,
            author=done,
            previous_by=done,
            opened_at="2026-11-01T00:00Z" if is_opened else None,
        )
        Item.objects.filter(pk=self.item.pk).update(status=item)

    def now(self) -> tuple[str, str, str]:
        statuses = dict(Task.objects.values_list("stage_kind", "status"))
        return statuses["annotate"], statuses["review"], Item.objects.get().status

    def rows(self) -> list[Any]:
        return [list(Task.objects.order_by("pk").values()), list(Item.objects.values())]

    def do(self, event: str, stage: str, who: str) -> None:
        pk, by = self._task(stage).get().pk, self.people[who]
        first = Task.objects.get(stage_kind="annotate").stage_id
        match event:
            case "start":
                start(pk, by=by)
            case "submit":
                submit(pk, by=by)
            case "withdraw":
                withdraw(pk, by=by)
            case "accept":
                accept(pk, by=by)
            case "keep":
                accept(pk, by=by, keep_working=True)
            case "reject":
                reject(pk, by=by, reason="Look again.")
            case "send_back":
                send_back(pk, by=by, stage_id=first, reason="Look again.")
            case "skip":
                skip(pk, by=by, reason="Too dark.")
            case "complete":
                complete(pk, by=by)
            case "give":
                only(give([pk], to=self.people["rita"], by=by), pk)
            case "release":
                only(release([pk], by=by), pk)

    def _task(self, stage: str):
        return Task.objects.filter(stage_kind=stage)


@pytest.fixture
def scene(project: Project, ada: User) -> Scene:
    return Scene(project, ada)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize(("event", "stage"), list(MAY))
def test_who_may_what(scene: Scene, event: str, stage: str, situation: str) -> None:
    for who in PEOPLE:
        with transaction.atomic():
            scene.set(situation)
            may = who in MAY[event, stage].get(situation, set())
            if may:
                _is_done(scene, event, stage, situation, who)
            else:
                _is_refused(scene, event, stage, situation, who)
            transaction.set_rollback(True)


def _is_done(scene: Scene, event: str, stage: str, situation: str, who: str) -> None:
    before, lines = scene.now(), Event.objects.exclude(task_id=None).count()
    scene.do(event, stage, who)
    expected = tuple(
        was if becomes == "=" else becomes for was, becomes in zip(before, THEN[event, stage], strict=True)
    )
    assert scene.now() == expected, f"{event} of {stage} by {who}"
    lives = set(Task.objects.values_list("is_live", flat=True))
    assert lives == {expected[2] not in ENDS}
    told = list(Event.objects.exclude(task_id=None).order_by("pk")[lines:])
    changed = sum(was != becomes for was, becomes in zip(before[:2], expected[:2], strict=True))
    lines_of = {"give": 1, "release": 1, "keep": 2}
    assert len(told) == lines_of.get(event, changed)
    assert {line.actor_id for line in told} <= {scene.people[who].pk}


def _is_refused(scene: Scene, event: str, stage: str, situation: str, who: str) -> None:
    before, lines = scene.rows(), Event.objects.count()
    with pytest.raises(Refused) as refused, transaction.atomic():
        scene.do(event, stage, who)
    assert scene.rows() == before, f"{event} of {stage} by {who} was refused and changed something"
    assert Event.objects.count() == lines
    is_legal = situation in MAY[event, stage]
    if who == "mallory":
        assert isinstance(refused.value, NotFound | IllegalMove | Forbidden)
    elif is_legal:
        assert isinstance(refused.value, Forbidden | NotHeld), refused.value.sentence
    elif isinstance(refused.value, IllegalMove):
        named = Task.objects.get(stage_kind=stage).status
        assert refused.value.facts["status"] in {named, Task.objects.get(stage_kind="annotate").status}
    assert refused.value.sentence.endswith(".")


def test_a_holder_completes_where_the_project_allows_it(scene: Scene) -> None:
    Project.objects.update(annotator_may_complete=True)
    for situation in AT_WORK:
        with transaction.atomic():
            scene.set(situation)
            scene.do("complete", "annotate", "ana")
            assert scene.now() == ("accepted", "cancelled", "completed")
            transaction.set_rollback(True)


def test_a_nobodys_task_becomes_the_admins_who_moves_it(scene: Scene) -> None:
    for event, situation, stage in [("start", "not_started", "annotate"), ("accept", "unopened", "review")]:
        with transaction.atomic():
            scene.set(situation)
            Task.objects.update(assignee=None)
            scene.do(event, stage, "pia")
            assert Task.objects.get(stage_kind=stage).assignee == scene.people["pia"]
            transaction.set_rollback(True)


def test_a_nobodys_task_is_not_moved_by_whoever_comes_along(scene: Scene) -> None:
    scene.set("not_started")
    Task.objects.update(assignee=None)
    for who in ["ana", "ben", "quinn"]:
        with pytest.raises(NotHeld):
            scene.do("submit", "annotate", who)


def test_the_counts_follow_every_move(scene: Scene, project: Project) -> None:
    for event, stage, who in [
        ("start", "annotate", "ana"),
        ("submit", "annotate", "ana"),
        ("withdraw", "annotate", "ana"),
        ("submit", "annotate", "ana"),
        ("reject", "review", "quinn"),
        ("submit", "annotate", "ana"),
        ("keep", "review", "quinn"),
        ("send_back", "review", "quinn"),
        ("submit", "annotate", "ana"),
        ("submit", "review", "quinn"),
    ]:
        if event == "start":
            Task.objects.filter(stage_kind="annotate").update(assignee=scene.people["ana"])
            Task.objects.filter(stage_kind="review").update(assignee=scene.people["quinn"])
        scene.do(event, stage, who)
        assert drift(project.pk) == [], event
    assert scene.now() == ("accepted", "accepted", "completed")
