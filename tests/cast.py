"""The cast: Ana and Ben annotate, Quinn checks, Ada runs the workspace, Mallory belongs to another one."""

from __future__ import annotations

import pytest

from accounts.models import User
from annotation.members.people import set_project_role, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Project, Workspace


def person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.com", "mete-test", name=name)


@pytest.fixture
def ada(db: None) -> User:
    return person("Ada")


@pytest.fixture
def workspace(ada: User) -> Workspace:
    return create_workspace("Demo", owner=ada)


@pytest.fixture
def project(workspace: Workspace, ada: User) -> Project:
    return create_project(workspace, name="Street scenes", by=ada)


@pytest.fixture
def ana(project: Project, ada: User) -> User:
    return _member(project, "Ana", "annotator", ada)


@pytest.fixture
def ben(project: Project, ada: User) -> User:
    return _member(project, "Ben", "annotator", ada)


@pytest.fixture
def quinn(project: Project, ada: User) -> User:
    return _member(project, "Quinn", "qa", ada)


@pytest.fixture
def mallory(db: None) -> User:
    """Owner of a workspace and project of her own: must see nothing of ours."""
    user = person("Mallory")
    create_project(create_workspace("Elsewhere", owner=user), name="Hers", by=user)
    return user


def _member(project: Project, name: str, role: str, by: User) -> User:
    user = person(name)
    set_workspace_role(project.workspace, user, "member", by=by)
    set_project_role(project, user, role, by=by)
    return user
