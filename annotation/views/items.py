"""An item: its picture, its small picture, and a page with its tasks and history."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotation.access import open_item
from annotation.catalog.images import open_image
from annotation.catalog.thumbnails import open_thumbnail
from annotation.editor.history import history_of
from annotation.models import Task
from annotation.views.signed_in import Request

SHOWN = {"image/jpeg", "image/png", "image/webp"}
LINES = 200


@login_required
@require_safe
def item_image(request: Request, pk: int) -> HttpResponseBase:
    """The stored picture, never as anything but a picture. Its content never changes, so browsers keep it."""
    item, _ = open_item(request.user, pk)
    file = open_image(item)
    etag = f'"{item.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        file.close()
        return HttpResponseNotModified()
    kind = item.content_type if item.content_type in SHOWN else "application/octet-stream"
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = "private, max-age=86400"
    response["ETag"] = etag
    return _harmless(response)


@login_required
@require_safe
def item_thumbnail(request: Request, pk: int) -> HttpResponseBase:
    """The small picture; until it is made, the picture itself."""
    item, _ = open_item(request.user, pk)
    file = open_thumbnail(item)
    if file is None:
        return redirect("item_image", pk)
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return _harmless(response)


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


def _harmless(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
