"""Ending chains that are not wanted any more: of a batch, in slices, or of one item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from annotation.models import Task
from annotation.workflow.chains import Chain, open_chain


@dataclass(frozen=True)
class Sliced:
    """`last_id` is where the next slice goes on; `more` is whether there is one."""

    done: int
    last_id: int
    more: bool


def cancel_chains(
    batch_id: int, *, also_started: bool, limit: int = 300, after_id: int = 0, by: User, door: str = "page"
) -> Sliced:
    """End the chains of a batch that nobody holds or started (or all live ones), at most `limit` chains, in one
    transaction. Safe to run twice."""
    first_tasks = (
        Task.objects.filter(batch_id=batch_id, is_live=True, id__gt=after_id)
        .order_by("id")
        .values_list("id", "item_id", "folder_id", "part")[: limit * 4]
    )
    chains: dict[tuple[object, ...], int] = {}
    last_id = after_id
    for pk, item_id, folder_id, part in first_tasks:
        if len(chains) >= limit:
            break
        chains.setdefault((item_id, folder_id, part), pk)
        last_id = pk
    done = 0
    with transaction.atomic():
        for pk in sorted(chains.values()):
            done += _cancel(open_chain(pk, by, door), also_started)
    more = Task.objects.filter(batch_id=batch_id, is_live=True, id__gt=last_id).exists()
    return Sliced(done, last_id, more)


def cancel_item(item_id: int, *, by: User, door: str = "page") -> int:
    """End every live chain of an item, held or not; the caller has asked. Returns how many chains ended."""
    live = (
        Task.objects.filter(item_id=item_id, is_live=True)
        .values_list("batch_id", "part", "id")
        .order_by("id")
    )
    chains: dict[tuple[int, str], int] = {}
    for batch_id, part, pk in live:
        chains.setdefault((batch_id, part), pk)
    with transaction.atomic():
        return sum(_cancel(open_chain(pk, by, door), also_started=True) for pk in chains.values())


def is_untouched(tasks: list[Task]) -> bool:
    """Nobody holds it and nobody started it."""
    held = any(task.assignee_id is not None for task in tasks)
    return not held and all(task.status in {"ready", "waiting"} and task.done_by_id is None for task in tasks)


def _cancel(chain: Chain, also_started: bool) -> int:
    if not any(task.is_live for task in chain.tasks) or not (also_started or is_untouched(chain.tasks)):
        return 0
    for task in chain.tasks:
        chain.put(task, "cancelled", "cancel")
    chain.end()
    chain.save()
    return 1


def held_by_batch(batch_id: int) -> dict[int, int]:
    """user id → number of live tasks of the batch they hold, for the question before a cancel."""
    found: dict[int, int] = defaultdict(int)
    held = Task.objects.filter(batch_id=batch_id, is_live=True).exclude(assignee=None)
    for user_id in held.values_list("assignee_id", flat=True).iterator():
        found[user_id or 0] += 1
    return dict(found)
