"""In whose hands the items of a page are: the holder at each kind of stage and the batch, from their last chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from annotation.models import Batch, Item, Task


@dataclass
class Hands:
    """`annotator` and `reviewer`: who holds the work, or did it."""

    item: Item
    annotator: User | None = None
    reviewer: User | None = None
    batch: Batch | None = None
    task: Task | None = None
    """The task that waits for a hand, else the last one of the chain."""


def hands_of(items: Sequence[Item]) -> list[Hands]:
    """One query for all of them."""
    rows = {item.pk: Hands(item) for item in items}
    tasks = (
        Task.objects.filter(item_id__in=list(rows), target="frame", lane=0)
        .exclude(status="cancelled", is_live=False, done_by=None, assignee=None)
        .select_related("assignee", "done_by", "batch", "stage")
        .order_by("batch_id", "stage_order")
    )
    for task in tasks:
        _add(rows[task.item_id or 0], task)
    return list(rows.values())


def _add(row: Hands, task: Task) -> None:
    if row.batch is None or row.batch.pk != task.batch_id:
        row.annotator = row.reviewer = row.task = None
        row.batch = task.batch
    person = task.assignee or task.done_by
    if task.stage_kind == "annotate":
        row.annotator = person or row.annotator
    else:
        row.reviewer = person or row.reviewer
    if row.task is None or not row.task.is_open:
        row.task = task
