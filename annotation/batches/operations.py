"""Long background actions: taken by one worker at a time, done in slices, found again after a crash.

An Operation carries its own cursor, lease and heartbeat, since an embedded broker does not redeliver. Each step commits
its rows, the cursor and the progress together, so a step that was cut off is simply done again. After some seconds a
worker lets go and queues the operation anew: others get a turn.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from annotation.errors import Refused
from annotation.models import Operation

log = logging.getLogger("mete.operations")

SLICE = 3.0
"""Seconds of one turn."""
STALE = timedelta(seconds=30)
BREATH = 0.03
"""On SQLite: seconds outside the transaction between two steps, so that pages get to write."""

Step = Callable[[Operation], bool]
"""Does one step in the caller's transaction; True while there is more."""


class LostLease(Exception):
    """Another worker took the operation over: this one stops without a word."""


@dataclass(frozen=True)
class Turn:
    """`is_over`: nothing is left to do; otherwise the operation is to be queued again."""

    is_over: bool


def run_slice(operation_id: uuid.UUID, steps: dict[str, Step], seconds: float = SLICE) -> Turn:
    """One turn of an operation, by the worker that gets its lease. An error that is not the database's ends it."""
    lease = uuid.uuid4()
    if not _take(operation_id, lease):
        return Turn(is_over=True)
    deadline = time.monotonic() + seconds
    try:
        while _step(operation_id, lease, steps):
            if time.monotonic() > deadline:
                _let_go(operation_id, lease)
                return Turn(is_over=False)
            if connection.vendor == "sqlite":
                time.sleep(BREATH)
    except LostLease:
        log.warning("operation %s was taken over by another worker", operation_id)
    except OperationalError:
        log.exception("operation %s: the database did not answer; it will be tried again", operation_id)
        raise
    except Refused as refused:
        _fail(operation_id, lease, refused.sentence)
    except Exception:
        log.exception("operation %s failed", operation_id)
        _fail(operation_id, lease, "Something failed on our side; it is in the server's log.")
    return Turn(is_over=True)


def recoverable() -> list[uuid.UUID]:
    """Operations that nobody works on although they are not done: their worker died, or the broker lost them."""
    before = timezone.now() - STALE
    waiting = Operation.objects.filter(status__in=["queued", "running"])
    quiet = Q(heartbeat_at__lt=before) | Q(heartbeat_at=None, created_at__lt=before)
    return list(waiting.filter(quiet).order_by("created_at").values_list("pk", flat=True)[:100])


def cancel_operation(operation: Operation, *, by: User) -> Operation:
    """Ask it to stop; it undoes what is half done in its next step. Raises `Refused` where it has ended, or is itself
    the undoing of something."""
    if operation.kind == Operation.Kind.CANCEL_BATCH:
        raise Refused("A batch that is being cancelled cannot be kept. Make another one of its images.")
    asked = Operation.objects.filter(pk=operation.pk, status__in=["queued", "running"]).update(
        is_cancel_asked=True, parameters=operation.parameters | {"cancelled_by": by.pk}
    )
    operation.refresh_from_db()
    if not asked:
        raise Refused(f"It has ended already: {operation.status}.", status_of_operation=operation.status)
    return operation


def _take(operation_id: uuid.UUID, lease: uuid.UUID) -> bool:
    now = timezone.now()
    free = Q(lease=None) | Q(heartbeat_at__lt=now - STALE)
    return bool(
        Operation.objects.filter(free, pk=operation_id, status__in=["queued", "running"]).update(
            lease=lease, status=Operation.Status.RUNNING, heartbeat_at=now
        )
    )


def _step(operation_id: uuid.UUID, lease: uuid.UUID, steps: dict[str, Step]) -> bool:
    with transaction.atomic():
        operation = (
            Operation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("project", "batch")
            .get(pk=operation_id)
        )
        if operation.lease != lease:
            raise LostLease
        more = steps[operation.kind](operation)
        now = timezone.now()
        operation.heartbeat_at = now
        if not more:
            operation.lease = None
            operation.ended_at = now
            if operation.is_running:
                operation.status = (
                    Operation.Status.CANCELLED if operation.is_cancel_asked else Operation.Status.DONE
                )
        operation.save(
            update_fields=[
                *(
                    "status",
                    "done",
                    "total",
                    "cursor",
                    "result",
                    "error",
                    "lease",
                    "heartbeat_at",
                    "ended_at",
                ),
            ]
        )
    return more


def _let_go(operation_id: uuid.UUID, lease: uuid.UUID) -> None:
    Operation.objects.filter(pk=operation_id, lease=lease).update(lease=None, heartbeat_at=timezone.now())


def _fail(operation_id: uuid.UUID, lease: uuid.UUID, sentence: str) -> None:
    Operation.objects.filter(pk=operation_id, lease=lease).update(
        status=Operation.Status.FAILED, error=sentence, lease=None, ended_at=timezone.now()
    )
