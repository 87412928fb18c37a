"""Workspaces, projects, people, folders, classes and priorities through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from annotation.models import (
    AnnotationClass,
    Folder,
    FolderAssignment,
    Item,
    Project,
    ProjectMembership,
    Task,
    Workspace,
    WorkspaceMembership,
)
from tests.api.conftest import Program
from tests.factories import make_batch, make_folder, make_items

As = Callable[..., Program]


def test_a_project_is_made_with_its_settings(as_, ada, workspace):
    body = {"name": "Night", "request_item_number": 7, "request_policy": "top_up", "type": "image_legacy"}
    answer = as_(ada).post(f"/workspaces/{workspace.slug}/projects", body)
    assert answer.status == 201
    assert {k: answer.json[k] for k in body} == body
    assert [s["name"] for s in answer.json["stages"]] == ["Labelling", "QA"]
    assert as_(ada).get(f"/projects/{answer.json['id']}").json["request_item_number"] == 7
    listed = as_(ada).get(f"/workspaces/{workspace.slug}/projects").json["projects"]
    assert [p["name"] for p in listed] == ["Night"]


@pytest.mark.parametrize("number", [0, 201, -1, 1.5, "10", True, 10**30])
def test_a_request_number_that_cannot_be_changes_nothing(as_, ada, project, number):
    answer = as_(ada).patch(f"/projects/{project.pk}", {"name": "New", "request_item_number": number})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "request_item_number")
    project.refresh_from_db()
    assert project.name == "Street scenes"


@pytest.mark.parametrize("number", [1, 200])
def test_the_smallest_and_largest_request_number(as_, ada, project, number):
    answer = as_(ada).patch(f"/projects/{project.pk}", {"request_item_number": number})
    assert answer.json["request_item_number"] == number


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": "   "}, {"name": "x" * 300}, {"request_policy": "all"}, {"type": "image_legacy"},
     {"is_on_hold": "yes"}, {"instructions": "x" * 100_001}, {"slug": "mine"}, {"allows_self_review": 1}],
    ids=str,
)  # fmt: skip
def test_a_bad_setting_is_422(as_, ada, project, body):
    assert as_(ada).patch(f"/projects/{project.pk}", body).status == 422


def test_a_project_on_hold_hands_out_nothing(as_, ada, ana, project):
    make_batch(project, make_items(project, n=1))
    as_(ada).patch(f"/projects/{project.pk}", {"is_on_hold": True})
    answer = as_(ana).post(f"/projects/{project.pk}/request-tasks")
    assert (answer.status, answer.code) == (403, "may_not_request")


def test_only_who_administers_a_workspace_makes_another(as_, ada, ana):
    assert as_(ana).post("/workspaces", {"name": "Mine"}).status == 403
    assert as_(ada).post("/workspaces", {"name": "Mine"}).status == 201
    assert Workspace.objects.filter(name="Mine").count() == 1


def put(program: Program, project: Project, email: str, **body: Any) -> Any:
    return program.put(f"/projects/{project.pk}/members/{email}", body)


def test_a_person_nobody_knows_is_made_with_a_link_to_set_a_password(as_, ada, project):
    answer = put(as_(ada), project, "new@example.com", role="annotator")
    assert answer.status == 201
    assert "/set-password/" in answer.json["set_password_link"]
    again = put(as_(ada), project, "NEW@example.com", role="qa")
    assert (again.status, again.json["set_password_link"], again.json["role"]) == (200, None, "qa")
    assert User.objects.filter(email__iexact="new@example.com").count() == 1


@pytest.mark.parametrize(
    "email", ["none", "a@b@c.de", "a b@example.com", "@", "x" * 300 + "@example.com", "%00@a.de"]
)
def test_what_is_no_e_mail_makes_nobody(as_, ada, project, email):
    before = User.objects.count()
    assert put(as_(ada), project, email.replace(" ", "%20"), role="annotator").status == 422
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "body", [{}, {"role": "owner"}, {"role": None}, {"role": "qa", "is_paused": "no"}], ids=str
)
def test_a_bad_role_is_422(as_, ada, ana, project, body):
    assert as_(ada).put(f"/projects/{project.pk}/members/ana@example.com", body).status == 422
    assert ProjectMembership.objects.get(user=ana).role == "annotator"


def test_the_last_admin_of_a_workspace_stays(as_, ada, workspace):
    path = f"/workspaces/{workspace.slug}/members/ada@example.com"
    for answer in [as_(ada).put(path, {"role": "member"}), as_(ada).delete(path)]:
        assert answer.status == 409
    assert WorkspaceMembership.objects.get(workspace=workspace, user=ada).role == "owner"


def test_who_leaves_gives_back_what_they_held(as_, ada, ana, project):
    make_batch(project, make_items(project, n=2))
    as_(ana).post(f"/projects/{project.pk}/request-tasks")
    assert as_(ada).delete(f"/projects/{project.pk}/members/ANA@example.com").status == 204
    assert not Task.objects.filter(assignee=ana).exists()
    assert as_(ada).delete(f"/projects/{project.pk}/members/nobody@example.com").status == 404


def test_folders_with_the_root_last_and_their_people_for_admins_alone(as_, ada, ana, project):
    as_(ada).post(f"/projects/{project.pk}/folders", {"name": "Night"})
    folder = as_(ada).post(f"/projects/{project.pk}/folders", {"name": "Day"}).json
    body = {"annotators": ["ANA@example.com"], "qas": []}
    assert as_(ada).put(f"/folders/{folder['id']}/assignees", body).json["annotators"] == ["ana@example.com"]
    listed = as_(ada).get(f"/projects/{project.pk}/folders").json["folders"]
    assert [(f["name"], f["is_root"]) for f in listed] == [("Day", False), ("Night", False), ("root", True)]
    assert as_(ana).get(f"/projects/{project.pk}/folders").json["folders"][0]["annotators"] == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("root", 422), ("Root", 422), ("..", 422), ("a/../b", 422), ("", 422), ("  ", 422), ("x" * 300, 422),
     ("a\0b", 422), ("Cafe\u0301", 409), ("Caf\u00e9", 409), (5, 422)],
)  # fmt: skip
def test_a_folder_that_cannot_be(as_, ada, project, name, status):
    make_folder(project, "Caf\u00e9")
    assert as_(ada).post(f"/projects/{project.pk}/folders", {"name": name}).status == status
    assert Folder.objects.filter(project=project, is_root=False).count() == 1


@pytest.mark.parametrize(
    "body",
    [{"annotators": ["nobody@example.com"], "qas": []}, {"annotators": ["ada@example.com"], "qas": [5]},
     {"annotators": []}, {"annotators": "ana@example.com", "qas": []},
     {"annotators": ["mallory@example.com"], "qas": []}],
    ids=str,
)  # fmt: skip
def test_people_a_folder_cannot_be_for(as_, ada, ana, mallory, project, body):
    folder = make_folder(project, "Night")
    FolderAssignment.objects.create(folder=folder, user=ana, role="annotator")
    assert as_(ada).put(f"/folders/{folder.pk}/assignees", body).status == 422
    assert FolderAssignment.objects.get().user == ana


def test_classes_are_added_changed_and_deleted(as_, ada, project):
    path = f"/projects/{project.pk}/classes"
    made = as_(ada).post(path, {"name": "Car", "color": "#ff0000", "key": "2"})
    assert made.status == 201
    assert as_(ada).patch(f"{path}/{made.json['id']}", {"name": "Bus"}).json["name"] == "Bus"
    assert as_(ada).delete(f"{path}/{made.json['id']}").status == 204
    assert as_(ada).delete(f"{path}/{made.json['id']}").status == 404


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": "Object"}, {"name": "Car", "color": "red"}, {"name": "Car", "key": "x"},
     {"name": "Car", "key": "0"}, {"name": "Car", "key": "1"}, {"name": "x" * 101}],
    ids=str,
)  # fmt: skip
def test_a_class_that_cannot_be(as_, ada, project, body):
    assert as_(ada).post(f"/projects/{project.pk}/classes", body).status in {409, 422}
    assert AnnotationClass.objects.filter(project=project).count() == 1


@pytest.fixture
def prioritise(as_: As, ada: User, project: Project):
    return lambda *rows: as_(ada).post(f"/projects/{project.pk}/priorities", {"priorities": list(rows)})


def test_priorities_are_set_on_items_and_tasks_and_unknown_names_listed(prioritise, project):
    make_items(project, n=2)
    make_items(project, make_folder(project, "Night"), 1, prefix="n")
    make_batch(project)
    answer = prioritise(
        {"name": "img-002.jpg", "priority": 5},
        {"name": "n-001.jpg", "folder": "Night", "priority": -1},
        {"name": "lost.jpg", "priority": 1},
        {"name": "img-001.jpg", "folder": "Day", "priority": 1},
    )
    assert (answer.status, answer.json["changed"]) == (200, 2)
    assert [(s["index"], s["sentence"]) for s in answer.json["skipped"]] == [
        (2, "There is no such image."),
        (3, "There is no such folder."),
    ]
    assert Item.objects.get(name="img-002.jpg").priority == 5
    assert set(Task.objects.filter(item__name="n-001.jpg").values_list("priority_key", flat=True)) == {1.0}


def test_a_priority_is_taken_away_by_null(prioritise, project):
    make_items(project, n=1, priority=3)
    assert prioritise({"name": "img-001.jpg", "priority": None}).json["changed"] == 1
    assert Item.objects.get().priority is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", '"5"', "true", "1e10", "[]"])
def test_a_priority_that_is_no_finite_number_changes_nothing(as_, ada, project, number):
    make_items(project, n=2)
    rows = f'{{"name": "img-001.jpg", "priority": 1}}, {{"name": "img-002.jpg", "priority": {number}}}'
    answer = as_(ada).post(f"/projects/{project.pk}/priorities", f'{{"priorities": [{rows}]}}'.encode())
    assert answer.status == 422
    assert not Item.objects.exclude(priority=None).exists()


@pytest.mark.parametrize("rows", [[], [{"name": "img-001.jpg"}], [{"priority": 1}], [5]], ids=str)
def test_rows_of_another_shape_are_422(prioritise, project, rows):
    assert prioritise(*rows).status == 422
