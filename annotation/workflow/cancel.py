"""Ending chains that are not wanted any more: of a batch, in slices, or of one item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from annotation.models import Event, Item, Task
from annotation.workflow import counts
from annotation.workflow.chains import TARGETS, left_by_last_chains, status_of
from annotation.workflow.ending import ask_when_committed
from annotation.workflow.history import event_of, record


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
    live = Task.objects.filter(batch_id=batch_id, is_live=True)
    picked: set[tuple[int | None, int | None]] = set()
    last_id = after_id
    next_tasks = live.filter(id__gt=after_id).order_by("id").values_list("id", "item_id", "folder_id")
    for pk, item_id, folder_id in next_tasks[: limit * 4]:
        if len(picked) >= limit:
            break
        picked.add((item_id, None) if item_id else (None, folder_id))
        last_id = pk
    of_items = Q(item_id__in=[item_id for item_id, _ in picked if item_id])
    of_folders = Q(item=None, folder_id__in=[folder_id for _, folder_id in picked if folder_id])
    with transaction.atomic():
        done = _cancel(live.filter(of_items | of_folders), also_started, by, door)
    return Sliced(done, last_id, live.filter(id__gt=last_id).exists())


def cancel_item(item_id: int, *, by: User, door: str = "page") -> int:
    """End every live chain of an item, held or not; the caller has asked. Returns how many chains ended."""
    with transaction.atomic():
        return _cancel(Task.objects.filter(item_id=item_id, is_live=True), True, by, door)


def is_untouched(tasks: list[Task]) -> bool:
    """Nobody holds it and nobody started it."""
    held = any(task.assignee_id is not None for task in tasks)
    return not held and all(task.status in {"ready", "waiting"} and task.done_by_id is None for task in tasks)


def _cancel(live: QuerySet[Task], also_started: bool, by: User, door: str) -> int:
    """End the chains whose tasks are `live`, which must name chains whole. Returns how many."""
    found: dict[tuple[object, ...], list[Task]] = defaultdict(list)
    for task in live.select_for_update(no_key=True, of=("self",)).order_by("id"):
        of_whom = task.item_id or -task.folder_id
        found[task.batch_id, task.target, of_whom, task.part].append(task)
    chains = [sorted(tasks, key=lambda task: task.stage_order) for tasks in found.values()]
    chains = [tasks for tasks in chains if also_started or is_untouched(tasks)]
    if not chains:
        return 0
    deltas: list[counts.Delta] = []
    for tasks in chains:
        was = status_of(tasks)
        if tasks[0].target in TARGETS and was:
            deltas.append(("batch", tasks[0].batch_id, was, -1))
    ending = [task for tasks in chains for task in tasks]
    items = _locked_items(chains)
    Task.objects.filter(pk__in=[task.pk for task in ending]).update(
        status=Task.Status.CANCELLED, is_live=False, moved_at=timezone.now()
    )
    deltas += _show_what_is_left(items, {tasks[0].lane for tasks in chains})
    counts.add_deltas(ending[0].project_id, deltas)
    record(_told(task, by, door) for task in ending)
    for batch_id in {task.batch_id for task in ending}:
        ask_when_committed(batch_id)
    return len(chains)


def _locked_items(chains: list[list[Task]]) -> dict[int, Item]:
    frames = [tasks[0].item_id or 0 for tasks in chains if tasks[0].target == Task.Target.FRAME]
    locked = Item.objects.select_for_update(no_key=True).filter(pk__in=frames).order_by("id")
    return {item.pk: item for item in locked}


def _show_what_is_left(items: dict[int, Item], lanes: set[int]) -> list[counts.Delta]:
    """Items show what their last ended chain left; in another lane than the main one only where they were never at
    work in that."""
    deltas: list[counts.Delta] = []
    for lane in sorted(lanes):
        speaking = set(items)
        if lane != 0:
            main = Task.objects.filter(item_id__in=items, lane=0, target=Task.Target.FRAME)
            speaking -= {pk or 0 for pk in main.values_list("item_id", flat=True)}
        left = left_by_last_chains(speaking, lane)
        becoming: dict[str, list[int]] = defaultdict(list)
        for pk in sorted(speaking):
            item, shown = items[pk], left.get(pk, Item.Status.NOT_STARTED)
            if item.status != shown:
                becoming[shown].append(pk)
                deltas += [("folder", item.folder_id, item.status, -1), ("folder", item.folder_id, shown, 1)]
                item.status = shown
        for shown, ids in becoming.items():
            Item.objects.filter(pk__in=ids).update(status=shown)
    return deltas


def _told(task: Task, by: User, door: str) -> Event:
    was, task.status = task.status, Task.Status.CANCELLED
    return event_of(task, "cancel", by_id=by.pk, door=door, was=was, holder=task.assignee_id)


def held_by_batch(batch_id: int) -> dict[int, int]:
    """user id → number of live tasks of the batch they hold, for the question before a cancel."""
    found: dict[int, int] = defaultdict(int)
    held = Task.objects.filter(batch_id=batch_id, is_live=True).exclude(assignee=None)
    for user_id in held.values_list("assignee_id", flat=True).iterator():
        found[user_id or 0] += 1
    return dict(found)
