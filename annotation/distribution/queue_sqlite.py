"""The queue on SQLite: one writer at a time, so nothing is locked row by row.

For each stretch of the queue the heads of its batches are read along the partial index and merged; then one UPDATE
and one INSERT. Writers who find the database busy sleep and try again, and who is asleep is overtaken: `turn` makes
requests queue at a lock file instead, which brings the worst wait down from seconds.
"""

from __future__ import annotations

import fcntl
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from annotation.distribution.eligibility import (
    Ask,
    Head,
    batches_sql,
    claimable_sql,
    folders_sql,
    stages_sql,
)
from annotation.distribution.ordering import Place, Running, Step, steps


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to write. Inside a transaction the write lock is held already."""
    name = str(connection.settings_dict["NAME"])
    if connection.in_atomic_block or "memory" in name:
        yield
        return
    with open(f"{name}-requests", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def heads(ask: Ask, limit: int) -> list[Head]:
    """What would come, in order; locks nothing."""
    with connection.cursor() as cursor:
        return list(islice(_walk(cursor, ask, limit), limit))


def claim(ask: Ask, n: int, *, now: datetime, door: str) -> list[int]:
    """Give the person up to `n` tasks, in order, with an Event each. Needs a transaction."""
    with connection.cursor() as cursor:
        got = [head.task_id for head in islice(_walk(cursor, ask, n), n)]
        if not got:
            return got
        these = ", ".join(map(str, got))
        parameters = {**ask.parameters, "now": connection.ops.adapt_datetimefield_value(now), "door": door}
        cursor.execute(
            "UPDATE annotation_task SET assignee_id = %(user)s, given_at = %(now)s"  # noqa: S608
            f" WHERE id IN ({these})",
            parameters,
        )
        cursor.execute(
            "INSERT INTO annotation_event (at, project_id, batch_id, item_id, task_id, actor_id, kind,"  # noqa: S608
            " from_status, to_status, to_holder_id, door, reason)"
            " SELECT %(now)s, %(project)s, batch_id, item_id, id, %(user)s, 'claim', status, status, %(user)s,"
            f" %(door)s, '' FROM annotation_task WHERE id IN ({these})",
            parameters,
        )
    return got


def _walk(cursor: Any, ask: Ask, limit: int) -> Iterator[Head]:
    mine: dict[int, bool] = {}
    for step in _steps(cursor, ask, mine):
        for _, _, task_id in islice(_heads_of(cursor, ask, step, limit), limit):
            yield Head(task_id, step.folder_id, mine[step.folder_id])


def _steps(cursor: Any, ask: Ask, mine: dict[int, bool]) -> Iterator[Step]:
    """The stretches of the queue; fills in which folders are the person's own."""
    cursor.execute(batches_sql(ask), ask.parameters)
    batches = [Running(*row) for row in cursor.fetchall()]
    if not batches:
        return
    cursor.execute(folders_sql(ask), ask.parameters)
    places = [Place(pk, bool(is_mine), bool(root), key) for pk, is_mine, root, key in cursor.fetchall()]
    mine.update((place.folder_id, place.is_mine) for place in places)
    cursor.execute(stages_sql(), ask.parameters)
    yield from steps([row[0] for row in cursor.fetchall()], places, batches)


def _heads_of(cursor: Any, ask: Ask, step: Step, limit: int) -> Iterator[tuple[float, str, int]]:
    """(priority_key, sort_key, id) of one stretch, its batches merged."""
    if len(step.batch_ids) > 1 and not _has_any(cursor, ask, step):
        return iter(())
    return heapq.merge(*(_heads_of_batch(cursor, ask, step, batch, limit) for batch in step.batch_ids))


def _stretch_sql(ask: Ask) -> str:
    return (
        "FROM annotation_task t WHERE t.folder_id = %(folder)s AND t.stage_kind = %(kind)s"
        f" AND t.stage_order = %(order)s AND {claimable_sql(ask)}"
    )


def heads_sql(ask: Ask) -> str:
    return (
        f"SELECT t.priority_key, t.sort_key, t.id {_stretch_sql(ask)} AND t.batch_id = %(batch)s"
        " ORDER BY t.priority_key, t.sort_key, t.id LIMIT %(limit)s"
    )


def any_sql(ask: Ask) -> str:
    return f"SELECT 1 {_stretch_sql(ask)} LIMIT 1"


def _stretch(ask: Ask, step: Step) -> dict[str, object]:
    return {"folder": step.folder_id, "kind": ask.kind, "order": step.stage_order, "user": ask.user_id}


def _has_any(cursor: Any, ask: Ask, step: Step) -> bool:
    """Spares a look into every batch of a folder that is used up."""
    cursor.execute(any_sql(ask), _stretch(ask, step))
    return cursor.fetchone() is not None


def _heads_of_batch(
    cursor: Any, ask: Ask, step: Step, batch_id: int, limit: int
) -> list[tuple[float, str, int]]:
    cursor.execute(heads_sql(ask), {**_stretch(ask, step), "batch": batch_id, "limit": limit})
    return cursor.fetchall()
