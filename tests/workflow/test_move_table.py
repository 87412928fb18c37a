"""Every (status, event, role) cell of the move table: who may, what follows, and that nothing else may happen.

The tables below are DESIGN §2 written out for three lines of stages. A chain is one letter per stage; whatever a
situation does not name is refused, changes nothing and says the status the task has.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from annotation.errors import Forbidden, IllegalMove, Invalid, NotFound, NotHeld, Refused
from annotation.members.people import set_project_role, set_workspace_role
from annotation.models import Event, Item, Project, Stage, Task
from annotation.workflow.accept import accept
from annotation.workflow.cancel import cancel_chains
from annotation.workflow.complete import complete
from annotation.workflow.counts import drift, recount
from annotation.workflow.give import Moved, give, release
from annotation.workflow.moves import MOVES
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.cast import person
from tests.factories import make_batch, make_items

LETTERS = {
    "r": "ready", "w": "waiting", "p": "in_progress", "s": "submitted", "j": "rejected", "a": "accepted",
    "k": "skipped", "c": "cancelled",
}  # fmt: skip
WORDS = LETTERS | {"p": "in progress", "j": "returned"}

STAGES = {
    "one": ["annotate"],
    "two": ["annotate", "review"],
    "four": ["annotate", "annotate", "review", "review"],
}
HOLDERS = {"one": ["ana"], "two": ["ana", "quinn"], "four": ["ana", "ben", "quinn", "rita"]}
"""Who holds which stage's task, from the first stage on."""

# what an image says that stands like this
SAYS = {
    "one": {"r": "not_started", "p": "in_progress", "j": "returned", "a": "completed", "k": "skipped",
            "c": "not_started"},
    "two": {"rw": "not_started", "pw": "in_progress", "jw": "returned", "sr": "quality_check",
            "sp": "quality_check", "ap": "quality_check", "aa": "completed", "ac": "completed",
            "kc": "skipped", "cc": "not_started"},
    "four": {"rwww": "not_started", "pwww": "in_progress", "jwww": "returned", "arww": "in_progress",
             "apww": "in_progress", "ajww": "returned", "asrw": "quality_check", "aspw": "quality_check",
             "aapw": "quality_check", "aajw": "quality_check", "aasr": "quality_check",
             "aasp": "quality_check", "aaap": "quality_check", "aaaa": "completed", "accc": "completed",
             "aacc": "completed", "aaac": "completed", "kccc": "skipped", "akcc": "skipped",
             "cccc": "not_started"},
}  # fmt: skip


def held(*stages: int) -> dict[str, str]:
    """These may be given and released; "=" is as it was."""
    return {f"{event} {stage}": "=" for event in ["give", "release"] for stage in stages}


def verdicts(of: int, accepted: str, kept: str, rejected: str, sent_back: str) -> dict[str, str]:
    """The submitted task or its review may be named."""
    becomes = {"accept": accepted, "keep": kept, "reject": rejected, "send_back": sent_back}
    return {f"{event} {stage}": after for event, after in becomes.items() for stage in [of, of + 1]}


def work(stage: int, opened: str, submitted: str, completed: str, skipped: str = "") -> dict[str, str]:
    moves = {"start": opened, "submit": submitted, "complete": completed, "skip": skipped}
    return {f"{event} {stage}": after for event, after in moves.items() if after}


# line of stages → how the chain stands → "event stage" → how it stands then
LEGAL: dict[str, dict[str, dict[str, str]]] = {
    "one": {
        "r": work(1, "p", "a", "a", "k") | held(1),
        "p": work(1, "p", "a", "a", "k") | held(1),
        "j": work(1, "p", "a", "a", "k") | held(1),
    },
    "two": {
        "rw": work(1, "pw", "sr", "ac", "kc") | held(1, 2),
        "pw": work(1, "pw", "sr", "ac", "kc") | held(1, 2),
        "jw": work(1, "pw", "sr", "ac", "kc") | held(1, 2),
        "sr": work(2, "sp", "aa", "aa") | {"withdraw 1": "pw"} | verdicts(1, "aa", "ap", "jw", "jw") | held(1, 2),
        "sp": work(2, "sp", "aa", "aa") | verdicts(1, "aa", "ap", "jw", "jw") | held(1, 2),
        "ap": work(2, "ap", "aa", "aa") | {"send_back 2": "jw"} | held(2),
    },
    "four": {
        "rwww": work(1, "pwww", "arww", "accc", "kccc") | held(1, 2, 3, 4),
        "pwww": work(1, "pwww", "arww", "accc", "kccc") | held(1, 2, 3, 4),
        "jwww": work(1, "pwww", "arww", "accc", "kccc") | held(1, 2, 3, 4),
        "arww": work(2, "apww", "asrw", "aacc", "akcc") | {"send_back 2": "jwww"} | held(2, 3, 4),
        "apww": work(2, "apww", "asrw", "aacc", "akcc") | {"send_back 2": "jwww"} | held(2, 3, 4),
        "ajww": work(2, "apww", "asrw", "aacc", "akcc") | {"send_back 2": "jwww"} | held(2, 3, 4),
        "asrw": work(3, "aspw", "aasr", "aaac") | {"withdraw 2": "apww"}
                | verdicts(2, "aasr", "aapw", "ajww", "jwww") | held(2, 3, 4),
        "aspw": work(3, "aspw", "aasr", "aaac") | verdicts(2, "aasr", "aapw", "ajww", "jwww") | held(2, 3, 4),
        "aapw": work(3, "aapw", "aasr", "aaac") | {"send_back 3": "jwww"} | held(3, 4),
        "aajw": work(3, "aapw", "aasr", "aaac") | {"send_back 3": "jwww"} | held(3, 4),
        "aasr": work(4, "aasp", "aaaa", "aaaa") | {"withdraw 3": "aapw"}
                | verdicts(3, "aaaa", "aaap", "aajw", "jwww") | held(3, 4),
        "aasp": work(4, "aasp", "aaaa", "aaaa") | verdicts(3, "aaaa", "aaap", "aajw", "jwww") | held(3, 4),
        "aaap": work(4, "aaap", "aaaa", "aaaa") | {"send_back 4": "jwww"} | held(4),
    },
}  # fmt: skip

# line of stages → status that an admin sets → how any chain stands then; "" is refused
SHAPES = {
    "one": {"not_started": "r", "in_progress": "p", "quality_check": "", "returned": "j", "completed": "a",
            "skipped": "k"},
    "two": {"not_started": "rw", "in_progress": "pw", "quality_check": "sr", "returned": "jw",
            "completed": "aa", "skipped": "kc"},
    "four": {"not_started": "rwww", "in_progress": "pwww", "quality_check": "asrw", "returned": "jwww",
             "completed": "aaaa", "skipped": "kccc"},
}  # fmt: skip

EVENTS = ["start", "submit", "withdraw", "accept", "keep", "reject", "send_back", "skip", "complete", "give",
          "release"]  # fmt: skip
VERDICTS = {"accept", "keep", "reject", "send_back"}
ONLY_ADMINS = {"complete", "give", "release"}
ADMINS = {"pia", "ada"}
ROLES = {
    "ana": "annotator",
    "ben": "annotator",
    "cleo": "annotator",
    "quinn": "qa",
    "rita": "qa",
    "pia": "admin",
}
PEOPLE = [*ROLES, "ada", "mallory"]


class Scene:
    """One image in one batch of a project with this line of stages."""

    def __init__(self, line: str, project: Project, ada: User) -> None:
        self.line, self.project = line, project
        self.people = {"ada": ada, "mallory": person("Mallory")}
        for name, role in ROLES.items():
            self.people[name] = person(name.title())
            set_workspace_role(project.workspace, self.people[name], "member", by=ada)
            set_project_role(project, self.people[name], role, by=ada)
        Stage.objects.filter(project=project).delete()
        for order, kind in enumerate(STAGES[line], 1):
            Stage.objects.create(project=project, name=f"Stage {order}", kind=kind, order=order)
        [self.item] = make_items(project, n=1)
        self.batch = make_batch(project)
        self.ids = list(Task.objects.order_by("stage_order").values_list("pk", flat=True))

    def set(self, situation: str, holders: list[str] | None = None) -> None:
        names = HOLDERS[self.line] if holders is None else holders
        for pk, letter, name in zip(self.ids, situation, names, strict=True):
            holder = self.people[name].pk if name else None
            Task.objects.filter(pk=pk).update(
                status=LETTERS[letter],
                is_live=is_live(situation),
                assignee=holder,
                done_by=holder if letter in "sajk" else None,
                opened_at="2026-11-01T00:00Z" if letter == "p" else None,
            )
        Item.objects.update(status=SAYS[self.line][situation])
        recount(self.project.pk)

    def stands(self) -> str:
        letters = {status: letter for letter, status in LETTERS.items()}
        return "".join(
            letters[s] for s in Task.objects.order_by("stage_order").values_list("status", flat=True)
        )

    def rows(self) -> list[Any]:
        return [
            list(Task.objects.order_by("pk").values()),
            list(Item.objects.values()),
            Event.objects.count(),
        ]

    def do(self, event: str, stage: int, who: str) -> None:
        pk, by = self.ids[stage - 1], self.people[who]
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
                first = Task.objects.get(pk=self.ids[0]).stage_id
                send_back(pk, by=by, stage_id=first, reason="Look again.")
            case "skip":
                skip(pk, by=by, reason="Too dark.")
            case "complete":
                complete(pk, by=by)
            case "give":
                _raise_refused(give([pk], to=self.people["cleo"], by=by))
            case "release":
                _raise_refused(release([pk], by=by))


def _raise_refused(moved: Moved) -> None:
    if moved.refused:
        raise Refused(moved.refused[0][1])


def is_live(situation: str) -> bool:
    return any(letter in "rpj" for letter in situation)


def may(scene: Scene, event: str, stage: int, situation: str) -> set[str]:
    """Of a verdict the holder of the review decides, of anything else the holder of the task."""
    if event in ONLY_ADMINS and not (event == "complete" and scene.project.annotator_may_complete):
        return ADMINS
    decides = stage + 1 if event in VERDICTS and situation[stage - 1] == "s" else stage
    return {HOLDERS[scene.line][decides - 1], *ADMINS}


@pytest.fixture
def scene(request: pytest.FixtureRequest, project: Project, ada: User) -> Scene:
    return Scene(request.param, project, ada)


each_line = pytest.mark.parametrize("scene", STAGES, indirect=True)
two_stages = pytest.mark.parametrize("scene", ["two"], indirect=True)


def test_the_table_of_the_house_has_these_events_and_no_others() -> None:
    assert set(EVENTS) == set(MOVES)


@each_line
@pytest.mark.parametrize("event", EVENTS)
def test_who_may_what(scene: Scene, event: str) -> None:
    legal = LEGAL[scene.line]
    for situation in SAYS[scene.line]:
        for stage in range(1, len(situation) + 1):
            _play(scene, event, stage, situation, legal.get(situation, {}).get(f"{event} {stage}"))


@each_line
def test_a_holder_completes_where_the_project_allows_it(scene: Scene) -> None:
    scene.project.annotator_may_complete = True
    scene.project.save()
    for situation, moves in LEGAL[scene.line].items():
        for stage in range(1, len(situation) + 1):
            _play(scene, "complete", stage, situation, moves.get(f"complete {stage}"))


def _play(scene: Scene, event: str, stage: int, situation: str, becomes: str | None) -> None:
    with transaction.atomic():
        scene.set(situation)
        for who in PEOPLE if becomes or scene.line == "two" else [HOLDERS[scene.line][stage - 1], "ada"]:
            with transaction.atomic():
                if becomes is None:
                    _is_illegal(scene, event, stage, situation, who)
                elif who in may(scene, event, stage, situation):
                    _is_done(scene, event, stage, situation, who, situation if becomes == "=" else becomes)
                else:
                    _is_not_theirs(scene, event, stage, who)
                transaction.set_rollback(True)
        transaction.set_rollback(True)


def _is_done(scene: Scene, event: str, stage: int, situation: str, who: str, becomes: str) -> None:
    cell = f"{who}: {event} {stage} of {situation}"
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    scene.do(event, stage, who)
    assert scene.stands() == becomes, cell
    assert Item.objects.get().status == SAYS[scene.line][becomes], cell
    assert set(Task.objects.values_list("is_live", flat=True)) == {is_live(becomes)}, cell
    told = {e.task_id: e for e in Event.objects.filter(pk__gt=last).exclude(task_id=None)}
    for pk, was, now in zip(scene.ids, situation, becomes, strict=True):
        if was != now or (event in {"give", "release"} and pk == scene.ids[stage - 1]):
            line = told.pop(pk)
            assert (line.from_status, line.to_status) == (LETTERS[was], LETTERS[now]), cell
            assert line.actor_id == scene.people[who].pk, cell
    assert all(line.kind == "keep" for line in told.values()), cell
    assert drift(scene.project.pk) == [], cell


def _is_illegal(scene: Scene, event: str, stage: int, situation: str, who: str) -> None:
    """Whoever could not do it anywhere may be told that instead."""
    refused = _refusal(scene, event, stage, who)
    is_stranger = who not in {HOLDERS[scene.line][stage - 1], *ADMINS} or (
        event in {"give", "release"} and who not in ADMINS
    )
    if is_stranger and not isinstance(refused, IllegalMove):
        assert isinstance(refused, NotFound if who == "mallory" else Forbidden | NotHeld), refused.sentence
    elif event == "send_back" and stage == 1 and situation[0] in "rpj":
        assert isinstance(refused, Invalid)
        assert refused.facts["field"] == "stage_id"
    else:
        assert refused.status == 409
        assert f"task is {WORDS[situation[stage - 1]]}." in refused.sentence
        if event not in {"give", "release"}:
            assert isinstance(refused, IllegalMove)
            assert refused.facts["status"] == LETTERS[situation[stage - 1]]


def _is_not_theirs(scene: Scene, event: str, stage: int, who: str) -> None:
    refused = _refusal(scene, event, stage, who)
    assert isinstance(refused, NotFound if who == "mallory" else Forbidden | NotHeld), refused.sentence


def _refusal(scene: Scene, event: str, stage: int, who: str) -> Refused:
    before = scene.rows()
    with pytest.raises(Refused) as refused, transaction.atomic():
        scene.do(event, stage, who)
    assert scene.rows() == before, f"{who}: {event} {stage} was refused and changed something"
    return refused.value


@each_line
@pytest.mark.parametrize("status", SHAPES["two"])
def test_an_admin_sets_any_status_from_anywhere(scene: Scene, status: str) -> None:
    becomes = SHAPES[scene.line][status]
    for situation in SAYS[scene.line]:
        with transaction.atomic():
            scene.set(situation)
            _is_refused_to_all_but_admins(scene, status)
            _is_set(scene, situation, status, becomes)
            transaction.set_rollback(True)


def _is_refused_to_all_but_admins(scene: Scene, status: str) -> None:
    before = scene.rows()
    for who in PEOPLE:
        if who not in ADMINS:
            with pytest.raises(NotFound if who == "mallory" else Forbidden):
                set_status([scene.item.pk], status, by=scene.people[who])
    assert scene.rows() == before


def _is_set(scene: Scene, situation: str, status: str, becomes: str) -> None:
    cell = f"{situation} set to {status}"
    before = scene.rows()
    moved = set_status([scene.item.pk], status, by=scene.people["pia"])
    if not becomes:
        assert "no review stage" in moved.refused[0][1], cell
        assert scene.rows() == before, cell
        return
    assert (moved.done, scene.stands()) == ([scene.item.pk], becomes), cell
    assert Item.objects.get().status == status, cell
    holders = [scene.people[name].pk for name in HOLDERS[scene.line]]
    assert list(Task.objects.order_by("pk").values_list("assignee_id", flat=True)) == holders, cell
    assert set(Task.objects.values_list("is_live", flat=True)) == {is_live(becomes)}, cell
    assert not Task.objects.filter(status__in=["submitted", "accepted", "skipped"], done_by=None).exists(), (
        cell
    )
    assert drift(scene.project.pk) == [], cell


@each_line
@pytest.mark.parametrize("also_started", [True, False])
@pytest.mark.parametrize("is_held", [True, False])
def test_cancelling_ends_what_nobody_holds_or_started_and_with_it_all_if_asked(
    scene: Scene, is_held: bool, also_started: bool
) -> None:
    first = "r" + "w" * (len(STAGES[scene.line]) - 1)
    for situation in SAYS[scene.line]:
        with transaction.atomic():
            scene.set(situation, None if is_held else [""] * len(situation))
            ends = is_live(situation) and (also_started or (situation == first and not is_held))
            before = scene.rows()
            done = cancel_chains(scene.batch.pk, also_started=also_started, by=scene.people["ada"]).done
            assert done == int(ends), situation
            if ends:
                assert scene.stands() == "c" * len(situation)
                assert Item.objects.get().status == "not_started"
                assert Event.objects.filter(kind="cancel").count() == len(situation)
                assert drift(scene.project.pk) == []
            else:
                assert scene.rows() == before
            transaction.set_rollback(True)


@two_stages
def test_what_is_nobodys_becomes_the_admins_who_moves_it(scene: Scene) -> None:
    """Of a verdict that is the review; give and release say themselves whose it is."""
    for situation, moves in LEGAL["two"].items():
        for name in moves:
            event, stage = name.split()
            decides = int(stage) + 1 if event in VERDICTS and situation[int(stage) - 1] == "s" else int(stage)
            for who in [*ROLES, "ada"]:
                if event in {"give", "release"}:
                    continue
                with transaction.atomic():
                    scene.set(situation, ["", ""])
                    if who in ADMINS:
                        scene.do(event, int(stage), who)
                        assert Task.objects.get(pk=scene.ids[decides - 1]).assignee == scene.people[who], name
                    else:
                        with pytest.raises(NotHeld):
                            scene.do(event, int(stage), who)
                    transaction.set_rollback(True)


@two_stages
@pytest.mark.parametrize("allowed", [True, False])
def test_who_was_given_the_check_of_their_own_work_may_decide_whatever_the_project_says(
    scene: Scene, allowed: bool
) -> None:
    """`allows_self_review` is about what is handed out to requests."""
    Project.objects.update(allows_self_review=allowed)
    for situation in ["sr", "sp"]:
        for event in ["start", "submit", *VERDICTS]:
            with transaction.atomic():
                scene.set(situation, ["ana", "ana"])
                scene.do(event, 2, "ana")
                assert scene.stands() == LEGAL["two"][situation][f"{event} 2"]
                transaction.set_rollback(True)
