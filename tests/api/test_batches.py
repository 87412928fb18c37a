"""Batches through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from annotation import background
from annotation.models import Batch, Operation, Project, Task
from tests.api.conftest import Program
from tests.factories import make_batch, make_folder, make_items

As = Callable[..., Program]


@pytest.fixture(autouse=True)
def _built_at_once(monkeypatch) -> None:
    """The worker's part is done here and now."""
    monkeypatch.setattr(background, "queue", lambda operation: operation and background.run_now(operation))


@pytest.fixture
def make(as_: As, ada: User, project: Project):
    return lambda **body: as_(ada).post(f"/projects/{project.pk}/batches", {"name": "B", **body})


def test_a_batch_is_made_launched_and_handed_out(make, as_, ada, ana, project):
    make_items(project, n=3)
    answer = make(launch=True)
    assert (answer.status, answer.json["batch"]["name"]) == (202, "B")
    batch = as_(ada).get(f"/batches/{answer.json['batch']['id']}").json
    assert (batch["status"], batch["target_count"], batch["items"]) == ("in_progress", 3, {"not_started": 3})
    assert len(as_(ana).post(f"/projects/{project.pk}/request-tasks").json["tasks"]) == 3


def test_a_folder_a_pick_and_an_upload(make, as_, ada, project):
    a, _, c = make_items(project, make_folder(project, "Night"), 3)
    make_items(project, n=2, prefix="root")
    as_(ada).post(
        f"/projects/{project.pk}/items",
        {"items": [{"name": "u.jpg", "url": "https://p.example/u"}], "upload": "U"},
    )
    preview = f"/projects/{project.pk}/batches/preview"
    program = as_(ada)
    assert program.post(preview, {"select": {"method": "all"}}).json == {"count": 6, "left_out": {}}
    assert program.post(preview, {"select": {"folder": "Night"}}).json["count"] == 3
    assert program.post(preview, {"select": {"folder": "root"}}).json["count"] == 3
    assert program.post(preview, {"select": {"method": "upload", "upload": "U"}}).json["count"] == 1
    answer = make(select={"method": "pick", "item_ids": [a.pk, c.pk]})
    assert Batch.objects.get(pk=answer.json["batch"]["id"]).target_count == 2
    assert program.post(preview, {"select": {"folder": "Night"}}).json == {
        "count": 1,
        "left_out": {"at_work": 2},
    }


def test_an_empty_batch_is_refused_with_the_reason(make, project):
    assert make().code == "empty_selection"
    make_items(project, n=2)
    make_batch(project, name="First")
    answer = make()
    assert (answer.status, answer.json["left_out"]) == (409, {"at_work": 2})
    assert Batch.objects.count() == 1


def test_a_used_name_is_409(make, project):
    make_items(project, n=2)
    make_batch(project, [], name="B")
    assert (make().status, make().code) == (409, "taken")


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 300},
        {"name": "a\nb"},
        {"kind": "test"},
        {"launch": "yes"},
        {"select": {"method": "random"}},
        {"select": {"method": "pick"}},
        {"select": {"method": "pick", "item_ids": []}},
        {"select": {"method": "pick", "item_ids": [2**63]}},
        {"select": {"method": "pick", "item_ids": ["1"]}},
        {"select": {"method": "pick", "item_ids": [999_999]}},
        {"select": {"method": "upload"}},
        {"select": {"method": "upload", "upload": "none"}},
        {"select": {"method": "all", "item_ids": [1]}},
        {"select": {"method": "all", "upload": "U"}},
        {"select": {"folder": "nowhere"}},
        {"select": None},
        {"due_at": "2030-01-01T10:00:00"},
        {"due_at": "2001-01-01T10:00:00Z"},
        {"due_at": "tomorrow"},
    ],
    ids=str,
)
def test_a_bad_body_is_422_and_no_batch_is_made(make, project, body):
    make_items(project, n=1)
    assert make(**body).status == 422
    assert not Batch.objects.exists()
    assert not Operation.objects.exists()


def test_an_item_of_another_workspace_cannot_be_picked(make, mallory):
    [foreign] = make_items(Project.objects.get(name="Hers"), n=1)
    answer = make(select={"method": "pick", "item_ids": [foreign.pk]})
    assert answer.status == 422
    assert not Batch.objects.exists()


def test_the_due_date_reaches_the_tasks(make, as_, ana, project):
    make_items(project, n=1)
    due = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    make(launch=True, due_at=due.isoformat())
    [task] = as_(ana).post(f"/projects/{project.pk}/request-tasks").json["tasks"]
    assert task["due_at"] == due.isoformat().replace("+00:00", "Z")


def test_the_life_of_a_batch(make, as_, ada, project):
    make_items(project, n=1)
    pk = make().json["batch"]["id"]
    program = as_(ada)
    for action, status in [("launch", "in_progress"), ("pause", "paused"), ("resume", "in_progress")]:
        assert program.post(f"/batches/{pk}/{action}").json["status"] == status
    assert program.post(f"/batches/{pk}/launch").code == "illegal_move"
    assert program.post(f"/batches/{pk}/resume").status == 409
    cancelled = program.post(f"/batches/{pk}/cancel")
    assert (cancelled.status, cancelled.json["batch"]["status"]) == (202, "cancelled")
    for action in ["launch", "pause", "resume", "cancel"]:
        answer = program.post(f"/batches/{pk}/{action}")
        assert (answer.status, answer.json["current_status"]) == (409, "cancelled"), action


def test_cancelling_takes_back_what_is_held_only_when_asked(make, as_, ada, ana, project):
    make_items(project, n=1)
    pk = make(launch=True).json["batch"]["id"]
    [task] = as_(ana).post(f"/projects/{project.pk}/request-tasks").json["tasks"]
    as_(ana).post(f"/tasks/{task['id']}/start")
    program = as_(ada)
    assert program.post(f"/batches/{pk}/cancel").json["batch"]["status"] == "in_progress"
    assert Task.objects.get(pk=task["id"]).is_live
    assert program.post(f"/batches/{pk}/cancel", {"also_started": "yes"}).status == 422
    assert (
        program.post(f"/batches/{pk}/cancel", {"also_started": True}).json["batch"]["status"] == "cancelled"
    )
    assert not Task.objects.get(pk=task["id"]).is_live


def test_batches_are_listed_by_status_page_by_page(as_, ada, project):
    for n in range(3):
        make_batch(project, [], name=f"B{n}", status="paused" if n else "staging")
    program = as_(ada)
    first = program.get(f"/projects/{project.pk}/batches?limit=2").json
    assert [b["name"] for b in first["batches"]] == ["B2", "B1"]
    rest = program.get(f"/projects/{project.pk}/batches?before={first['next']}").json
    assert ([b["name"] for b in rest["batches"]], rest["next"]) == (["B0"], None)
    paused = program.get(f"/projects/{project.pk}/batches?status=paused").json
    assert [b["name"] for b in paused["batches"]] == ["B2", "B1"]
    assert program.get(f"/projects/{project.pk}/batches?status=lost").status == 422
    assert program.get(f"/projects/{project.pk}/batches?before=0").status == 422
