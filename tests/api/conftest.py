from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.keys import create_key
from accounts.models import User
from annotation.models import Workspace


@dataclass
class Answer:
    status: int
    json: Any
    response: HttpResponse

    @property
    def code(self) -> str:
        return self.json["code"]

    @property
    def sentence(self) -> str:
        return self.json["detail"]


class Program:
    """A program with a key. Checks of every answer what holds for every answer."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(headers={"authorization": f"Bearer {key}"} if key else {})

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return _answer(
            self.client.generic(
                method, f"/api/v1{path}", data, content_type="application/json", headers=headers or {}
            )
        )

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        return self.send("POST", path, body, headers)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.send("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def upload(self, path: str, fields: dict[str, Any]) -> Answer:
        return _answer(self.client.post(f"/api/v1{path}", fields))


def _answer(response: HttpResponse) -> Answer:
    assert response.status_code < 500, response.content
    told = json.loads(response.content) if response.content else None
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "code"} <= set(told)
        assert told["status"] == response.status_code
        assert told["detail"].rstrip()[-1] in ".!?)…", told["detail"]
    return Answer(response.status_code, told, response)


@pytest.fixture
def as_(workspace: Workspace) -> Callable[..., Program]:
    """`as_(ada)` → a program with a key of Ada's for our workspace (or for the one named)."""

    def program(user: User, where: Workspace | None = None) -> Program:
        _, plain = create_key(user, (where or workspace).pk, "test")
        return Program(plain)

    return program


@pytest.fixture
def nobody(db: None) -> Program:
    return Program(None)
