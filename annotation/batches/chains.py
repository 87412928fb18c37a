"""Chains are made here and nowhere else: one task per stage and item, the first one ready, the others waiting.

The items are locked first (in the order of their ids), so two builders that want the same ones take turns; what is
live already in the lane, or was in this batch before, is left out. The unique index on live tasks would refuse a second
chain in any case. An item that ended before is Not started again from here on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.utils import timezone

from annotation.models import Batch, Item, Stage, Task
from annotation.models.library import NO_PRIORITY
from annotation.workflow.counts import add_deltas


@dataclass(frozen=True)
class Made:
    """`item_ids` got a chain; `left_out` says how many did not, by reason."""

    item_ids: list[int]
    left_out: Counter[str]


INSERT = """
INSERT INTO annotation_task (project_id, folder_id, stage_id, batch_id, item_id, target, part, lane, stage_kind,
    stage_order, status, is_live, priority_key, sort_key, reason, created_at, moved_at)
SELECT i.project_id, i.folder_id, s.id, %(batch)s, i.id, 'frame', '', %(lane)s, s.kind, s."order",
    CASE WHEN s."order" = %(first)s THEN 'ready' ELSE 'waiting' END, {true},
    COALESCE(-i.priority, {no_priority}), i.sort_key, '', %(now)s, %(now)s
  FROM annotation_item i CROSS JOIN annotation_stage s
 WHERE i.id IN ({ids}) AND s.project_id = %(project)s
 ORDER BY i.id, s."order"
"""


def make_chains(batch: Batch, item_ids: Sequence[int], *, exclude_batched: bool = False) -> Made:
    """Needs a transaction. At most some thousand items at once."""
    items = list(
        Item.objects.present()
        .select_for_update(no_key=True)
        .filter(project_id=batch.project_id, pk__in=item_ids)
        .order_by("id")
        .values_list("id", "status", "folder_id")
    )
    left_out: Counter[str] = Counter(gone=len(set(item_ids)) - len(items))
    reasons = _left_out(batch, [pk for pk, *_ in items], exclude_batched)
    left_out.update(reasons.values())
    chosen = [item for item in items if item[0] not in reasons]
    if chosen:
        _insert(batch, [pk for pk, *_ in chosen])
        _start_again(batch, chosen)
        stages = Stage.objects.filter(project_id=batch.project_id).count()
        Batch.objects.filter(pk=batch.pk).update(
            target_count=F("target_count") + len(chosen), task_count=F("task_count") + stages * len(chosen)
        )
        add_deltas(batch.project_id, [("batch", batch.pk, Item.Status.NOT_STARTED, len(chosen))])
    return Made([pk for pk, *_ in chosen], +left_out)


def _left_out(batch: Batch, item_ids: list[int], exclude_batched: bool) -> dict[int, str]:
    """item id → why it gets no chain."""
    reasons: dict[int, str] = {}
    tasks = Task.objects.filter(item_id__in=item_ids, target="frame")
    if exclude_batched:
        out = tasks.filter(batch__kind=Batch.Kind.PRODUCTION, batch__launched_at__isnull=False)
        reasons |= dict.fromkeys(out.values_list("item_id", flat=True), "sent_out")
    live = tasks.filter(is_live=True, lane=batch.lane).exclude(batch=batch)
    reasons |= dict.fromkeys(live.values_list("item_id", flat=True), "at_work")
    here = tasks.filter(batch=batch)
    return reasons | dict.fromkeys(here.values_list("item_id", flat=True), "in_batch")


def _insert(batch: Batch, item_ids: list[int]) -> None:
    first = (
        Stage.objects.filter(project_id=batch.project_id).order_by("order").values_list("order", flat=True)[0]
    )
    sql = INSERT.format(
        true="TRUE" if connection.vendor == "postgresql" else "1",
        no_priority=repr(NO_PRIORITY),
        ids=", ".join(map(str, item_ids)),
    )
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "batch": batch.pk,
                "lane": batch.lane,
                "first": first,
                "project": batch.project_id,
                "now": now
                if connection.vendor == "postgresql"
                else connection.ops.adapt_datetimefield_value(now),
            },
        )


def _start_again(batch: Batch, chosen: list[tuple[int, str, int]]) -> None:
    """Items that ended in an earlier batch of the main lane are Not started once more."""
    ended = [item for item in chosen if item[1] != Item.Status.NOT_STARTED] if batch.lane == 0 else []
    if not ended:
        return
    Item.objects.filter(pk__in=[pk for pk, *_ in ended]).update(status=Item.Status.NOT_STARTED)
    deltas: Counter[tuple[int, str]] = Counter()
    for _, status, folder_id in ended:
        deltas[folder_id, status] -= 1
        deltas[folder_id, Item.Status.NOT_STARTED] += 1
    add_deltas(batch.project_id, [("folder", pk, status, n) for (pk, status), n in deltas.items()])
