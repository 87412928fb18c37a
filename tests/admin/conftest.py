from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from accounts.models import User


class Desk:
    """Somebody at the Django admin."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def get(self, path: str) -> HttpResponse:
        response = self.client.get(f"/admin/{path}")
        assert response.status_code == 200, (path, response.status_code)
        return response

    def post(self, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(f"/admin/{path}", fields)

    def act(self, path: str, action: str, *rows: Any, **fields: Any) -> list[str]:
        """Runs an action on rows of a list; returns what it says."""
        chosen = [row.pk for row in rows]
        response = self.post(path, action=action, _selected_action=chosen, **fields)
        return said(response)


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response: HttpResponse) -> list[str]:
    """What the form of a page that was not left says."""
    assert response.status_code == 200
    form = response.context["adminform"].form
    return [sentence for sentences in form.errors.values() for sentence in sentences]


@pytest.fixture
def desk() -> Callable[[User], Desk]:
    return Desk


@pytest.fixture
def hers(ada: User) -> Desk:
    return Desk(User.objects.get(pk=ada.pk))
