"""The queue on PostgreSQL: one raw statement, measured in tests/bench/requests.

`walk` lists the stretches of the queue in order; `cand` takes the heads of each, without a lock, until there are
enough; `picked` locks the first n that nobody else has locked and re-checks the row; `given` and `told` write the
holder and the Events. Locking inside `cand` would be faster and wrong: with several batches of one rank it locks rows
it does not hand out. Heads are taken four times as wide as asked for, so that people who ask at once find rows that
are not locked yet; a claim that still comes out short looks again with a new snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from django.db import connection

from annotation.distribution.eligibility import (
    Ask,
    Head,
    batches_sql,
    claimable_sql,
    folders_sql,
    stages_sql,
)

WIDE = 4
SLOTS = 4
PAUSES = (0.0, 0.0, 0.0, 0.01, 0.02, 0.04)
"""Seconds before each look. Pauses come only while nothing was given at all: somebody's locks may be gone then."""


@contextmanager
def turn() -> Iterator[None]:
    """Nothing to wait for: the slot is taken inside the transaction."""
    yield


def advisory_slot(project_id: int, user_id: int, role: str) -> tuple[int, int]:
    """Keys of the lock a request takes first: at most `SLOTS` people of a role and project claim at once."""
    return 1000 * (1 if role == "annotator" else 2) + user_id % SLOTS, project_id % 2**31


@lru_cache(maxsize=64)
def _candidates(ask: Ask) -> str:
    """WITH … cand(pos, folder_id, is_mine, id, priority_key, sort_key): at most %(wide)s heads, no locks."""
    claimable = claimable_sql(ask)
    here = "t.folder_id = w.folder_id AND t.stage_kind = %(kind)s AND t.stage_order = w.stage_order"
    return f"""
WITH ranks AS MATERIALIZED (
  SELECT rank, array_agg(id) AS batches FROM ({batches_sql(ask)}) b GROUP BY rank
), walk AS MATERIALIZED (
  SELECT row_number() OVER (
           ORDER BY s.stage_order DESC, r.rank, f.is_mine DESC, f.is_root, f.sort_key) AS pos,
         s.stage_order, r.batches, f.id AS folder_id, f.is_mine
  FROM ({stages_sql()}) s CROSS JOIN ranks r CROSS JOIN ({folders_sql(ask)}) f
  ORDER BY pos
), cand AS MATERIALIZED (
  SELECT w.pos, w.folder_id, w.is_mine, h.id, h.priority_key, h.sort_key
  FROM walk w CROSS JOIN LATERAL (
    SELECT one.* FROM unnest(w.batches) AS b(id) CROSS JOIN LATERAL (
      SELECT t.id, t.priority_key, t.sort_key FROM annotation_task t
      WHERE {here} AND t.batch_id = b.id AND {claimable}
      ORDER BY t.priority_key, t.sort_key, t.id LIMIT %(wide)s
    ) one
    WHERE cardinality(w.batches) = 1
       OR EXISTS (SELECT 1 FROM annotation_task t WHERE {here} AND {claimable})
    ORDER BY one.priority_key, one.sort_key, one.id LIMIT %(wide)s
  ) h
  LIMIT %(wide)s
)"""  # noqa: S608


def heads(ask: Ask, limit: int) -> list[Head]:
    """What would come, in order; locks nothing."""
    with connection.cursor() as cursor:
        cursor.execute(heads_sql(ask.shape), {**ask.parameters, "wide": limit})
        return [Head(*row) for row in cursor.fetchall()]


def heads_sql(shape: Ask) -> str:
    return f"{_candidates(shape)}\nSELECT id, folder_id, is_mine FROM cand ORDER BY pos, priority_key, sort_key, id"


@lru_cache(maxsize=64)
def claim_sql(shape: Ask) -> str:
    return f"""{_candidates(shape)}, picked AS MATERIALIZED (
  SELECT t.id, c.n FROM (
    SELECT id, row_number() OVER (ORDER BY pos, priority_key, sort_key, id) AS n FROM cand
  ) c JOIN annotation_task t ON t.id = c.id
  WHERE {claimable_sql(shape)}
  ORDER BY c.n LIMIT %(n)s FOR NO KEY UPDATE OF t SKIP LOCKED
), given AS (
  UPDATE annotation_task t SET assignee_id = %(user)s, given_at = %(now)s FROM picked
  WHERE t.id = picked.id RETURNING t.id, t.batch_id, t.item_id, t.status, picked.n
), told AS (
  INSERT INTO annotation_event (at, project_id, batch_id, item_id, task_id, actor_id, kind,
    from_status, to_status, to_holder_id, door, reason)
  SELECT %(now)s, %(project)s, batch_id, item_id, id, %(user)s, 'claim', status, status, %(user)s, %(door)s, ''
  FROM given ORDER BY n
)
SELECT given.id, seen.n FROM (SELECT count(*) AS n FROM cand) seen LEFT JOIN given ON TRUE ORDER BY given.n
"""  # noqa: S608


def claim(ask: Ask, n: int, *, now: datetime, door: str) -> list[int]:
    """Give the person up to `n` tasks, in order, with an Event each. Needs a transaction."""
    got: list[int] = []
    sql = claim_sql(ask.shape)
    for pause in PAUSES:
        if pause:
            if got:
                break
            time.sleep(pause)
        want = n - len(got)
        parameters = {**ask.parameters, "n": want, "wide": WIDE * want, "now": now, "door": door}
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows = cursor.fetchall()
        seen = rows[0][1]
        new = [pk for pk, _ in rows if pk is not None]
        got += new
        if len(got) == n or seen == len(new):
            break
    return got
