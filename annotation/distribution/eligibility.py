"""Which tasks may come to somebody: the conditions both queues are built from.

Policy facts (running, offered, on hold, assigned to whom) are one row each outside the task table; safety facts
(status, holder, job) and the self-review rule are columns of the task row, so that a claim re-checks them on the row
it locked. The SQL here is plain enough for SQLite and PostgreSQL alike; parameters are those of `Ask.parameters`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from annotation.models import ProjectMembership, Stage

KIND_OF_ROLE: dict[str, str] = {
    ProjectMembership.Role.ANNOTATOR: Stage.Kind.ANNOTATE,
    ProjectMembership.Role.QA: Stage.Kind.REVIEW,
}


class Barrier(StrEnum):
    """What stands between a person and a task that nobody holds. `NONE` asks for what may come to them."""

    NONE = "none"
    FOLDER_ON_HOLD = "folder_on_hold"
    FOLDER_OF_OTHERS = "folder_of_others"
    BATCH_PAUSED = "batch_paused"
    BATCH_NOT_OFFERED = "batch_not_offered"
    OWN_WORK = "own_work"


@dataclass(frozen=True)
class Ask:
    """One person asking for tasks of their role in one project."""

    project_id: int
    user_id: int
    role: str
    allows_self_review: bool = False
    barrier: Barrier = Barrier.NONE

    @property
    def kind(self) -> str:
        return KIND_OF_ROLE[self.role]

    @property
    def shape(self) -> Ask:
        """The part of an ask that its SQL depends on."""
        return replace(self, project_id=0, user_id=0)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"project": self.project_id, "user": self.user_id, "role": self.role, "kind": self.kind}


@dataclass(frozen=True)
class Head:
    """A task that would come, and why: its folder, and whether that is the person's own."""

    task_id: int
    folder_id: int
    is_mine: bool


NOBODYS = (
    "t.assignee_id IS NULL AND t.job_id IS NULL AND t.status IN ('ready', 'in_progress', 'rejected')"
    " AND t.target IN ('frame', 'sequence')"
)
"""Literals, not parameters: SQLite uses the partial index `task_queue` only when it sees the same ones."""

HELD = (
    "t.assignee_id = %(user)s AND t.project_id = %(project)s AND t.stage_kind = %(kind)s"
    " AND t.status IN ('ready', 'in_progress', 'rejected') AND t.target IN ('frame', 'sequence')"
)
"""Walks `task_mine`. Objects and attributes follow their frame and do not count."""

_OFFERED = (
    "(b.offered_to_everyone OR EXISTS (SELECT 1 FROM annotation_batchoffer o"
    " WHERE o.batch_id = b.id AND o.user_id = %(user)s))"
)
_OF_SOMEBODY = (
    "EXISTS (SELECT 1 FROM annotation_folderassignment a WHERE a.folder_id = f.id AND a.role = %(role)s)"
)
_MINE = (
    "EXISTS (SELECT 1 FROM annotation_folderassignment a"
    " WHERE a.folder_id = f.id AND a.user_id = %(user)s AND a.role = %(role)s)"
)
_OF_OTHERS = f"({_OF_SOMEBODY} AND NOT {_MINE})"

UNRANKED = 2_147_483_647
"""Sorts batches without a rank behind those with one."""


def stages_sql() -> str:
    """(stage_order) of the stages the person may request from."""
    return (
        'SELECT s."order" AS stage_order FROM annotation_stage s'
        " WHERE s.project_id = %(project)s AND s.kind = %(kind)s"
    )


def batches_sql(ask: Ask) -> str:
    """(id, rank) of the batches the person may get tasks from."""
    status, offered = "in_progress", _OFFERED
    if ask.barrier == Barrier.BATCH_PAUSED:
        status = "paused"
    if ask.barrier == Barrier.BATCH_NOT_OFFERED:
        offered = f"NOT {_OFFERED}"
    return (
        f"SELECT b.id, COALESCE(b.rank, {UNRANKED}) AS rank FROM annotation_batch b"  # noqa: S608
        f" WHERE b.project_id = %(project)s AND b.status = '{status}' AND {offered}"
    )


def folders_sql(ask: Ask) -> str:
    """(id, is_mine, is_root, sort_key) of the folders the person may get tasks from."""
    condition = f"NOT f.is_on_hold AND NOT {_OF_OTHERS}"
    if ask.barrier == Barrier.FOLDER_ON_HOLD:
        condition = f"f.is_on_hold AND NOT {_OF_OTHERS}"
    if ask.barrier == Barrier.FOLDER_OF_OTHERS:
        condition = _OF_OTHERS
    return (
        f"SELECT f.id, {_MINE} AS is_mine, f.is_root, f.sort_key FROM annotation_folder f"  # noqa: S608
        f" WHERE f.project_id = %(project)s AND {condition}"
    )


def claimable_sql(ask: Ask) -> str:
    """The condition on the task row `t` itself."""
    if ask.kind != Stage.Kind.REVIEW or ask.allows_self_review:
        return NOBODYS
    mine = "(COALESCE(t.author_id, 0) = %(user)s OR COALESCE(t.previous_by_id, 0) = %(user)s)"
    return f"{NOBODYS} AND {'' if ask.barrier == Barrier.OWN_WORK else 'NOT '}{mine}"
