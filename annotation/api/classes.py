"""What an object may be: the classes of a project."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from annotation.access import GONE
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import In, Name, Out, PathId
from annotation.errors import NotFound
from annotation.members.classes import create_class, delete_class, update_class
from annotation.models import AnnotationClass, Project

router = Router(tags=["classes"])

Color = Annotated[str, Field(max_length=20, examples=["#3aa5ff"])]
Key = Annotated[str, Field(max_length=10, description="A digit 1 to 9, or empty.")]


class ClassOut(Out):
    id: int
    name: str
    color: str
    key: str


class ClassesOut(Out):
    classes: list[ClassOut]


class ClassIn(In):
    name: Name
    color: Color = "#3aa5ff"
    key: Key = ""


class ClassChangeIn(In):
    name: Name | None = None
    color: Color | None = None
    key: Key | None = None


def class_out(each: AnnotationClass) -> ClassOut:
    return ClassOut(id=each.pk, name=each.name, color=each.color, key=each.key)


@router.get("/projects/{project_id}/classes", response=ClassesOut)
def list_classes(request: HttpRequest, project_id: PathId) -> ClassesOut:
    standing = reach.project(request, project_id)
    return ClassesOut(classes=[class_out(c) for c in standing.project.classes.all()])


@router.post("/projects/{project_id}/classes", response={201: ClassOut})
def make_class(request: HttpRequest, project_id: PathId, body: ClassIn) -> Status[ClassOut]:
    standing = reach.project_to_administer(request, project_id)
    made = create_class(standing.project, name=body.name, color=body.color, key=body.key, by=caller(request))
    return Status(201, class_out(made))


@router.patch("/projects/{project_id}/classes/{class_id}", response=ClassOut)
def change_class(request: HttpRequest, project_id: PathId, class_id: PathId, body: ClassChangeIn) -> ClassOut:
    standing = reach.project_to_administer(request, project_id)
    found = _class(standing.project, class_id)
    changed = {"name": found.name, "color": found.color, "key": found.key}
    changed |= body.model_dump(exclude_none=True)
    return class_out(update_class(found, **changed, by=caller(request)))


@router.delete("/projects/{project_id}/classes/{class_id}", response={204: None})
def remove_class(request: HttpRequest, project_id: PathId, class_id: PathId) -> Status[None]:
    standing = reach.project_to_administer(request, project_id)
    delete_class(_class(standing.project, class_id), by=caller(request))
    return Status(204, None)


def _class(project: Project, pk: int) -> AnnotationClass:
    found = project.classes.filter(pk=pk).first()
    if found is None:
        raise NotFound(GONE)
    return found
