"""What people drew on one task's target."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import MAX_ROWS, In, Out, PathId
from annotation.editor.saves import load, save_annotations

router = Router(tags=["annotations"])


class AnnotationsOut(Out):
    version: int
    objects: list[dict[str, Any]]


class AnnotationsIn(In):
    version: Annotated[int, Field(ge=0, le=2**31 - 2)] = Field(description="The version you loaded.")
    objects: Annotated[list[dict[str, Any]], Field(max_length=MAX_ROWS)] = Field(
        description="Each {id, class, type, points, rotation, attributes, track}; points in pixels as shown."
    )


@router.get("/tasks/{task_id}/annotations", response=AnnotationsOut)
def load_annotations(request: HttpRequest, task_id: PathId) -> AnnotationsOut:
    task, _ = reach.task(request, task_id)
    loaded = load(task)
    return AnnotationsOut(version=loaded.version, objects=loaded.objects)


@router.put("/tasks/{task_id}/annotations", response=AnnotationsOut)
def replace_annotations(request: HttpRequest, task_id: PathId, body: AnnotationsIn) -> AnnotationsOut:
    """Replaces all objects. A version that is not the newest: 409 with the newer one."""
    task, _ = reach.task(request, task_id)
    save_annotations(task_id, by=caller(request), version=body.version, objects=body.objects, door="api")
    loaded = load(task)
    return AnnotationsOut(version=loaded.version, objects=loaded.objects)
