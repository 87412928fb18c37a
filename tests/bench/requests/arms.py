"""The three ways to hand 50 tasks to a person that are compared, each as a function of (user id) → task ids.

`rule`        `request_tasks`, as every door calls it.
`statements`  the same SQL, sent by psycopg (or sqlite3) without Django: membership lock, facts, claim with its Events.
`bare`        the walk and the UPDATE alone: no membership, no held-check, no Events, no lock but the rows'.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection

from accounts.models import User
from annotation.distribution import queue_postgres, standing
from annotation.distribution.eligibility import NOBODYS, Ask
from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Project, Task
from tests.bench.requests.data import PORTION

Arm = Callable[[int], list[int]]
NAMES = ("rule", "statements", "bare")
BARE = f"""
WITH walk AS MATERIALIZED (
  SELECT f.id, row_number() OVER (ORDER BY f.sort_key) AS pos FROM annotation_folder f
  WHERE f.project_id = %(project)s AND NOT f.is_root ORDER BY pos
), picked AS MATERIALIZED (
  SELECT h.id FROM walk w CROSS JOIN LATERAL (
    SELECT t.id FROM annotation_task t
    WHERE t.folder_id = w.id AND t.stage_kind = 'annotate' AND t.stage_order = 1
      AND t.batch_id = %(batch)s AND {NOBODYS}
    ORDER BY t.priority_key, t.sort_key, t.id LIMIT %(n)s FOR NO KEY UPDATE SKIP LOCKED
  ) h LIMIT %(n)s
)
UPDATE annotation_task t SET assignee_id = %(user)s, given_at = now() FROM picked WHERE t.id = picked.id RETURNING t.id
"""
BARE_HEADS = f"""
SELECT t.id FROM annotation_task t
WHERE t.folder_id = :folder AND t.stage_kind = 'annotate' AND t.stage_order = 1 AND t.batch_id = :batch AND {NOBODYS}
ORDER BY t.priority_key, t.sort_key, t.id LIMIT :n
"""


@dataclass
class Place:
    """What a client process works on; made after the fork, so that no connection is shared."""

    project: Project
    batch_id: int
    path: str

    def arms(self) -> dict[str, Arm]:
        if connection.vendor == "postgresql":
            raw = self._psycopg()
            return {
                "rule": self.rule,
                "statements": lambda user: self.statements(raw, user),
                "bare": lambda user: self.bare(raw, user),
            }
        plain = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        plain.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;")
        return {"rule": self.rule, "bare": lambda user: self.bare_sqlite(plain, user)}

    def rule(self, user_id: int) -> list[int]:
        """The person is read beforehand, as the door's sign-in does."""
        return request_tasks(self.project, by=self.people[user_id]).task_ids

    def statements(self, raw: psycopg.Connection[Any], user_id: int) -> list[int]:
        ask = Ask(self.project.pk, user_id, "annotator")
        parameters = {**ask.parameters, "n": PORTION, "wide": queue_postgres.WIDE * PORTION, "door": "page"}
        slot = "{}, {}".format(*queue_postgres.advisory_slot(ask.project_id, user_id, ask.role))
        with raw.transaction(), psycopg.ClientCursor(raw) as cursor:
            cursor.execute(standing._MEMBERSHIP + " FOR NO KEY UPDATE", parameters)
            cursor.fetchone()
            cursor.execute(
                f"{standing._FACTS}, pg_advisory_xact_lock({slot}){standing._OF}",
                parameters,
            )
            cursor.fetchone()
            cursor.execute(queue_postgres.claim_sql(ask.shape), {**parameters, "now": datetime.now(UTC)})
            return [pk for pk, _ in cursor.fetchall() if pk is not None]

    def bare(self, raw: psycopg.Connection[Any], user_id: int) -> list[int]:
        parameters = {"project": self.project.pk, "batch": self.batch_id, "user": user_id, "n": PORTION}
        with raw.transaction(), psycopg.ClientCursor(raw) as cursor:
            cursor.execute(BARE, parameters)
            return [pk for (pk,) in cursor.fetchall()]

    def bare_sqlite(self, plain: sqlite3.Connection, user_id: int) -> list[int]:
        plain.execute("BEGIN IMMEDIATE")
        got: list[int] = []
        for folder in self.folders:
            wanted = {"folder": folder, "batch": self.batch_id, "n": PORTION - len(got)}
            got += [pk for (pk,) in plain.execute(BARE_HEADS, wanted)]
            if len(got) == PORTION:
                break
        marks = ", ".join(map(str, got))
        plain.execute(f"UPDATE annotation_task SET assignee_id = ? WHERE id IN ({marks})", (user_id,))
        plain.execute("COMMIT")
        return got

    def put_back(self, got: list[int]) -> None:
        """Untimed: what was handed out is free again."""
        Task.objects.filter(pk__in=got).update(assignee=None)

    def __post_init__(self) -> None:
        members = User.objects.filter(project_memberships__project=self.project)
        self.people = {user.pk: user for user in members}
        self.folders = list(
            self.project.folders.filter(is_root=False).order_by("sort_key").values_list("pk", flat=True)
        )

    def _psycopg(self) -> psycopg.Connection[Any]:
        """The connection under Django's, so that 64 clients fit into a server's 100; nothing of Django runs on it."""
        connection.ensure_connection()
        return connection.connection


def place_of(project_id: int) -> Place:
    project = Project.objects.get(pk=project_id)
    running = Batch.objects.get(project=project, name="Running")
    return Place(project, running.pk, str(connection.settings_dict["NAME"]))
