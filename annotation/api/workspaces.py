"""A key belongs to one workspace, so the list has at most one line."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from accounts.keys import create_key
from annotation import access
from annotation.api.auth import caller, key_of
from annotation.api.fields import In, Name, Out
from annotation.members.workspaces import create_workspace
from annotation.models import Workspace

router = Router(tags=["workspaces"])


class WorkspaceOut(Out):
    name: str
    slug: str


class NewWorkspaceOut(WorkspaceOut):
    key: str = Field(description="A key for the new workspace. It is shown here and never again.")


class WorkspacesOut(Out):
    workspaces: list[WorkspaceOut]


class WorkspaceIn(In):
    name: Name


def workspace_out(workspace: Workspace) -> WorkspaceOut:
    return WorkspaceOut(name=workspace.name, slug=workspace.slug)


@router.get("/workspaces", response=WorkspacesOut)
def list_workspaces(request: HttpRequest) -> WorkspacesOut:
    mine = access.workspaces_of(caller(request)).filter(pk=key_of(request).workspace_id)
    return WorkspacesOut(workspaces=[workspace_out(w) for w in mine])


@router.post("/workspaces", response={201: NewWorkspaceOut})
def make_workspace(request: HttpRequest, body: WorkspaceIn) -> Status[NewWorkspaceOut]:
    """Makes a workspace owned by the key's person. This key stays outside of it: use the new one."""
    user = caller(request)
    access.require_may_make_workspaces(user)
    workspace = create_workspace(body.name, owner=user)
    _, plain = create_key(user, workspace.pk, "First key")
    return Status(201, NewWorkspaceOut(name=workspace.name, slug=workspace.slug, key=plain))
