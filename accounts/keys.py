"""API keys: made once, shown once, found again by their hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.models import ApiKey, User

PREFIX = "mete_"
SEEN_EVERY = timedelta(minutes=1)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def create_key(user: User, workspace_id: int, name: str) -> tuple[ApiKey, str]:
    """Make a key for `user` in one workspace. Returns the row and the plain key, which is never shown again."""
    plain = PREFIX + secrets.token_hex(20)
    row = ApiKey.objects.create(
        user=user, workspace_id=workspace_id, name=name, prefix=plain[:10], digest=digest_of(plain)
    )
    return row, plain


def find_key(plain: str) -> ApiKey | None:
    """The live key with this text, its user active; None otherwise. Notes its use at most once a minute."""
    key = (
        ApiKey.objects.select_related("user", "workspace")
        .filter(digest=digest_of(plain), revoked_at=None, user__is_active=True)
        .first()
    )
    now = timezone.now()
    if key and (key.last_used_at is None or now - key.last_used_at > SEEN_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
