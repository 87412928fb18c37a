"""Folders and who they are for."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import Email, In, Name, Out, PathId
from annotation.catalog.folders import create_folder
from annotation.distribution.assignments import assign_folder
from annotation.models import Folder, FolderAssignment
from annotation.workflow.counts import folder_counts

router = Router(tags=["folders"])

People = Annotated[list[Email], Field(max_length=1000)]


class FolderOut(Out):
    id: int
    name: str
    kind: str
    is_root: bool
    is_on_hold: bool
    items: dict[str, int] = Field(description="How many items of which status.")
    annotators: list[str]
    qas: list[str]


class FoldersOut(Out):
    folders: list[FolderOut]


class FolderIn(In):
    name: Name
    kind: Literal["individual", "sequence"] = "individual"


class AssigneesIn(In):
    annotators: People
    qas: People


def folders_out(folders: list[Folder], *, with_people: bool) -> list[FolderOut]:
    """Who a folder is for is the admins' and QAs' to know."""
    counts = folder_counts(folders[0].project_id) if folders else {}
    people: dict[tuple[int, str], list[str]] = {}
    if with_people:
        assigned = FolderAssignment.objects.filter(folder__in=folders).order_by("user__email")
        for folder_id, role, email in assigned.values_list("folder_id", "role", "user__email"):
            people.setdefault((folder_id, role), []).append(email)
    return [
        FolderOut(
            id=folder.pk,
            name="root" if folder.is_root else folder.name,
            kind=folder.kind,
            is_root=folder.is_root,
            is_on_hold=folder.is_on_hold,
            items={status: n for status, n in counts.get(folder.pk, {}).items() if n},
            annotators=people.get((folder.pk, "annotator"), []),
            qas=people.get((folder.pk, "qa"), []),
        )
        for folder in folders
    ]


@router.get("/projects/{project_id}/folders", response=FoldersOut)
def list_folders(request: HttpRequest, project_id: PathId) -> FoldersOut:
    """All folders A→Z, the root last."""
    standing = reach.project(request, project_id)
    folders = list(standing.project.folders.all())
    return FoldersOut(folders=folders_out(folders, with_people=standing.sees_all_items))


@router.post("/projects/{project_id}/folders", response={201: FolderOut})
def make_folder(request: HttpRequest, project_id: PathId, body: FolderIn) -> Status[FolderOut]:
    standing = reach.project_to_administer(request, project_id)
    folder = create_folder(standing.project, body.name, by=caller(request), kind=body.kind)
    return Status(201, folders_out([folder], with_people=True)[0])


@router.put("/folders/{folder_id}/assignees", response=FolderOut)
def assign(request: HttpRequest, folder_id: PathId, body: AssigneesIn) -> FolderOut:
    """Replaces the people a folder is for. Nobody named: open to everybody of that role."""
    folder, standing = reach.folder(request, folder_id)
    standing.require_admin()
    assign_folder(
        folder,
        annotators=reach.project_members(standing.project, body.annotators, "annotators"),
        qas=reach.project_members(standing.project, body.qas, "qas"),
        by=caller(request),
        door="api",
    )
    return folders_out([folder], with_people=True)[0]
