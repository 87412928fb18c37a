"""An item: its picture, its small picture, and a page with its tasks and history."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation.access import open_item
from annotation.catalog.images import open_image
from annotation.catalog.thumbnails import open_thumbnail
from annotation.editor.history import history_of
from annotation.models import Task
from annotation.views.signed_in import Request
from config.picture_response import picture_response

LINES = 200


@login_required
@require_safe
def item_image(request: Request, pk: int) -> HttpResponseBase:
    item, _ = open_item(request.user, pk)
    file = open_image(item)
    return picture_response(request, file, item.content_type, item.sha256)


@login_required
@require_safe
def item_thumbnail(request: Request, pk: int) -> HttpResponseBase:
    """The small picture; until it is made, the picture itself."""
    item, _ = open_item(request.user, pk)
    file = open_thumbnail(item)
    if file is None:
        return redirect("item_image", pk)
    return picture_response(request, file, "image/webp")


@login_required
@require_safe
def item_detail(request: Request, pk: int) -> HttpResponse:
    item, access = open_item(request.user, pk)
    tasks = (
        Task.objects.filter(item=item)
        .select_related("batch", "stage", "assignee", "done_by")
        .order_by("-batch_id", "stage_order")
    )
    return render(
        request,
        "annotation/items/detail.html",
        {"access": access, "tab": "data", "item": item, "tasks": tasks, "history": history_of(item, LINES)},
    )
