"""One guardian group per project and role, one per workspace and role, kept equal to the memberships.

People edit memberships; rights are granted to the groups only, on tables with direct foreign keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from annotation.access import (
    PROJECT_PERMISSIONS,
    WORKSPACE_PERMISSIONS,
    project_group_name,
    workspace_group_name,
)
from annotation.models import (
    Project,
    ProjectGroupObjectPermission,
    Workspace,
    WorkspaceGroupObjectPermission,
    WorkspaceMembership,
)


def make_project_groups(project: Project) -> None:
    for role, codenames in PROJECT_PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=project_group_name(project.pk, role))
        ProjectGroupObjectPermission.objects.bulk_create(
            (
                ProjectGroupObjectPermission(group=group, permission=permission, content_object=project)
                for permission in _permissions(Project, codenames)
            ),
            ignore_conflicts=True,
        )


def make_workspace_groups(workspace: Workspace) -> None:
    for role, codenames in WORKSPACE_PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=workspace_group_name(workspace.pk, role))
        WorkspaceGroupObjectPermission.objects.bulk_create(
            (
                WorkspaceGroupObjectPermission(group=group, permission=permission, content_object=workspace)
                for permission in _permissions(Workspace, codenames)
            ),
            ignore_conflicts=True,
        )


def put_into_project_group(project: Project, user: User, role: str | None) -> None:
    """In the group of `role` and in no other of the project; None takes them out of all."""
    _put(user, {name: project_group_name(project.pk, name) for name in PROJECT_PERMISSIONS}, role)


def put_into_workspace_group(workspace: Workspace, user: User, role: str | None) -> None:
    _put(user, {name: workspace_group_name(workspace.pk, name) for name in WORKSPACE_PERMISSIONS}, role)
    _keep_staff_in_step(user)


def _put(user: User, names: dict[str, str], role: str | None) -> None:
    groups = {group.name: group for group in Group.objects.filter(name__in=names.values())}
    keep = groups[names[role]] if role is not None else None
    user.groups.remove(*(group for group in groups.values() if group != keep))
    if keep is not None:
        user.groups.add(keep)


def _keep_staff_in_step(user: User) -> None:
    """Staff are those who administer some workspace; a superuser stays what they are."""
    is_staff = (
        user.is_superuser
        or WorkspaceMembership.objects.filter(user=user, role__in=["owner", "admin"]).exists()
    )
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])


def _permissions(model: type[Project] | type[Workspace], codenames: Iterable[str]) -> list[Permission]:
    content_type = ContentType.objects.get_for_model(model)
    return list(Permission.objects.filter(content_type=content_type, codename__in=codenames))
