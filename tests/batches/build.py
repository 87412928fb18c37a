"""Batches as people make them: through the rule and the worker's function, in this process."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from annotation import background
from annotation.batches import life
from annotation.batches.create import create_batch
from annotation.models import Batch, Operation, Project, Task


def build(project: Project, by: User, name: str = "Week 1", **how: Any) -> Batch:
    """Made and filled; in staging unless `launch` is said."""
    batch, operation = create_batch(project, name, by=by, **how)
    assert background.run_now(operation).status == Operation.Status.DONE
    batch.refresh_from_db()
    return batch


def cancel(batch: Batch, by: User, **how: Any) -> Batch:
    operation = life.cancel(batch, by=by, **how)
    if operation is not None:
        background.run_now(operation)
    batch.refresh_from_db()
    return batch


def names(batch: Batch) -> list[str]:
    """Of the items with a chain in the batch, whatever became of it."""
    tasks = Task.objects.filter(batch=batch, stage_order=1).order_by("sort_key")
    return list(tasks.values_list("item__name", flat=True))
