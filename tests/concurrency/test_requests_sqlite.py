"""Request Tasks under fire on SQLite: real processes on one file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from annotation.members.people import set_project_role, set_workspace_role
from annotation.models import Event, Project, Task
from tests.cast import person
from tests.concurrency.truth import check
from tests.factories import make_batch, make_folder, make_items
from tests.worker import environment

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

PORTION, IMAGES = 5, 60


@pytest.fixture
def join(project: Project, ada: User) -> Callable[[str, str], User]:
    Project.objects.filter(pk=project.pk).update(request_item_number=PORTION, request_policy="top_up")

    def member(name: str, role: str) -> User:
        user = person(name)
        set_workspace_role(project.workspace, user, "member", by=ada)
        set_project_role(project, user, role, by=ada)
        return user

    return member


def play(project: Project, people: list[User], data: Path, part: str = "") -> list[dict[str, Any]]:
    """Each person in a process of their own, all beginning together."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.player", str(project.pk), str(one.pk), part],
            cwd=settings.BASE_DIR,
            env=environment(data),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in people
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(people)
    return [json.loads(text) for text in told]


def test_processes_request_submit_and_return_while_an_admin_gives_and_releases(project, ada, join, tmp_path):
    make_batch(project, make_items(project, make_folder(project, "A"), IMAGES // 2), name="One")
    make_batch(project, make_items(project, make_folder(project, "B"), IMAGES // 2), name="Two")
    people = [
        *(join(f"annotator{n}", "annotator") for n in range(5)),
        *(join(f"qa{n}", "qa") for n in range(2)),
        ada,
    ]
    told = play(project, people, tmp_path)
    assert max(portion for one in told for portion in one["portions"]) <= PORTION
    submitted = sorted(
        (pk, user.pk) for user, one in zip(people, told, strict=True) for pk in one["submitted"]
    )
    events = Event.objects.filter(kind="submit", to_status="submitted").values_list("task_id", "actor_id")
    assert sorted(events) == submitted
    assert len(submitted) > IMAGES / 3, "the storm was a breeze"
    handed = sorted((pk, user.pk) for user, one in zip(people, told, strict=True) for pk in one["handed"])
    claims = Event.objects.filter(kind="claim").values_list("task_id", "actor_id")
    assert sorted(claims) == handed
    check(project)


def test_four_processes_of_one_person_bring_one_portion(project, join, tmp_path):
    ana = join("ana", "annotator")
    Project.objects.filter(pk=project.pk).update(request_policy="finish_first")
    make_batch(project, make_items(project, n=40))
    told = play(project, [ana] * 4, tmp_path, "request")
    assert sorted(one["portions"] for one in told) == [[], [], [], [PORTION]]
    assert Task.objects.filter(assignee=ana).count() == PORTION
    check(project)
