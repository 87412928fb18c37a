"""What runs in Celery workers, and how doors queue it. The rules are elsewhere; here are retries and schedules only.

A rule returns its Operation; the door queues it here, on commit. A broker that is down loses nothing: the Operation
stands in the database, and `recover_operations` finds it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

from celery import shared_task
from django.db import transaction

from annotation.batches.fill import fill_step
from annotation.batches.life import cancel_step
from annotation.batches.operations import Step, recoverable, run_slice
from annotation.catalog.thumbnails import items_without, make_thumbnail
from annotation.models import Operation
from annotation.workflow import counts
from annotation.workflow.ending import sweep_batches

log = logging.getLogger("mete.background")

STEPS: dict[str, Step] = {
    Operation.Kind.FILL_BATCH: fill_step,
    Operation.Kind.CANCEL_BATCH: cancel_step,
}
THUMBNAILS_AT_ONCE = 200
THUMBNAILS_SECONDS = 20


def queue(operation: Operation | None) -> None:
    """Hand an operation to a worker once the transaction is committed."""
    if operation is not None:
        transaction.on_commit(partial(_send, run_operation, str(operation.pk)))


def queue_thumbnail(item_id: int) -> None:
    transaction.on_commit(partial(_send, thumbnail, item_id))


def run_now(operation: Operation) -> Operation:
    """Run it here to its end; for the shell and the demo."""
    while not run_slice(operation.pk, STEPS).is_over:
        pass
    operation.refresh_from_db()
    return operation


@shared_task(name="annotation.background.run_operation")
def run_operation(operation_id: str) -> None:
    if not run_slice(uuid.UUID(operation_id), STEPS).is_over:
        _send(run_operation, operation_id)


@shared_task(name="annotation.background.recover_operations")
def recover_operations() -> None:
    for operation_id in recoverable():
        _send(run_operation, str(operation_id))


@shared_task(name="annotation.background.fold_counts")
def fold_counts() -> None:
    while counts.fold() >= counts.FOLD_AT_ONCE:
        pass


@shared_task(name="annotation.background.sweep")
def sweep() -> None:
    sweep_batches()


@shared_task(name="annotation.background.thumbnail")
def thumbnail(item_id: int) -> None:
    make_thumbnail(item_id)


@shared_task(name="annotation.background.missing_thumbnails")
def missing_thumbnails() -> None:
    """Whatever the broker lost, and items that came in by address. Servers that do not answer may not keep a worker
    from its operations: after some seconds the rest waits for the next beat."""
    until = monotonic() + THUMBNAILS_SECONDS
    for item_id in items_without(THUMBNAILS_AT_ONCE):
        if monotonic() > until:
            break
        make_thumbnail(item_id)


def _send(task: Callable[..., Any], *arguments: Any) -> None:
    try:
        task.delay(*arguments)  # type: ignore[attr-defined]
    except Exception:
        log.exception("the broker is not reachable; the beat will find it")
