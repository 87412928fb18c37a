"""Every URL of pages, API and Django admin, with every role, a foreign admin and nobody signed in.

The addresses come from the URL configuration, what is expected from `tests/access/doors.py`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from annotation.admin.scoped import ScopedAdmin
from tests.access.doors import (
    ADMIN_MODELS,
    ADMIN_SITE,
    API,
    FORBIDDEN,
    GONE,
    NO,
    OK,
    PAGES,
    PUBLIC,
    ROLES,
    THIRD_PARTY,
    Methods,
)
from tests.access.world import ADMIN_OBJECTS, FORMS, World, arguments, body, make_world

API_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
NOT_THERE = {405, 401, 403, 404}
ALLOWED = {200, 201, 202, 204, 302, 400, 409, 410, 415, 422}
"""What somebody with the right may get."""


@dataclass(frozen=True)
class Address:
    name: str
    route: str

    def path(self, values: dict[str, Any]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), self.route)

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)


def addresses(patterns: list[Any] | None = None, before: str = "", space: str = "") -> Iterator[Address]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from addresses(each.url_patterns, route, inner)
        elif isinstance(each, URLPattern):
            yield Address(space + (each.name or ""), route)


EVERYTHING = list(addresses())
OF_API = list({a.route: a for a in EVERYTHING if a.name.startswith("api:")}.values())
OF_ADMIN = [a for a in EVERYTHING if a.name.startswith("admin:") or a.route.startswith("admin/")]
OF_PAGES = [a for a in EVERYTHING if not a.name.startswith("api:") and a not in OF_ADMIN]
NOWHERE = {"nothing_at_the_root", "nothing_here", "api-root"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.parametrize("address", OF_PAGES, ids=lambda a: a.name or a.route)
def test_a_page_opens_for_whom_its_line_says(address: Address, world: World) -> None:
    if address.name not in PAGES:
        pytest.fail(
            f"The page “{address.name}” ({address.route}) has no line in tests/access/doors.py. Add one to PAGES:"
            f' "{address.name}": get(MEMBER), or whoever may open it.'
        )
    path = address.path(arguments(world, address.route, address.parameters))
    for method in ["GET", "POST"]:
        for role in ["anonymous", *ROLES]:
            client = Client()
            if role != "anonymous":
                client.force_login(world.people[role], "django.contrib.auth.backends.ModelBackend")
            response = _send(client, method, path, form=FORMS.get(address.name, {}))
            _check_page(response, PAGES[address.name], method, role, path)


def _check_page(response: HttpResponse, line: Methods, method: str, role: str, path: str) -> None:
    told = f"{method} {path} by {role} answered {response.status_code}"
    at_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in")
    assert response.status_code < 500, told
    if method not in line:
        assert at_sign_in or response.status_code in NOT_THERE, f"{told}; its line does not know {method}"
    elif role == "anonymous" and line[method] is not PUBLIC:
        assert at_sign_in, f"{told}; nobody is signed in, so it should lead to the sign-in page"
    else:
        wanted = OK if role == "anonymous" else line[method][role]
        assert _is(response, wanted), f"{told}; expected {wanted}"
        assert line[method] is PUBLIC or not at_sign_in, told


@pytest.mark.parametrize("address", OF_API, ids=lambda a: a.route)
def test_the_api_answers_whom_its_line_says(address: Address, world: World) -> None:
    if address.name.removeprefix("api:") in NOWHERE:
        return  # 404 for everybody: tests/api/test_problems.py
    route = address.route.removeprefix("api/v1/")
    if route not in API:
        pytest.fail(
            f"The API address “{route}” has no line in tests/access/doors.py. Add one to API:"
            f' "{route}": {{"GET": MEMBER}}, or whoever may call it.'
        )
    line = API[route]
    path = address.path(arguments(world, address.route, address.parameters))
    for method in API_METHODS:
        for role in ["anonymous", *ROLES]:
            headers = {} if role == "anonymous" else {"authorization": f"Bearer {world.keys[role]}"}
            response = _send(Client(headers=headers), method, path, body(route, method))
            told = f"{method} {path} by {role} answered {response.status_code}: {_start(response)!r}"
            assert response.status_code < 500, told
            assert route == "docs" or "html" not in response.get("Content-Type", ""), told
            if method not in line:
                assert response.status_code == 405, f"{told}; its line does not know {method}"
            elif role == "anonymous" and line[method] is not PUBLIC:
                assert response.status_code == 401, told
            else:
                wanted = OK if role == "anonymous" else line[method][role]
                assert _is(response, wanted), f"{told}; expected {wanted}"


@pytest.mark.parametrize("address", OF_ADMIN, ids=lambda a: a.name.removeprefix("admin:") or a.route)
def test_the_django_admin_opens_only_for_admins_of_a_workspace(address: Address, world: World) -> None:
    for method in ["GET", "POST"]:
        for role in ["anonymous", *ROLES]:
            client = Client()
            if role != "anonymous":
                client.force_login(world.people[role], "django.contrib.auth.backends.ModelBackend")
            path = _admin_path(address, world)
            response = _send(client, method, path)
            told = f"{method} {path} by {role} answered {response.status_code}"
            assert response.status_code < 500, told
            if role == "anonymous":
                assert response.status_code == 302, told
                assert "/admin/" in response["Location"] or "/sign-in" in response["Location"], told
            elif role not in STAFF:
                assert response.status_code == 403, told
            else:
                wanted = _admin_wants(address, method, role)
                assert response.status_code in wanted, f"{told}; expected one of {wanted}"


STAFF = {"ada", "mallory", "root"}
FOUND = {200, 302}


def _admin_path(address: Address, world: World) -> str:
    if address.route.endswith(")/$"):
        return "/admin/annotation/"
    if address.route.endswith("$"):
        return "/admin/there/is/nothing/here"
    model = _model_of(address)
    owned = ADMIN_OBJECTS.get(model._meta.model_name) if model else None
    pk = owned(world).pk if owned else 1
    return address.path(dict.fromkeys(address.parameters, pk))


def _admin_wants(address: Address, method: str, role: str) -> set[int]:
    model = _model_of(address)
    if model is None:
        return _line(ADMIN_SITE, address)[method]
    kind = address.name.removeprefix("admin:").rpartition("_")[2] or "redirect"
    if kind == "redirect":
        return FOUND  # to the same address with change/, which answers
    if model._meta.app_label in THIRD_PARTY:
        return {200, 302, 403, 404} if role == "root" else {403, *([302] if kind == "history" else [])}
    assert isinstance(admin.site.get_model_admin(model), ScopedAdmin), f"{model} does not start at access"
    may = _line(ADMIN_MODELS, Address(model._meta.model_name, ""))[role == "root"]
    if kind == "changelist":
        return FOUND
    if kind == "add":
        return FOUND if "a" in may else {403}
    if address.name.endswith("password_change"):
        return FOUND if role == "root" else {403}
    if role == "mallory":
        return {404} if (kind, method) in {("change", "GET"), ("history", "GET")} else {403, 404}
    if kind == "history":
        return FOUND
    if kind == "delete":
        return FOUND if "d" in may else {403}
    return FOUND if "c" in may or method == "GET" else {403}


def _line(table: dict[str, Any], address: Address) -> Any:
    name = address.name.removeprefix("admin:") or address.route
    if name not in table:
        pytest.fail(f"“{name}” is new in the Django admin. Add a line to tests/access/doors.py.")
    return table[name]


def _model_of(address: Address) -> Any:
    for model in admin.site._registry:
        meta = model._meta
        if address.route.startswith(f"admin/{meta.app_label}/{meta.model_name}/"):
            return model
    return None


def _is(response: HttpResponse, wanted: str) -> bool:
    if wanted == OK:
        return response.status_code in ALLOWED
    return response.status_code in {FORBIDDEN: {403}, GONE: {404}, NO: {403, 409}}[wanted]


def _start(response: HttpResponse) -> bytes:
    return b"(a file)" if response.streaming else response.content[:200]


def _send(
    client: Client,
    method: str,
    path: str,
    sent: dict[str, Any] | None = None,
    form: dict[str, Any] | None = None,
) -> HttpResponse:
    """Whatever the call did is rolled back, so that each role finds the same world."""
    with transaction.atomic():
        if method == "POST" and form is not None:
            response = client.post(path, form)
        elif sent and "files" in sent:
            response = client.post(path, {"upload": "Drop", "files": io.BytesIO(b"no picture")})
        else:
            response = client.generic(method, path, json.dumps(sent or {}), content_type="application/json")
        transaction.set_rollback(True)
    return response
