"""The editor: one task's image with what is drawn on it, and the strip of what its person holds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.access import open_task
from annotation.distribution.requests import request_tasks
from annotation.editor.desk import Desk, desk_of
from annotation.editor.history import history_of
from annotation.editor.saves import Loaded, drop_draft, load, own_draft, save_annotations
from annotation.editor.strip import Strip, ahead, strip_of
from annotation.errors import NotFound
from annotation.models import AnnotationClass, Item, Task
from annotation.views.json_body import json_body
from annotation.views.signed_in import Request

HISTORY_LINES = 8


@login_required
@never_cache
@require_safe
def task_editor(request: Request, pk: int) -> HttpResponse:
    task, access = open_task(request.user, pk)
    item = _item_of(task)
    desk = desk_of(task, access)
    loaded = load(task)
    strip = strip_of(access, task)
    return render(
        request,
        "annotation/editor/editor.html",
        {
            "access": access,
            "desk": desk,
            "task": task,
            "item": item,
            "strip": strip,
            "history": history_of(item, HISTORY_LINES) if desk.is_review or not desk.may_edit else [],
            "size": loaded.size,
            "state": _state(desk, item, loaded, strip),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "PUT"])
def task_annotations(request: Request, pk: int) -> JsonResponse:
    """GET `{version, objects, author, saved_at}`; PUT `{version, objects}` → `{version}`."""
    task, _ = open_task(request.user, pk)
    if request.method == "PUT":
        body = json_body(request)
        version = save_annotations(
            task.pk, by=request.user, version=body.get("version"), objects=body.get("objects"), door="page"
        )
        return JsonResponse({"version": version})
    loaded = load(task)
    return JsonResponse(
        {
            "version": loaded.version,
            "objects": loaded.objects,
            "author": str(loaded.author) if loaded.author else None,
            "saved_at": loaded.saved_at,
        }
    )


@login_required
@require_POST
def task_draft(request: Request, pk: int) -> JsonResponse:
    """The person has taken over what they drew too late, or wants it no more."""
    task, _ = open_task(request.user, pk)
    drop_draft(task, request.user)
    return JsonResponse({})


@login_required
@require_POST
def editor_request(request: Request, pk: int) -> HttpResponse:
    """The **+**: the same rule as the Request Tasks button."""
    _, access = open_task(request.user, pk)
    key = request.POST.get("idempotency_key") or None
    handout = request_tasks(access.project, by=request.user, door="page", idempotency_key=key)
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"given": handout.given, "task_ids": handout.task_ids})
    return redirect("task_editor", handout.task_ids[0] if handout.task_ids else pk)


@login_required
@never_cache
@require_safe
def editor_strip(request: Request, pk: int) -> HttpResponse:
    task, access = open_task(request.user, pk)
    context = {"access": access, "task": task, "strip": strip_of(access, task)}
    return render(request, "annotation/editor/editor.html#strip", context)


def _item_of(task: Task) -> Item:
    if task.item is None:
        raise NotFound("This task is a whole sequence. Open one of its images on the Data page.")
    return task.item


def _state(desk: Desk, item: Item, loaded: Loaded, strip: Strip) -> dict[str, Any]:
    """What the page's scripts start from."""
    task = desk.task
    draft = own_draft(task, desk.user)
    handed_over = desk.handed_over
    return {
        "task": task.pk,
        "status": task.status,
        "isReview": desk.is_review,
        "decides": desk.decides,
        "mayEdit": desk.may_edit,
        "me": desk.user.pk,
        "version": loaded.version,
        "objects": loaded.objects,
        "savedAt": loaded.saved_at,
        "handedOver": handed_over.objects_json if handed_over else [],
        "draft": draft.objects_json if draft else None,
        "classes": list(
            AnnotationClass.objects.filter(project=task.project_id).values("name", "color", "key")
        ),
        "image": {
            "url": reverse("item_image", args=[item.pk]),
            "name": item.name,
            "width": item.width,
            "height": item.height,
        },
        "upcoming": [
            {"url": reverse("task_editor", args=[one.pk]), "image": reverse("item_image", args=[one.item_id])}
            for one in ahead(strip.tasks, task.pk)
        ],
        "urls": {
            "annotations": reverse("task_annotations", args=[task.pk]),
            "moves": reverse("task_editor", args=[task.pk]),
            "strip": reverse("editor_strip", args=[task.pk]),
            "request": reverse("editor_request", args=[task.pk]),
            "draft": reverse("task_draft", args=[task.pk]),
        },
    }
