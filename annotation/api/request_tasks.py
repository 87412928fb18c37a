"""The same question the button asks."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import PathId, json_answer
from annotation.api.tasks import TasksOut, told
from annotation.distribution import requests

router = Router(tags=["tasks"])


@router.post("/projects/{project_id}/request-tasks", response=TasksOut)
def request_tasks(
    request: HttpRequest,
    project_id: PathId,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)
    ] = None,
) -> HttpResponse:
    """Gives the key's person their next tasks. 409 says why not: `unfinished` or `nothing_available`.

    A repeated `Idempotency-Key` gets the same answer for ten minutes.
    """
    standing = reach.project(request, project_id)
    handout = requests.request_tasks(
        standing.project, by=caller(request), door="api", idempotency_key=idempotency_key
    )
    return json_answer(TasksOut.model_validate({"tasks": told(request, handout.task_ids)}))
