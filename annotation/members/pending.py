"""People who were invited and have not set a password: whoever has their link becomes them."""

from __future__ import annotations

from accounts.models import User
from annotation.access import administered_projects, administered_workspaces
from annotation.models import ProjectMembership, WorkspaceMembership


def may_hand_link(user: User, *, by: User) -> bool:
    """Whether `by` may have a fresh link for `user`: nothing that `user` reaches is beyond `by`."""
    if user.has_usable_password() or not user.is_active or user.is_superuser:
        return False
    workspaces = WorkspaceMembership.objects.filter(user=user)
    projects = ProjectMembership.objects.filter(user=user)
    own = administered_projects(by)
    beyond = workspaces.exclude(workspace__in=administered_workspaces(by)).exclude(
        role=WorkspaceMembership.Role.MEMBER, workspace__in=own.values("workspace")
    )
    return not beyond.exists() and not projects.exclude(project__in=own).exists()
