"""Moves of one task by its person: what the editor's buttons do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from annotation.access import ProjectAccess, open_task
from annotation.editor.strip import ahead, held, next_task
from annotation.errors import Invalid, NotFound, Refused
from annotation.models import Task
from annotation.views.json_body import json_body
from annotation.views.signed_in import Request
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.give import give
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw

STAYS = {"start", "withdraw", "take-over"}
"""After these the person goes on with the same image."""


@login_required
@require_POST
def task_move(request: Request, pk: int, verb: str) -> HttpResponse:
    """A form, or JSON `{reason, stage, keep_working}` → `{task, next}`; `next` is where to go on."""
    task, access = open_task(request.user, pk)
    wants_json = request.content_type == "application/json"
    said = json_body(request) if wants_json else request.POST.dict()
    before = ahead(held(access), pk)
    _move(verb, task, access, said)
    url = reverse("task_editor", args=[pk]) if verb in STAYS else _next_url(before, access, pk)
    return JsonResponse({"task": _told(pk), "next": url}) if wants_json else redirect(url)


def _move(verb: str, task: Task, access: ProjectAccess, said: dict[str, Any]) -> None:
    pk, by = task.pk, access.user
    match verb:
        case "start":
            start(pk, by=by, door="page")
        case "submit":
            submit(pk, by=by, door="page")
        case "withdraw":
            withdraw(pk, by=by, door="page")
        case "accept":
            accept(pk, by=by, door="page", keep_working=bool(said.get("keep_working")))
        case "reject":
            reject(pk, by=by, reason=_reason(said), door="page")
        case "send-back":
            send_back(pk, by=by, stage_id=_stage_id(said), reason=_reason(said), door="page")
        case "skip":
            skip(pk, by=by, reason=_reason(said), door="page")
        case "complete":
            complete(pk, by=by, door="page")
        case "take-over":
            _take_over(task, access.require_admin().user)
        case _:
            raise NotFound(f"There is no move “{verb}”.")


def _take_over(task: Task, by: User) -> None:
    moved = give([task.pk], to=by, by=by, door="page")
    if moved.refused:
        raise Refused(moved.refused[0][1], status_of_task=task.status)


def _reason(said: dict[str, Any]) -> str:
    reason = said.get("reason", "")
    if not isinstance(reason, str):
        raise Invalid("The reason must be text.", field="reason")
    return reason


def _stage_id(said: dict[str, Any]) -> int:
    stage = str(said.get("stage", ""))
    if not stage.isascii() or not stage.isdigit() or len(stage) > 18:
        raise Invalid("Choose the stage to send it back to.", field="stage")
    return int(stage)


def _next_url(before: list[Task], access: ProjectAccess, pk: int) -> str:
    task = next_task(before, access, pk)
    if task is not None:
        return reverse("task_editor", args=[task.pk])
    project = access.project
    return reverse("project_data", args=[project.workspace.slug, project.slug])


def _told(pk: int) -> dict[str, Any]:
    task = Task.objects.select_related("item").get(pk=pk)
    shown = task.item.status if task.item else task.status
    return {"id": pk, "status": task.status, "item_status": shown}
