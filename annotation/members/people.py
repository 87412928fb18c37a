"""Roles of people: given, changed, taken away, paused. A role that goes takes the work it held with it (DESIGN §2).

Lock order: the person's memberships, then the workspace, then whatever `workflow.leaving` locks.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, User
from annotation.errors import Invalid, NotFound, Refused
from annotation.members.groups import put_into_project_group, put_into_workspace_group
from annotation.models import Event, Project, ProjectMembership, Workspace, WorkspaceMembership
from annotation.workflow.leaving import projects_held_in, take_away


def set_project_role(
    project: Project, user: User, role: str, *, by: User, door: str = "page", is_paused: bool | None = None
) -> ProjectMembership:
    """Give `user` a role in the project. Another role than before takes away what they held under the old one.

    Whoever is not in the workspace yet becomes a member of it. Raises `Invalid` for an unknown role or person.
    """
    if role not in ProjectMembership.Role.values:
        raise Invalid(f"“{role}” is no role. Use annotator, qa or admin.", field="role")
    if not user.is_active:
        raise Invalid(f"{user} is deactivated. Activate them first.", field="email")
    with transaction.atomic():
        membership, is_new = _locked_membership(project, user, role)
        before = None if is_new else membership.role
        if before not in {None, role}:
            take_away(project, user, by=by, door=door)
        membership.role = role
        if is_paused is not None:
            membership.is_paused = is_paused
        membership.save(update_fields=["role", "is_paused"])
        _join_workspace(project.workspace, user)
        put_into_project_group(project, user, role)
        if before != role:
            _tell(project, user, by, door, "role", {"from": before, "to": role})
    return membership


def remove_from_project(project: Project, user: User, *, by: User, door: str = "page") -> int:
    """Take the role away and everything held. Returns how many tasks were released."""
    with transaction.atomic():
        membership = (
            ProjectMembership.objects.select_for_update(no_key=True)
            .filter(project=project, user=user)
            .first()
        )
        if membership is None:
            raise NotFound(f"{user} has no role in this project.")
        released = take_away(project, user, by=by, door=door)
        membership.delete()
        put_into_project_group(project, user, None)
        _tell(project, user, by, door, "role", {"from": membership.role, "to": None})
    return released


def pause(project: Project, user: User, on: bool, *, by: User, door: str = "page") -> None:
    """A paused person keeps what they hold and can finish it, but may not request more."""
    with transaction.atomic():
        membership = (
            ProjectMembership.objects.select_for_update(no_key=True)
            .filter(project=project, user=user)
            .first()
        )
        if membership is None:
            raise NotFound(f"{user} has no role in this project.")
        if membership.is_paused != on:
            membership.is_paused = on
            membership.save(update_fields=["is_paused"])
            _tell(project, user, by, door, "pause" if on else "resume", None)


def set_workspace_role(
    workspace: Workspace, user: User, role: str, *, by: User, usual_role: str | None = None
) -> WorkspaceMembership:
    """Raises `Refused` where it would leave the workspace without an owner or admin."""
    if role not in WorkspaceMembership.Role.values:
        raise Invalid(f"“{role}” is no role. Use owner, admin or member.", field="role")
    if usual_role is not None and usual_role not in {"", *ProjectMembership.Role.values}:
        raise Invalid(f"“{usual_role}” is no role. Use annotator, qa or admin.", field="usual_role")
    if not user.is_active:
        raise Invalid(f"{user} is deactivated. Activate them first.", field="email")
    with transaction.atomic():
        memberships = _locked_memberships(user, workspace)
        _lock_admins(workspace)
        if role == WorkspaceMembership.Role.MEMBER:
            _keep_an_admin(workspace, user)
            _take_away_where_no_member(user, memberships, by=by, door="page", workspace=workspace)
        membership, _ = WorkspaceMembership.objects.get_or_create(
            workspace=workspace, user=user, defaults={"role": role}
        )
        membership.role = role
        if usual_role is not None:
            membership.usual_role = usual_role
        membership.save(update_fields=["role", "usual_role"])
        put_into_workspace_group(workspace, user, role)
    return membership


def remove_from_workspace(workspace: Workspace, user: User, *, by: User, door: str = "page") -> int:
    """Out of the workspace and of all its projects; their keys for it are revoked. Returns how many tasks went back."""
    with transaction.atomic():
        memberships = _locked_memberships(user, workspace)
        _lock_admins(workspace)
        membership = WorkspaceMembership.objects.filter(workspace=workspace, user=user).first()
        if membership is None:
            raise NotFound(f"{user} does not belong to this workspace.")
        _keep_an_admin(workspace, user)
        released = _take_away_where_no_member(user, memberships, by=by, door=door, workspace=workspace)
        released += _leave_projects(user, memberships, by=by, door=door)
        membership.delete()
        put_into_workspace_group(workspace, user, None)
        ApiKey.objects.filter(workspace=workspace, user=user, revoked_at=None).update(
            revoked_at=timezone.now()
        )
    return released


def deactivate(user: User, *, by: User, door: str = "page") -> int:
    """They cannot sign in, their keys stop, what they held goes back. Memberships stay for the day they return."""
    with transaction.atomic():
        memberships = _locked_memberships(user)
        for place in WorkspaceMembership.objects.filter(user=user).select_related("workspace").order_by("id"):
            _lock_admins(place.workspace)
            _keep_an_admin(place.workspace, user)
        released = _take_away_where_no_member(user, memberships, by=by, door=door)
        for membership in memberships:
            released += take_away(membership.project, user, by=by, door=door)
        User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    return released


def activate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True


def _locked_membership(project: Project, user: User, role: str) -> tuple[ProjectMembership, bool]:
    """Whether it is new, too. One that is being removed meanwhile is made again."""
    while True:
        membership, is_new = ProjectMembership.objects.get_or_create(
            project=project, user=user, defaults={"role": role}
        )
        locked = ProjectMembership.objects.select_for_update(no_key=True).filter(pk=membership.pk).first()
        if locked is not None:
            return locked, is_new


def _locked_memberships(user: User, workspace: Workspace | None = None) -> list[ProjectMembership]:
    theirs = ProjectMembership.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    theirs = (
        theirs.filter(user=user)
        if workspace is None
        else theirs.filter(user=user, project__workspace=workspace)
    )
    return list(theirs.order_by("id"))


def _leave_projects(user: User, memberships: list[ProjectMembership], *, by: User, door: str) -> int:
    released = 0
    for membership in memberships:
        released += take_away(membership.project, user, by=by, door=door)
        membership.delete()
        put_into_project_group(membership.project, user, None)
        _tell(membership.project, user, by, door, "role", {"from": membership.role, "to": None})
    return released


def _take_away_where_no_member(
    user: User,
    memberships: list[ProjectMembership],
    *,
    by: User,
    door: str,
    workspace: Workspace | None = None,
) -> int:
    """What somebody holds in projects that they reach as an admin of the workspace alone."""
    listed = {membership.project_id for membership in memberships}
    elsewhere = [project for project in projects_held_in(user, workspace) if project.pk not in listed]
    return sum(take_away(project, user, by=by, door=door) for project in elsewhere)


def _join_workspace(workspace: Workspace, user: User) -> None:
    _, is_new = WorkspaceMembership.objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": "member"}
    )
    if is_new:
        put_into_workspace_group(workspace, user, "member")


def _lock_admins(workspace: Workspace) -> None:
    """Two admins who demote each other at once must not both succeed."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)


def _keep_an_admin(workspace: Workspace, leaving: User) -> None:
    admins = WorkspaceMembership.objects.filter(
        workspace=workspace, role__in=["owner", "admin"], user__is_active=True
    )
    if admins.filter(user=leaving).exists() and not admins.exclude(user=leaving).exists():
        raise Refused(
            f"{leaving} is the last admin of {workspace}. Make somebody else an owner or admin first.",
            workspace=workspace.slug,
        )


def _tell(
    project: Project, user: User, by: User, door: str, kind: str, detail: dict[str, object] | None
) -> None:
    Event.objects.create(
        project_id=project.pk,
        actor_id=by.pk,
        kind=kind,
        door=door,
        to_holder_id=user.pk,
        detail=detail,
    )
