"""Projects of a workspace and their settings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from annotation import access
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import Flag, In, Name, Out, PathId
from annotation.members.projects import create_project, update_project
from annotation.models import Project, Stage
from annotation.models.projects import REQUEST_MAX, REQUEST_MIN

router = Router(tags=["projects"])

Type = Literal["image", "image_legacy"]
Policy = Literal["finish_first", "top_up"]
RequestNumber = Annotated[int, Field(strict=True, ge=REQUEST_MIN, le=REQUEST_MAX)]
Instructions = Annotated[str, Field(max_length=100_000)]


class StageOut(Out):
    id: int
    name: str
    kind: Literal["annotate", "review"]
    order: int


class ProjectOut(Out):
    id: int
    name: str
    slug: str
    workspace: str = Field(description="Slug of its workspace.")
    type: Type
    instructions: str
    request_item_number: int
    request_policy: Policy
    allows_self_review: bool
    annotator_may_complete: bool
    is_on_hold: bool
    stages: list[StageOut]
    role: str | None = Field(description="The role of the key's person; null for an admin of the workspace.")
    created_at: datetime


class ProjectsOut(Out):
    projects: list[ProjectOut]


class ProjectIn(In):
    name: Name
    type: Type = "image"
    instructions: Instructions | None = None
    request_item_number: RequestNumber | None = None
    request_policy: Policy | None = None
    allows_self_review: Flag | None = None
    annotator_may_complete: Flag | None = None


class ProjectChangeIn(In):
    name: Name | None = None
    instructions: Instructions | None = None
    request_item_number: RequestNumber | None = None
    request_policy: Policy | None = None
    allows_self_review: Flag | None = None
    annotator_may_complete: Flag | None = None
    is_on_hold: Flag | None = None


def project_out(project: Project, stages: list[Stage], role: str | None) -> ProjectOut:
    return ProjectOut(
        id=project.pk,
        name=project.name,
        slug=project.slug,
        workspace=project.workspace.slug,
        type=project.type,
        instructions=project.instructions,
        request_item_number=project.request_item_number,
        request_policy=project.request_policy,
        allows_self_review=project.allows_self_review,
        annotator_may_complete=project.annotator_may_complete,
        is_on_hold=project.is_on_hold,
        stages=[StageOut(id=s.pk, name=s.name, kind=s.kind, order=s.order) for s in stages],
        role=role,
        created_at=project.created_at,
    )


@router.get("/workspaces/{slug}/projects", response=ProjectsOut)
def list_projects(request: HttpRequest, slug: str) -> ProjectsOut:
    workspace = reach.workspace(request, slug)
    user = caller(request)
    projects = (
        access.projects_of(user)
        .filter(workspace=workspace)
        .select_related("workspace")
        .prefetch_related("stages")
    )
    roles = dict(
        user.project_memberships.filter(project__workspace=workspace).values_list("project_id", "role")
    )
    return ProjectsOut(projects=[project_out(p, list(p.stages.all()), roles.get(p.pk)) for p in projects])


@router.post("/workspaces/{slug}/projects", response={201: ProjectOut})
def make_project(request: HttpRequest, slug: str, body: ProjectIn) -> Status[ProjectOut]:
    workspace = reach.workspace_to_administer(request, slug)
    settings = body.model_dump(exclude_none=True, exclude={"name", "type"})
    project = create_project(workspace, name=body.name, type=body.type, by=caller(request), **settings)
    return Status(201, project_out(project, list(project.stages.all()), None))


@router.get("/projects/{project_id}", response=ProjectOut)
def show_project(request: HttpRequest, project_id: PathId) -> ProjectOut:
    standing = reach.project(request, project_id)
    return project_out(standing.project, list(standing.project.stages.all()), standing.role)


@router.patch("/projects/{project_id}", response=ProjectOut)
def change_project(request: HttpRequest, project_id: PathId, body: ProjectChangeIn) -> ProjectOut:
    standing = reach.project_to_administer(request, project_id)
    project = update_project(standing.project, body.model_dump(exclude_none=True), by=caller(request))
    return project_out(project, list(project.stages.all()), standing.role)
