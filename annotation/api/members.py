"""People of a workspace and of a project, by e-mail (upper or lower case)."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import Flag, In, Out, PathId
from annotation.members.invite import Invited, find_or_make
from annotation.members.people import (
    remove_from_project,
    remove_from_workspace,
    set_project_role,
    set_workspace_role,
)
from annotation.models import ProjectMembership, WorkspaceMembership

router = Router(tags=["members"])

WorkspaceRole = Literal["owner", "admin", "member"]
ProjectRole = Literal["admin", "qa", "annotator"]
LINK = "Once, when this call made the person: the address where they choose a password."


class PersonOut(Out):
    email: str
    name: str
    is_active: bool
    set_password_link: str | None = Field(None, description=LINK)


class WorkspaceMemberOut(PersonOut):
    role: WorkspaceRole
    usual_role: str


class ProjectMemberOut(PersonOut):
    role: ProjectRole
    is_paused: bool


class WorkspaceMembersOut(Out):
    members: list[WorkspaceMemberOut]


class ProjectMembersOut(Out):
    members: list[ProjectMemberOut]


class WorkspaceMemberIn(In):
    role: WorkspaceRole = "member"
    usual_role: Literal["", "admin", "qa", "annotator"] | None = None


class ProjectMemberIn(In):
    role: ProjectRole
    is_paused: Flag | None = None


def workspace_member_out(membership: WorkspaceMembership, link: str | None = None) -> WorkspaceMemberOut:
    user = membership.user
    return WorkspaceMemberOut(
        email=user.email,
        name=user.name,
        is_active=user.is_active,
        role=membership.role,
        usual_role=membership.usual_role,
        set_password_link=link,
    )


def project_member_out(membership: ProjectMembership, link: str | None = None) -> ProjectMemberOut:
    user = membership.user
    return ProjectMemberOut(
        email=user.email,
        name=user.name,
        is_active=user.is_active,
        role=membership.role,
        is_paused=membership.is_paused,
        set_password_link=link,
    )


@router.get("/workspaces/{slug}/members", response=WorkspaceMembersOut)
def list_workspace_members(request: HttpRequest, slug: str) -> WorkspaceMembersOut:
    workspace = reach.workspace_to_administer(request, slug)
    members = workspace.memberships.select_related("user")
    return WorkspaceMembersOut(members=[workspace_member_out(m) for m in members])


@router.put("/workspaces/{slug}/members/{email}", response={200: WorkspaceMemberOut, 201: WorkspaceMemberOut})
def put_workspace_member(
    request: HttpRequest, slug: str, email: str, body: WorkspaceMemberIn
) -> Status[WorkspaceMemberOut]:
    """Adds a person or changes their role; makes the person where nobody has this e-mail.

    A `usual_role` that is left out stays as it is.
    """
    workspace = reach.workspace_to_administer(request, slug)
    with transaction.atomic():
        invited = find_or_make(email)
        membership = set_workspace_role(
            workspace, invited.user, body.role, by=caller(request), usual_role=body.usual_role
        )
    told = workspace_member_out(membership, _link(request, invited))
    return Status(201 if invited.is_new else 200, told)


@router.delete("/workspaces/{slug}/members/{email}", response={204: None})
def delete_workspace_member(request: HttpRequest, slug: str, email: str) -> Status[None]:
    """Out of the workspace and its projects; what they held goes back to the queue."""
    workspace = reach.workspace_to_administer(request, slug)
    leaving = reach.workspace_member_at(workspace, email)
    remove_from_workspace(workspace, leaving, by=caller(request), door="api")
    return Status(204, None)


@router.get("/projects/{project_id}/members", response=ProjectMembersOut)
def list_project_members(request: HttpRequest, project_id: PathId) -> ProjectMembersOut:
    standing = reach.project_to_administer(request, project_id)
    members = standing.project.memberships.select_related("user")
    return ProjectMembersOut(members=[project_member_out(m) for m in members])


@router.put("/projects/{project_id}/members/{email}", response={200: ProjectMemberOut, 201: ProjectMemberOut})
def put_project_member(
    request: HttpRequest, project_id: PathId, email: str, body: ProjectMemberIn
) -> Status[ProjectMemberOut]:
    """Gives a person a role. Another role than before takes away what they held under the old one."""
    project = reach.project_to_administer(request, project_id).project
    by = caller(request)
    with transaction.atomic():
        invited = find_or_make(email)
        membership = set_project_role(
            project, invited.user, body.role, by=by, door="api", is_paused=body.is_paused
        )
    told = project_member_out(membership, _link(request, invited))
    return Status(201 if invited.is_new else 200, told)


@router.delete("/projects/{project_id}/members/{email}", response={204: None})
def delete_project_member(request: HttpRequest, project_id: PathId, email: str) -> Status[None]:
    project = reach.project_to_administer(request, project_id).project
    leaving = reach.workspace_member_at(project.workspace, email)
    remove_from_project(project, leaving, by=caller(request), door="api")
    return Status(204, None)


def _link(request: HttpRequest, invited: Invited) -> str | None:
    """Only whoever made the person may choose how they sign in: they may belong to other workspaces since."""
    return request.build_absolute_uri(invited.link) if invited.is_new and invited.link else None
