"""What a person holds: in one project, in the order of the queue; and over all their projects, for My work."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import User
from annotation.distribution.eligibility import KIND_OF_ROLE
from annotation.distribution.preview import Offer, offer_for
from annotation.distribution.standing import Standing
from annotation.models import FolderAssignment, Project, ProjectMembership, Task
from annotation.models.tasks import TaskQuerySet


@dataclass(frozen=True)
class ProjectWork:
    """One project of a person: `held` counts open tasks of every kind, `returned` those that came back."""

    project: Project
    role: str | None
    held: int
    returned: int
    offer: Offer


def held_tasks(project_id: int, user_id: int, kind: str | None = None) -> TaskQuerySet:
    """Open tasks the person holds, in the order they would be handed out today."""
    mine = FolderAssignment.objects.filter(
        folder_id=OuterRef("folder_id"), user_id=user_id, role__in=KIND_OF_ROLE
    )
    tasks = (
        Task.objects.held_by(user_id)
        .filter(project_id=project_id)
        .select_related("item", "folder", "stage")
        .order_by(
            "-stage_order",
            F("batch__rank").asc(nulls_last=True),
            Exists(mine).desc(),
            "folder__is_root",
            "folder__sort_key",
            "priority_key",
            "sort_key",
            "pk",
        )
    )
    return tasks.filter(stage_kind=kind) if kind else tasks


def my_work(user: User) -> list[ProjectWork]:
    """Projects where the person has a role or holds something, those with held work first, then A→Z.

    Four queries and, for each project that may hand out more, one look at the head of its queue.
    """
    held, returned, counted = _held_counts(user)
    memberships = {
        membership.project_id: membership
        for membership in ProjectMembership.objects.filter(user=user).select_related("project__workspace")
    }
    strange = set(held) - set(memberships)
    projects = {pk: membership.project for pk, membership in memberships.items()}
    if strange:
        projects |= Project.objects.select_related("workspace").in_bulk(strange)
    work = []
    for pk, project in projects.items():
        membership = memberships.get(pk)
        standing = _standing(project, user, membership, counted)
        role = membership.role if membership else None
        work.append(ProjectWork(project, role, held[pk], returned[pk], offer_for(standing)))
    return sorted(work, key=lambda w: (not w.held, w.project.name.casefold(), w.project.pk))


def _held_counts(user: User) -> tuple[Counter[int], Counter[int], dict[tuple[int, str], int]]:
    """Per project: open and returned tasks; and per (project, kind) those that count as held by a request."""
    rows = (
        Task.objects.held_by(user.pk)
        .order_by()
        .values_list("project_id", "stage_kind")
        .annotate(
            n=Count("id"),
            back=Count("id", filter=Q(status=Task.Status.REJECTED)),
            counts=Count("id", filter=Q(target__in=["frame", "sequence"])),
        )
    )
    held: Counter[int] = Counter()
    returned: Counter[int] = Counter()
    counted: dict[tuple[int, str], int] = {}
    for project_id, kind, n, back, counts in rows:
        held[project_id] += n
        returned[project_id] += back
        counted[project_id, kind] = counts
    return held, returned, counted


def _standing(
    project: Project,
    user: User,
    membership: ProjectMembership | None,
    counted: dict[tuple[int, str], int],
) -> Standing:
    """What `read_standing` would say, from rows already here."""
    role = membership.role if membership else None
    return Standing(
        project,
        user.pk,
        role,
        is_paused=bool(membership and membership.is_paused),
        is_active=user.is_active,
        is_on_hold=project.is_on_hold,
        number=project.request_item_number,
        policy=project.request_policy,
        allows_self_review=project.allows_self_review,
        held=counted.get((project.pk, KIND_OF_ROLE.get(role or "", "")), 0),
    )
