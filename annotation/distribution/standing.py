"""How one person stands in one project at the moment they ask: may they, how many, and if not, why not.

A request reads this twice over: first it locks the membership, in a statement of its own; then, with a snapshot that
sees what the lock waited for, everything else. In one statement the second of two clicks would count with the
snapshot from before the first had committed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from annotation.distribution.eligibility import HELD, KIND_OF_ROLE, Ask
from annotation.distribution.queue_postgres import advisory_slot
from annotation.distribution.words import images, listed, on_day
from annotation.errors import MayNotRequest, Refused, Unfinished
from annotation.models import Project, Task


def held_sql() -> str:
    return f"SELECT count(*) FROM annotation_task t WHERE {HELD}"  # noqa: S608


_MEMBERSHIP = (
    "SELECT role, is_paused FROM annotation_projectmembership"
    " WHERE project_id = %(project)s AND user_id = %(user)s"
)
_FACTS = (
    "SELECT p.is_on_hold, p.request_item_number, p.request_policy, p.allows_self_review, u.is_active,"
    f" ({held_sql()})"
)
_OF = " FROM annotation_project p, accounts_user u WHERE p.id = %(project)s AND u.id = %(user)s"


@dataclass(frozen=True)
class Standing:
    """`held` counts open tasks of the stage kind the role asks for; `portion` is what a request may bring."""

    project: Project
    user_id: int
    role: str | None
    is_paused: bool = False
    is_active: bool = True
    is_on_hold: bool = False
    number: int = 0
    policy: str = Project.RequestPolicy.FINISH_FIRST
    allows_self_review: bool = False
    held: int = 0

    @property
    def ask(self) -> Ask:
        if self.role not in KIND_OF_ROLE:
            raise ValueError(f"{self.role} requests nothing")
        return Ask(self.project.pk, self.user_id, self.role, self.allows_self_review)

    @property
    def kind(self) -> str | None:
        return KIND_OF_ROLE.get(self.role or "")

    @property
    def may(self) -> bool:
        return bool(self.kind) and self.is_active and not self.is_paused and not self.is_on_hold

    @property
    def portion(self) -> int:
        if not self.may:
            return 0
        if self.policy == Project.RequestPolicy.TOP_UP:
            return max(0, self.number - self.held)
        return 0 if self.held else self.number


def lock_membership(project_id: int, user_id: int) -> tuple[str | None, bool]:
    """(role, is paused) of the membership, locked until the transaction ends; no role where there is none."""
    return _membership(project_id, user_id, " FOR NO KEY UPDATE" if _is_postgres() else "")


def read_standing(project: Project, user_id: int) -> Standing:
    """As of now, nothing locked: for previews."""
    return _facts(project, user_id, *_membership(project.pk, user_id, ""), slot="")


def read_locked_standing(project: Project, user_id: int, role: str | None, is_paused: bool) -> Standing:
    """After `lock_membership`. On PostgreSQL it takes the slot that bounds how many people claim at once."""
    slot = ""
    if role in KIND_OF_ROLE and _is_postgres():
        slot = ", pg_advisory_xact_lock({}, {})".format(*advisory_slot(project.pk, user_id, role or ""))
    return _facts(project, user_id, role, is_paused, slot=slot)


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _membership(project_id: int, user_id: int, lock: str) -> tuple[str | None, bool]:
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERSHIP + lock, {"project": project_id, "user": user_id})
        row = cursor.fetchone()
    return (row[0], bool(row[1])) if row else (None, False)


def _facts(project: Project, user_id: int, role: str | None, is_paused: bool, *, slot: str) -> Standing:
    kind = KIND_OF_ROLE.get(role or "")
    if kind is None:
        return Standing(project, user_id, role, is_paused)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS + slot + _OF, {"project": project.pk, "user": user_id, "kind": kind})
        row = cursor.fetchone()
    if row is None:
        return Standing(project, user_id, None)
    hold, number, policy, self_review, active, held = row[:6]
    return Standing(
        project,
        user_id,
        role,
        is_paused,
        is_active=bool(active),
        is_on_hold=bool(hold),
        number=number,
        policy=policy,
        allows_self_review=bool(self_review),
        held=held,
    )


def refusal(standing: Standing) -> Refused | None:
    """Why this person gets nothing whatever there is; None where they may get a portion."""
    if not standing.may:
        return MayNotRequest(_why_not(standing))
    if standing.portion:
        return None
    places = places_of_held(standing)
    return Unfinished(
        unfinished_sentence(standing, places),
        held=standing.held,
        where=[place.facts(standing.project) for place in places],
    )


def _why_not(standing: Standing) -> str:
    name = standing.project.name
    if standing.kind is None:
        return (
            f"Only annotators and QAs of {name} request tasks, and you are neither. "
            "Ask an admin of the project for one of these roles."
        )
    if not standing.is_active:
        return "Your account is switched off. Ask an admin of your workspace."
    if standing.is_paused:
        return f"You are paused in {name}: nothing new comes to you. Finish what you hold, or ask an admin."
    return f"{name} is on hold. Nothing is handed out until an admin takes it off hold."


@dataclass(frozen=True)
class HeldPlace:
    """Open tasks in one folder, or of one job."""

    n: int
    folder: str | None = None
    """None for the root, and for a job."""
    job: str | None = None
    due_at: datetime | None = None

    @property
    def words(self) -> str:
        if self.job:
            return f"{self.n:,} of the job {self.job}" + (
                f" (due {on_day(self.due_at)})" if self.due_at else ""
            )
        return f"{self.n:,} in {self.folder or 'the root'}"

    def facts(self, project: Project) -> dict[str, object]:
        return {
            "project": project.name,
            "folder": self.folder,
            "job": self.job,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "n": self.n,
        }


def places_of_held(standing: Standing) -> list[HeldPlace]:
    """Where the tasks lie that the person holds open: jobs by due date first, then folders A→Z, the root last."""
    rows = (
        Task.objects.held_by(standing.user_id)
        .filter(project=standing.project, stage_kind=standing.kind, target__in=["frame", "sequence"])
        .values_list(
            "job_id", "job__name", "job__due_at", "folder__is_root", "folder__sort_key", "folder__name"
        )
    )
    jobs: Counter[tuple[datetime, int, str, datetime | None]] = Counter()
    folders: Counter[tuple[bool, str, str]] = Counter()
    far = datetime.max.replace(tzinfo=None)
    for job_id, job, due_at, is_root, key, name in rows:
        if job_id:
            jobs[(due_at.replace(tzinfo=None) if due_at else far, job_id, job, due_at)] += 1
        else:
            folders[(is_root, key, name)] += 1
    return [
        *(HeldPlace(n, job=name, due_at=due) for (_, _, name, due), n in sorted(jobs.items(), key=_first3)),
        *(
            HeldPlace(n, folder=None if is_root else name)
            for (is_root, _, name), n in sorted(folders.items())
        ),
    ]


def _first3(entry: tuple[tuple[datetime, int, str, datetime | None], int]) -> tuple[datetime, int, str]:
    return entry[0][:3]


def unfinished_sentence(standing: Standing, places: list[HeldPlace]) -> str:
    where = listed([place.words for place in places], most=3)
    if standing.policy == Project.RequestPolicy.TOP_UP:
        return (
            f"You hold {standing.held:,} of {standing.number} in {standing.project.name}: {where}. "
            "Finish one and you can request another."
        )
    these = "this image" if standing.held == 1 else f"these {images(standing.held)}"
    return (
        f"You hold {standing.held:,} of {standing.number} in {standing.project.name}: {where}. "
        f"Finish {these}, then request the next {standing.number}."
    )
