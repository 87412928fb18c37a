"""Long background actions: their progress, asked for again and again by the page, and their cancelling."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.access import open_operation
from annotation.batches.operations import cancel_operation
from annotation.views.signed_in import Request


@login_required
@never_cache
@require_safe
def operation_progress(request: Request, pk: UUID) -> HttpResponse:
    """The piece for htmx; a page of its own for whoever follows the address."""
    operation, access = open_operation(request.user, pk)
    context = {"operation": operation, "access": access, "tab": "batches"}
    if not request.htmx:
        return render(request, "annotation/operations/progress.html", context)
    response = render(request, "_shared/operation.html", context)
    if not operation.is_running:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def operation_cancel(request: Request, pk: UUID) -> HttpResponse:
    operation, access = open_operation(request.user, pk)
    cancel_operation(operation, by=request.user)
    if operation.batch_id:
        return redirect("batch_detail", operation.batch_id)
    return redirect("project_batches", access.project.workspace.slug, access.project.slug)
