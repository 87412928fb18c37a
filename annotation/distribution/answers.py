"""The answer to a request that carried an idempotency key, kept for ten minutes.

Called with the membership locked, so two requests with one key never run side by side.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.utils import timezone

from annotation.models import IdempotentAnswer

KEPT_FOR = timedelta(minutes=10)


def recall(project_id: int, user_id: int, key: str) -> list[int] | None:
    """The task ids this key brought, if it was used in the last ten minutes."""
    answer = (
        IdempotentAnswer.objects.filter(
            user_id=user_id,
            project_id=project_id,
            key=_stored(key),
            created_at__gt=timezone.now() - KEPT_FOR,
        )
        .values_list("answer", flat=True)
        .first()
    )
    return list(answer["task_ids"]) if answer else None


def keep(project_id: int, user_id: int, key: str, task_ids: list[int]) -> None:
    """Also forgets what this person's older keys brought."""
    mine = IdempotentAnswer.objects.filter(user_id=user_id, project_id=project_id)
    mine.filter(created_at__lte=timezone.now() - KEPT_FOR).delete()
    IdempotentAnswer.objects.create(
        user_id=user_id, project_id=project_id, key=_stored(key), answer={"task_ids": task_ids}
    )


def _stored(key: str) -> str:
    """A key is whatever a client sent, of any length and with any character."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
