"""Why nothing comes: the images that still need work, split into disjoint reasons that add up.

Bounded: the folders' counters, one look at what members hold, and at most `CAP` heads behind each barrier, walked by
the query that hands out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Count

from accounts.models import User
from annotation.distribution.eligibility import Ask, Barrier, folders_sql
from annotation.distribution.queue import queue
from annotation.distribution.standing import Standing, read_standing
from annotation.distribution.words import images, listed
from annotation.errors import NothingToGive
from annotation.models import Batch, Item, Project, ProjectMembership, Stage, Task
from annotation.workflow.counts import batch_counts, folder_counts

CAP = 1000

_TO_ANNOTATE = (Item.Status.NOT_STARTED, Item.Status.IN_PROGRESS, Item.Status.RETURNED)
_TO_REVIEW = (Item.Status.QUALITY_CHECK,)

_WORDS: dict[str, tuple[str, str, str]] = {
    "folder_of_others": ("is in a folder assigned to others", "are in folders assigned to others", ""),
    "no_batch": (
        "is in no batch that has started",
        "are in no batch that has started",
        "An admin has to launch a batch.",
    ),
    "waiting_for_quality_check": ("waits for a quality check", "wait for a quality check", ""),
    "being_annotated": (
        "is not annotated yet",
        "are not annotated yet",
        "They come to QAs once they are submitted.",
    ),
    "held_by_others": ("is held by somebody else", "are held by others", ""),
    "held_by_me": ("is held by you", "are held by you", ""),
    "folder_on_hold": ("is in a folder on hold", "are in a folder on hold", ""),
    "batch_paused": ("is in a paused batch", "are in a paused batch", "An admin has to resume it."),
    "batch_not_offered": ("is in a batch for other people", "are in a batch for other people", ""),
    "own_work": ("is your own work", "are your own work", "Somebody else has to check it."),
    "busy": (
        "is being handed out or changed at this moment",
        "are being handed out or changed at this moment",
        "Try again in a moment.",
    ),
}


@dataclass(frozen=True)
class Reason:
    """`n` images cannot come, because they `words` ("are held by others"). `hint` says who can help, or is empty."""

    code: str
    n: int
    words: str
    hint: str

    @property
    def sentence(self) -> str:
        return f"{self.n:,} {self.words}"


def why_nothing(project: Project, user: User) -> list[Reason]:
    """The reasons, largest first; empty where nothing needs work or the person requests nothing here."""
    standing = read_standing(project, user.pk)
    return reasons_for(standing) if standing.kind else []


def nothing_to_give(standing: Standing) -> NothingToGive:
    reasons = reasons_for(standing)
    return NothingToGive(
        nothing_sentence(standing.project, reasons), reasons={reason.code: reason.n for reason in reasons}
    )


def nothing_sentence(project: Project, reasons: list[Reason]) -> str:
    if not reasons:
        return f"Nothing to hand out: no image of {project.name} needs work."
    total = sum(reason.n for reason in reasons)
    needs = f"{images(total)} of {project.name} still {'needs' if total == 1 else 'need'} work"
    why = listed([reason.sentence for reason in reasons], most=len(reasons))
    return f"Nothing to hand out to you right now. {needs}; none can come to you: {why}."


def reasons_for(standing: Standing) -> list[Reason]:
    counted = _counted(standing)
    found = [_reason(code, n) for code, n in counted.items() if n > 0]
    return sorted(found, key=lambda reason: -reason.n)


def _reason(code: str, n: int) -> Reason:
    one, many, hint = _WORDS[code]
    return Reason(code, n, one if n == 1 else many, hint)


def _counted(standing: Standing) -> dict[str, int]:
    project, ask = standing.project, standing.ask
    per_folder = folder_counts(project.pk)
    annotating = standing.kind == Stage.Kind.ANNOTATE
    mine, later = (_TO_ANNOTATE, _TO_REVIEW) if annotating else (_TO_REVIEW, _TO_ANNOTATE)
    later_code = "waiting_for_quality_check" if annotating else "being_annotated"

    def work_in(folders: Iterable[int], statuses: Iterable[str]) -> int:
        wanted = list(statuses)
        return sum(per_folder.get(folder, {}).get(status, 0) for folder in folders for status in wanted)

    open_folders = _folders(ask)
    counted = {
        later_code: work_in(per_folder, later),
        "folder_of_others": work_in(_folders(replace(ask, barrier=Barrier.FOLDER_OF_OTHERS)), mine),
        "folder_on_hold": work_in(_folders(replace(ask, barrier=Barrier.FOLDER_ON_HOLD)), mine),
    }
    left = max(work_in(open_folders, mine), 0)

    def take(code: str, n: int) -> None:
        nonlocal left
        counted[code] = min(n, left)
        left -= counted[code]

    held_by_me, held_by_others = _held(standing, open_folders)
    take("held_by_me", held_by_me)
    take("held_by_others", held_by_others)
    take("busy", len(queue().heads(ask, CAP)))
    take("batch_paused", _behind(ask, Barrier.BATCH_PAUSED, left, mine))
    take("batch_not_offered", _behind(ask, Barrier.BATCH_NOT_OFFERED, left, mine))
    if not annotating and not standing.allows_self_review:
        take("own_work", _behind(ask, Barrier.OWN_WORK, left, mine))
    take("no_batch", left)
    return counted


def _folders(ask: Ask) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(folders_sql(ask), ask.parameters)
        return {row[0] for row in cursor.fetchall()}


def _held(standing: Standing, folders: set[int]) -> tuple[int, int]:
    """Open tasks of my kind in these folders: (held by me, held by others). Walks `task_mine`, person by person."""
    members = ProjectMembership.objects.filter(project=standing.project).values("user_id")
    rows = (
        Task.objects.open()
        .filter(assignee__in=members, project=standing.project, stage_kind=standing.kind)
        .order_by()
        .values_list("assignee_id", "folder_id")
        .annotate(n=Count("id"))
    )
    by_me = by_others = 0
    for holder, folder, n in rows:
        if folder in folders:
            by_me += n if holder == standing.user_id else 0
            by_others += n if holder != standing.user_id else 0
    return by_me, by_others


def _behind(ask: Ask, barrier: Barrier, left: int, statuses: Iterable[str]) -> int:
    """Tasks nobody holds that only this barrier keeps back. Beyond `CAP` the batches' counters must do."""
    if not left:
        return 0
    seen = len(queue().heads(replace(ask, barrier=barrier), CAP))
    if seen < CAP:
        return seen
    if barrier != Barrier.BATCH_PAUSED:
        return left
    paused = Batch.objects.filter(project_id=ask.project_id, status=Batch.Status.PAUSED)
    counts = batch_counts(list(paused.values_list("pk", flat=True)))
    return sum(counted.get(status, 0) for counted in counts.values() for status in statuses)
