"""`Authorization: Bearer <key>`. A key is one person's, for one workspace."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts.keys import find_key
from accounts.models import ApiKey, User


class KeyAuth(HttpBearer):
    """Finds the live key. A revoked one, or one of a deactivated person, is as good as none."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        return find_key(token.strip())


def key_of(request: HttpRequest) -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key


def caller(request: HttpRequest) -> User:
    return key_of(request).user
