"""Whatever is sent, the answer is problem+json with a sentence: never an HTML page, never a 500."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.keys import create_key
from accounts.models import ApiKey, User
from annotation.models import Project, Workspace
from tests.api.conftest import Program

As = Callable[..., Program]


def test_nobody_gets_in_without_a_key(nobody: Program) -> None:
    answer = nobody.get("/workspaces")
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer wrong", "Basic abc", "Bearer \0", "Bearer é"]
)
def test_a_header_that_is_no_key_is_401(nobody: Program, header: str) -> None:
    assert nobody.send("GET", "/workspaces", headers={"authorization": header}).status == 401


def test_a_revoked_key_is_none(ada: User, workspace: Workspace) -> None:
    row, plain = create_key(ada, workspace.pk, "old")
    assert Program(plain).get("/workspaces").status == 200
    ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    assert Program(plain).get("/workspaces").status == 401


def test_a_key_of_a_deactivated_person_is_none(as_: As, ana: User) -> None:
    program = as_(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert program.get("/workspaces").status == 401


def test_a_key_of_somebody_who_left_the_workspace_reaches_nothing(
    as_: As, mallory: User, workspace: Workspace, project: Project
) -> None:
    program = as_(mallory)
    assert program.get("/workspaces").json == {"workspaces": []}
    assert program.get(f"/workspaces/{workspace.slug}/projects").status == 404
    assert program.get(f"/projects/{project.pk}").status == 404


def test_a_key_does_not_reach_another_workspace_of_its_person(as_: As, ada: User, project: Project) -> None:
    other = as_(ada).post("/workspaces", {"name": "Second"}).json
    second = Program(other["key"])
    assert second.get("/workspaces").json["workspaces"] == [{"name": "Second", "slug": other["slug"]}]
    assert second.get(f"/projects/{project.pk}").status == 404
    assert second.patch(f"/projects/{project.pk}", {"name": "Mine"}).status == 404
    assert second.get(f"/workspaces/{project.workspace.slug}/projects").status == 404


@pytest.mark.parametrize("pk", ["0", "-1", "9" * 30, str(2**63), "abc", "1.5", "%00", "1%00"])
def test_an_id_that_cannot_be_is_404(as_: As, ada: User, pk: str) -> None:
    program = as_(ada)
    for path in [f"/projects/{pk}", f"/batches/{pk}", f"/tasks/{pk}", f"/items/{pk}", f"/operations/{pk}"]:
        assert program.get(path).status == 404, path
    assert program.post(f"/projects/{pk}/request-tasks").status == 404


def test_an_id_that_does_not_exist_is_404(as_: As, ada: User) -> None:
    program = as_(ada)
    most = 2**63 - 1
    for path in [f"/projects/{most}", f"/batches/{most}", f"/tasks/{most}", f"/operations/{uuid.uuid4()}"]:
        answer = program.get(path)
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/projects", "/projects/1/nothing/at/all"])
def test_an_unknown_address_is_json_too(nobody: Program, path: str) -> None:
    if path:
        assert nobody.get(path).status == 404
        assert nobody.post(path, {}).status == 404


def test_a_method_nobody_knows_names_the_ones_that_work(as_: As, ada: User) -> None:
    answer = as_(ada).delete("/workspaces")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert "GET" in answer.response["Allow"]


@pytest.mark.parametrize(
    "body", [b"{", b"not json", b"\xff\xfe", b'{"name": "a', b"[" * 100_000, b'{"name": "\x00"}', b"1" * 5000]
)
def test_a_body_that_is_not_json_is_400(as_: As, ada: User, workspace: Workspace, body: bytes) -> None:
    answer = as_(ada).post(f"/workspaces/{workspace.slug}/projects", body)
    assert (answer.status, answer.code) == (400, "malformed")


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"5", b'"text"', b"{}", b'{"name": 5}', b'{"nam": "a"}']
)
def test_a_body_of_another_shape_is_422(as_: As, ada: User, workspace: Workspace, body: bytes) -> None:
    answer = as_(ada).post(f"/workspaces/{workspace.slug}/projects", body)
    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.json["errors"][0]["field"]


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a\x01b", "", "   ", "x" * 300, "x" * 100_000])
def test_a_name_that_cannot_be_kept_is_422(as_: As, ada: User, workspace: Workspace, name: str) -> None:
    answer = as_(ada).post(f"/workspaces/{workspace.slug}/projects", {"name": name})
    assert answer.status == 422, answer.json


def test_a_body_that_is_too_large_is_413(as_: As, ada: User, workspace: Workspace, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = as_(ada).post(f"/workspaces/{workspace.slug}/projects", {"name": "x" * 2000})
    assert (answer.status, answer.code) == (413, "too_large")


def test_nul_in_a_query_is_422(as_: As, ada: User, project: Project) -> None:
    assert as_(ada).get(f"/projects/{project.pk}/tasks?stage=a%00b").status == 422
    assert as_(ada).get(f"/projects/{project.pk}/tasks?limit={10**30}").status == 422
    assert as_(ada).get(f"/projects/{project.pk}/tasks?after=x").status == 422


def test_the_description_tells_of_every_problem(nobody: Program) -> None:
    schema = nobody.get("/openapi.json").json
    assert schema["openapi"].startswith("3.1")
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            problems = operation["responses"]
            assert {"400", "401", "403", "404", "409", "422"} <= set(problems), (path, method)
            assert "application/problem+json" in problems["409"]["content"]
