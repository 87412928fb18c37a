"""Any order of requests, moves and an admin's interventions: Mete hands out what the plain model says, in its order."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from annotation.batches.life import pause as pause_batch
from annotation.batches.life import resume as resume_batch
from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.distribution.assignments import assign_folder
from annotation.distribution.requests import request_tasks
from annotation.errors import Refused
from annotation.members.people import pause, remove_from_project, set_project_role, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Batch, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.counts import drift
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.cast import person
from tests.distribution.model import OPEN, Image, Work, World
from tests.factories import make_batch, make_folder, make_items

IN_CI = bool(os.environ.get("METE_CI"))
"""There the same examples every time, and no long search for the shortest."""

PEOPLE = {"ana": "annotator", "ben": "annotator", "quinn": "qa", "rita": "qa"}
FOLDERS = ["alpha", "zulu", "root"]
WHO = st.sampled_from(sorted(PEOPLE))
IMAGES_A_FOLDER = 4


class Team(RuleBasedStateMachine):
    """Each run happens in a transaction of its own that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize(
        number=st.integers(1, 5),
        policy=st.sampled_from(["finish_first", "top_up"]),
        kind=st.sampled_from(["image", "image_legacy"]),
    )
    def found(self, number: int, policy: str, kind: str) -> None:
        self.ada = person("Ada")
        self.project = create_project(
            create_workspace("Demo", owner=self.ada), name="Street", type=kind, by=self.ada
        )
        Project.objects.filter(pk=self.project.pk).update(request_item_number=number, request_policy=policy)
        self.project.refresh_from_db()
        self.people: dict[str, User] = {}
        for name, role in PEOPLE.items():
            self.people[name] = person(name)
            set_workspace_role(self.project.workspace, self.people[name], "member", by=self.ada)
            set_project_role(self.project, self.people[name], role, by=self.ada)
        self.names = {user.pk: name for name, user in self.people.items()}
        self.folders = {name: make_folder(self.project, name) for name in FOLDERS[:2]}
        self.folders["root"] = self.project.folders.get(is_root=True)
        images, batches = [], {"One": [], "Two": []}
        for folder in FOLDERS:
            items = make_items(self.project, self.folders[folder], IMAGES_A_FOLDER, prefix=folder)
            for place, item in enumerate(items):
                batch = "One" if place % 2 else "Two"
                batches[batch].append(item)
                images.append(Image(item.name, folder, batch))
        self.batches = {name: make_batch(self.project, items, name=name) for name, items in batches.items()}
        self.tasks = {
            (task.item.name, task.stage_kind): task.pk for task in Task.objects.select_related("item")
        }
        self.world = World(
            number, policy, images, dict(PEOPLE), {f: {"annotator": set(), "qa": set()} for f in FOLDERS}
        )

    @rule(who=WHO)
    def request(self, who: str) -> None:
        expected = self.world.request(who)
        try:
            got: Any = [task.item.name for task in request_tasks(self.project, by=self.people[who]).tasks]
        except Refused as refused:
            got = type(refused).__name__
        assert got == (expected if isinstance(expected, str) else [image.name for image in expected])

    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        if found := self._pick(data, lambda image, work: work.holder and work.status in OPEN):
            image, work = found
            start(self._pk(image, work), by=self.people[work.holder])
            self.world.start(image, work)

    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        if found := self._pick(data, lambda i, w: w is i.annotate and w.holder and w.status in OPEN):
            image, work = found
            submit(self._pk(image, work), by=self.people[work.holder])
            self.world.submit(image, work.holder)

    @rule(who=WHO)
    def submit_everything(self, who: str) -> None:
        for image in self.world.images:
            if image.is_live and image.annotate.holder == who and image.annotate.status in OPEN:
                submit(self._pk(image, image.annotate), by=self.people[who])
                self.world.submit(image, who)

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if found := self._pick(
            data,
            lambda i, w: w is i.annotate and w.holder and w.status == "submitted" and not i.review.is_opened,
        ):
            image, work = found
            withdraw(self._pk(image, work), by=self.people[work.holder])
            self.world.withdraw(image)

    @rule(data=st.data(), takes_it=st.booleans())
    def judge(self, data: st.DataObject, takes_it: bool) -> None:
        if found := self._pick(data, lambda i, w: w is i.review and w.holder and w.status in OPEN):
            image, work = found
            annotate, by = self.tasks[image.name, "annotate"], self.people[work.holder]
            if takes_it:
                accept(annotate, by=by)
                self.world.accept(image)
            else:
                reject(annotate, by=by, reason="Look again.")
                self.world.reject(image)

    @rule(data=st.data())
    def skip(self, data: st.DataObject) -> None:
        if found := self._pick(data, lambda i, w: w is i.annotate and w.holder and w.status in OPEN):
            image, work = found
            skip(self._pk(image, work), by=self.people[work.holder], reason="Too dark.")
            self.world.skip(image)

    @rule(data=st.data(), to=WHO)
    def give(self, data: st.DataObject, to: str) -> None:
        if found := self.world.roles[to] and self._pick(data, lambda image, work: work.status in OPEN):
            image, work = found
            give([self._pk(image, work)], to=self.people[to], by=self.ada)
            work.holder = to

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if found := self._pick(data, lambda image, work: work.holder and work.status in OPEN):
            image, work = found
            release([self._pk(image, work)], by=self.ada)
            work.holder = None

    @rule(
        folder=st.sampled_from(["alpha", "zulu"]),
        annotators=st.sets(WHO, max_size=2),
        qas=st.sets(WHO, max_size=1),
    )
    def assign(self, folder: str, annotators: set[str], qas: set[str]) -> None:
        chosen = {
            role: {name for name in names if self.world.roles[name] == role}
            for role, names in [("annotator", annotators), ("qa", qas)]
        }
        assign_folder(
            self.folders[folder],
            annotators=[self.people[name] for name in sorted(chosen["annotator"])],
            qas=[self.people[name] for name in sorted(chosen["qa"])],
            by=self.ada,
        )
        self.world.folders[folder] = chosen

    @rule(who=WHO, role=st.sampled_from(["annotator", "annotator", "qa", "qa", "admin"]))
    def change_role(self, who: str, role: str) -> None:
        set_project_role(self.project, self.people[who], role, by=self.ada)
        if self.world.roles[who] not in {None, role}:
            self.world.leave(who)
        self.world.roles[who] = role

    @rule(who=WHO)
    def leave(self, who: str) -> None:
        if self.world.roles[who]:
            remove_from_project(self.project, self.people[who], by=self.ada)
            self.world.leave(who)
            self.world.roles[who] = None
            self.world.paused_people.discard(who)

    @rule(who=WHO, on=st.booleans())
    def pause(self, who: str, on: bool) -> None:
        if self.world.roles[who]:
            pause(self.project, self.people[who], on, by=self.ada)
            (self.world.paused_people.add if on else self.world.paused_people.discard)(who)

    @rule(data=st.data(), priority=st.sampled_from([None, -2.0, 0.0, 1.0, 7.5]))
    def prioritise(self, data: st.DataObject, priority: float | None) -> None:
        image = data.draw(st.sampled_from(self.world.images))
        set_priorities(self.project, [PriorityRow(image.name, image.folder, priority)], by=self.ada)
        image.priority = priority

    @rule(name=st.sampled_from(["One", "Two"]))
    def pause_or_resume_a_batch(self, name: str) -> None:
        batch = Batch.objects.get(pk=self.batches[name].pk)
        is_paused = name in self.world.paused_batches
        (resume_batch if is_paused else pause_batch)(batch, by=self.ada)
        (self.world.paused_batches.discard if is_paused else self.world.paused_batches.add)(name)

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        if not hasattr(self, "world"):
            return
        rows = {
            (name, kind): (status, self.names.get(holder or 0), is_live)
            for name, kind, status, holder, is_live in Task.objects.values_list(
                "item__name", "stage_kind", "status", "assignee_id", "is_live"
            )
        }
        for image in self.world.images:
            for work in image.works:
                holder = work.holder
                if not image.is_live and work is image.review and work.status == "accepted":
                    holder = rows[image.name, "review"][1]
                assert rows[image.name, work.kind] == (work.status, holder, image.is_live), image.name
        assert drift(self.project.pk) == []

    def _pick(self, data: st.DataObject, which: Any) -> tuple[Image, Work] | None:
        found = [
            (image, work)
            for image in self.world.images
            if image.is_live
            for work in image.works
            if which(image, work)
        ]
        return data.draw(st.sampled_from(found), label="work") if found else None

    def _pk(self, image: Image, work: Work) -> int:
        return self.tasks[image.name, work.kind]


@pytest.mark.django_db
def test_a_team_gets_what_the_model_says_whatever_happens() -> None:
    run_state_machine_as_test(
        Team,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            derandomize=IN_CI,
            phases=[Phase.explicit, Phase.reuse, Phase.generate, *([] if IN_CI else [Phase.shrink])],
            suppress_health_check=list(HealthCheck),
        ),
    )
