"""A chain under lock: its tasks, who may move them, and writing what a move changed.

Every verb does the same: `open_chain` locks all tasks of the chain (by id) and then its item; the verb changes tasks
through `Chain.put`; `Chain.save` writes the changed rows, the item's status, the count deltas and the Events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotation.access import project_access
from annotation.errors import Forbidden, NotFound, NotHeld, Refused
from annotation.models import AnnotationSet, AnnotationVersion, Item, Task
from annotation.workflow import counts
from annotation.workflow.ending import ask_when_committed
from annotation.workflow.history import event_of, record
from annotation.workflow.moves import MOVES, OPEN, illegal

TARGETS = (Task.Target.FRAME, Task.Target.SEQUENCE)
FIELDS = (
    "status", "is_live", "assignee", "done_by", "author", "previous_by", "reason", "given_at", "opened_at", "moved_at",
)  # fmt: skip


def status_of(tasks: list[Task]) -> str | None:
    """The item status a chain says; None where it was cancelled. `counts.SHAPE` says the same in SQL."""
    if all(task.status == "cancelled" for task in tasks):
        return None
    if any(task.status == "skipped" for task in tasks):
        return "skipped"
    if not any(task.is_live for task in tasks):
        return "completed"
    current = next(task for task in tasks if task.status in OPEN)
    if current.stage_kind == "review":
        return "quality_check"
    if current.status == "rejected":
        return "returned"
    return "not_started" if current.status == "ready" and current is tasks[0] else "in_progress"


@dataclass
class Chain:
    """Tasks in stage order, locked; `item` too where the target is a frame."""

    tasks: list[Task]
    item: Item | None
    by: User
    door: str
    was: str | None
    before: dict[int, tuple[str, int | None, bool]]
    changed: dict[int, tuple[str, str]] = field(default_factory=dict)

    def at(self, task_id: int) -> Task:
        return next(task for task in self.tasks if task.pk == task_id)

    def next(self, task: Task) -> Task | None:
        return next((other for other in self.tasks if other.stage_order > task.stage_order), None)

    def previous(self, task: Task) -> Task | None:
        return next((other for other in reversed(self.tasks) if other.stage_order < task.stage_order), None)

    def between(self, first: Task, last: Task) -> list[Task]:
        return [task for task in self.tasks if first.stage_order < task.stage_order < last.stage_order]

    def after(self, task: Task) -> list[Task]:
        return [other for other in self.tasks if other.stage_order > task.stage_order]

    def put(self, task: Task, status: str, event: str, reason: str = "") -> None:
        """Change a task's status; its line of history is `event`."""
        task.status = status
        if status in {"ready", "waiting"}:
            task.opened_at = None
        if event in {"reject", "send_back", "skip"} and status in {"rejected", "skipped"}:
            task.reason = reason
        self.changed[task.pk] = event, reason

    def ready(self, task: Task, event: str, made_by: Task) -> None:
        """`task` may be worked on now; it remembers who made the work before it."""
        task.previous_by_id = made_by.done_by_id
        if made_by.stage_kind == "annotate":
            task.author_id = made_by.assignee_id or made_by.done_by_id
        else:
            task.author_id = made_by.author_id
        self.put(task, "ready", event)

    def done(self, task: Task, status: str, event: str, reason: str = "") -> None:
        task.done_by = self.by
        self.put(task, status, event, reason)

    def end(self) -> None:
        for task in self.tasks:
            task.is_live = False

    def hand_on(self, task: Task, event: str) -> None:
        """Submitted where a review is next, else accepted; the next stage becomes ready or the chain ends."""
        following = self.next(task)
        self.done(task, "submitted" if following and following.stage_kind == "review" else "accepted", event)
        if following is None:
            self.end()
        else:
            self.ready(following, event, task)

    def save(self, *, writes_version: str = "") -> None:
        """Write tasks, item, versions, deltas and Events. `writes_version` names the event that freezes the work."""
        now = timezone.now()
        events = []
        for task in self.tasks:
            status, holder, was_live = self.before[task.pk]
            if task.pk not in self.changed and task.is_live == was_live:
                continue
            if task.pk in self.changed:
                task.moved_at = now
                event, reason = self.changed[task.pk]
                events.append(
                    event_of(
                        task,
                        event,
                        by_id=self.by.pk,
                        door=self.door,
                        was=status,
                        holder=holder,
                        reason=reason,
                    )
                )
            task.save(update_fields=FIELDS)
        self._save_item()
        if writes_version:
            self._freeze(writes_version, now)
        record(events)
        if not any(task.is_live for task in self.tasks):
            ask_when_committed(self.tasks[0].batch_id)

    def _save_item(self) -> None:
        first, becomes = self.tasks[0], status_of(self.tasks)
        deltas: list[counts.Delta] = []
        if first.target in TARGETS:
            deltas += [("batch", first.batch_id, s, n) for s, n in ((self.was, -1), (becomes, 1)) if s]
        if self.item is not None:
            shown = becomes or left_by_last_chain(self.item.pk, first.lane)
            if shown != self.item.status and speaks_for_item(first):
                deltas += [
                    ("folder", self.item.folder_id, self.item.status, -1),
                    ("folder", self.item.folder_id, shown, 1),
                ]
                self.item.status = shown
                self.item.save(update_fields=["status"])
        counts.add_deltas(first.project_id, deltas)

    def _freeze(self, event: str, now: datetime) -> None:
        first = self.tasks[0]
        sets = AnnotationSet.objects.filter(lane=first.lane)
        current = (
            sets.filter(item=first.item_id) if first.item_id else sets.filter(folder=first.folder_id)
        ).first()
        if current is None:
            return
        moved = next(task for task in self.tasks if task.pk in self.changed)
        AnnotationVersion.objects.create(
            annotation_set=current,
            task=moved,
            version=current.version,
            objects_json=current.objects_json,
            author=self.by,
            event=event,
            created_at=now,
        )


def speaks_for_item(task: Task) -> bool:
    """An item shows what lane 0 says; one never at work there, what its most recently moved lane says."""
    if task.target != Task.Target.FRAME:
        return False
    return (
        task.lane == 0 or not Task.objects.filter(item_id=task.item_id or 0, lane=0, target="frame").exists()
    )


def left_by_last_chain(item_id: int, lane: int) -> str:
    """The status that the last ended chain left, cancelled ones left out; `not_started` without one."""
    return left_by_last_chains([item_id], lane).get(item_id, Item.Status.NOT_STARTED)


def left_by_last_chains(item_ids: Collection[int], lane: int) -> dict[int, str]:
    """item id → what its last ended chain left; items without one are not in it."""
    ended = Task.objects.filter(item_id__in=item_ids, lane=lane, target=Task.Target.FRAME, is_live=False)
    chains: dict[tuple[int, int], list[Task]] = defaultdict(list)
    for task in ended.exclude(status=Task.Status.CANCELLED).order_by("id"):
        chains[task.item_id or 0, task.batch_id].append(task)
    return {item_id: status_of(tasks) or Item.Status.NOT_STARTED for (item_id, _), tasks in chains.items()}


def open_chain(task_id: int, by: User, door: str) -> Chain:
    """Lock the chain of a task and its item. The caller is in a transaction. Raises `NotFound`."""
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise NotFound("There is no such task.")
    locked = Task.objects.chain_of(task).order_by("id").select_for_update(no_key=True, of=("self",))
    tasks = sorted(locked, key=lambda each: each.stage_order)
    item = None
    if task.target == Task.Target.FRAME:
        item = Item.objects.select_for_update(no_key=True).get(pk=task.item_id or 0)
    before = {each.pk: (each.status, each.assignee_id, each.is_live) for each in tasks}
    return Chain(tasks, item, by, door, status_of(tasks), before)


def require_move(chain: Chain, task: Task, event: str) -> None:
    """Raises `IllegalMove` unless the table has this event for the task's status and stage, `Forbidden` or `NotHeld`
    unless `chain.by` may. A nobody's task moved by an admin becomes the admin's."""
    move = MOVES[event]
    if not task.is_live or task.status not in move.sources:
        raise illegal(event, task)
    if task.stage_kind not in move.stages:
        raise illegal(event, task, "Only annotate tasks can be.")
    worker = _worker(chain, task, event)
    if worker.assignee_id == chain.by.pk:
        return
    if not is_admin(chain):
        raise _not_theirs(chain, worker)
    if worker.assignee_id is None:
        worker.assignee, worker.given_at = chain.by, timezone.now()


def _worker(chain: Chain, task: Task, event: str) -> Task:
    """The task whose holder decides: for a verdict the next one, else the task itself."""
    if event not in {"accept", "keep", "reject"}:
        return task
    following = chain.next(task)
    if following is None or following.status not in {"ready", "in_progress"}:
        raise illegal(event, task)
    return following


def is_admin(chain: Chain) -> bool:
    try:
        return project_access(chain.by, chain.tasks[0].project).is_admin
    except NotFound:
        return False


def _not_theirs(chain: Chain, task: Task) -> Refused:
    project_access(chain.by, task.project)
    if task.assignee_id is None:
        return NotHeld("You do not hold this image; nobody does. Request Tasks to get it, or ask an admin.")
    holder = User.objects.get(pk=task.assignee_id)
    if any(other.assignee_id == chain.by.pk for other in chain.tasks):
        return Forbidden(
            f"This is for {holder.first_name_or_email} to decide, who holds its {task.stage_kind} task."
        )
    return NotHeld(
        f"{holder.first_name_or_email} holds this image, so you cannot change it. Ask them or an admin."
    )


def named(task_id: int) -> Task:
    """The task as it is now, with what doors show of it."""
    return Task.objects.select_related("item", "folder", "stage", "batch", "assignee", "project").get(
        pk=task_id
    )


atomic = transaction.atomic
