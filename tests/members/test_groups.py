"""Memberships and guardian's groups say the same after any change, and nobody has rights of their own."""

from __future__ import annotations

import random
from functools import partial

import pytest
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts.models import User
from annotation import access
from annotation.errors import NotFound, Refused
from annotation.members.groups import make_project_groups, make_workspace_groups
from annotation.members.people import (
    activate,
    deactivate,
    pause,
    remove_from_project,
    remove_from_workspace,
    set_project_role,
    set_workspace_role,
)
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import (
    Project,
    ProjectGroupObjectPermission,
    ProjectMembership,
    Workspace,
    WorkspaceGroupObjectPermission,
    WorkspaceMembership,
)
from tests.cast import person


def in_step(user: User) -> None:
    """Every group is one of a membership, and every membership has its group."""
    expected = {
        access.project_group_name(*row)
        for row in ProjectMembership.objects.filter(user=user).values_list("project_id", "role")
    } | {
        access.workspace_group_name(*row)
        for row in WorkspaceMembership.objects.filter(user=user).values_list("workspace_id", "role")
    }
    assert set(user.groups.values_list("name", flat=True)) == expected
    administers = WorkspaceMembership.objects.filter(user=user, role__in=["owner", "admin"]).exists()
    assert User.objects.get(pk=user.pk).is_staff == administers


def reaches_what_memberships_say(user: User, project: Project) -> None:
    member = ProjectMembership.objects.filter(project=project, user=user).first()
    administers = WorkspaceMembership.objects.filter(
        workspace=project.workspace, user=user, role__in=["owner", "admin"]
    ).exists()
    if member is None and not administers:
        with pytest.raises(NotFound):
            access.project_access(user, project)
        return
    standing = access.project_access(user, project)
    assert standing.is_admin == (administers or (member is not None and member.role == "admin"))
    assert standing.role == (member.role if member else None)


@pytest.mark.parametrize("seed", range(6))
def test_groups_follow_any_row_of_changes(workspace, project, ada, seed):
    chance = random.Random(seed)
    projects = [project, create_project(create_workspace("Second", owner=ada), name="Other", by=ada)]
    people = [person(name) for name in ["Nora", "Omar"]]
    changed = 0
    for _ in range(60):
        user, where = chance.choice(people), chance.choice(projects)
        role = chance.choice(["annotator", "qa", "admin"])
        place = chance.choice(["owner", "admin", "member"])
        change = chance.choice(
            [
                partial(set_project_role, where, user, role, by=ada),
                partial(set_project_role, where, user, role, by=ada, is_paused=True),
                partial(remove_from_project, where, user, by=ada),
                partial(set_workspace_role, where.workspace, user, place, by=ada),
                partial(remove_from_workspace, where.workspace, user, by=ada),
                partial(pause, where, user, True, by=ada),
                partial(deactivate, user, by=ada),
                partial(activate, user),
            ]
        )
        try:
            change()
            changed += 1
        except Refused:
            pass
        for each in people:
            in_step(each)
    assert changed > 20
    for user in people:
        activate(user)
        for where in projects:
            reaches_what_memberships_say(User.objects.get(pk=user.pk), where)
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()


def test_a_change_that_is_refused_leaves_the_groups_as_they_were(workspace, ada):
    before = set(ada.groups.values_list("name", flat=True))
    with pytest.raises(Refused):
        set_workspace_role(workspace, ada, "member", by=ada)
    assert set(ada.groups.values_list("name", flat=True)) == before
    in_step(ada)


@pytest.mark.parametrize("role", access.PROJECT_PERMISSIONS)
def test_a_project_grants_each_role_its_rights_once(project, role):
    make_project_groups(project)
    granted = ProjectGroupObjectPermission.objects.filter(
        content_object=project, group__name=access.project_group_name(project.pk, role)
    )
    rights = list(granted.values_list("permission__codename", flat=True))
    assert sorted(rights) == sorted(access.PROJECT_PERMISSIONS[role])


@pytest.mark.parametrize("role", access.WORKSPACE_PERMISSIONS)
def test_a_workspace_grants_each_role_its_rights_once(workspace: Workspace, role):
    make_workspace_groups(workspace)
    granted = WorkspaceGroupObjectPermission.objects.filter(
        content_object=workspace, group__name=access.workspace_group_name(workspace.pk, role)
    )
    rights = list(granted.values_list("permission__codename", flat=True))
    assert sorted(rights) == sorted(access.WORKSPACE_PERMISSIONS[role])


def test_a_superuser_stays_staff_whatever_they_administer(workspace, ada):
    root = User.objects.create_superuser("root@example.com", "mete-test")
    set_workspace_role(workspace, root, "admin", by=ada)
    remove_from_workspace(workspace, root, by=ada)
    assert User.objects.get(pk=root.pk).is_staff
