"""Lines of history: written in sets, in the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from annotation.models import Event, Task


@dataclass(frozen=True)
class Line:
    """One event as people read it."""

    at: datetime
    sentence: str


def record(events: Iterable[Event]) -> None:
    Event.objects.bulk_create(events)


def event_of(
    task: Task, kind: str, *, by_id: int | None, door: str, was: str, holder: int | None, reason: str = ""
) -> Event:
    """The line for one task whose status was `was` and holder `holder` before; its row tells what they are now."""
    return Event(
        project_id=task.project_id,
        batch_id=task.batch_id,
        item_id=task.item_id,
        task_id=task.pk,
        actor_id=by_id,
        kind=kind,
        from_status=was,
        to_status=task.status,
        from_holder_id=holder,
        to_holder_id=task.assignee_id,
        door=door,
        reason=reason,
    )


def events_of_item(item_id: int) -> QuerySet[Event]:
    """Oldest first."""
    return Event.objects.filter(item_id=item_id).order_by("id")


def events_of_task(task_id: int) -> QuerySet[Event]:
    return Event.objects.filter(task_id=task_id).order_by("id")


def events_of_batch(batch_id: int) -> QuerySet[Event]:
    """What happened to the batch itself, not to its tasks."""
    return Event.objects.filter(batch_id=batch_id, task_id=None).order_by("id")
