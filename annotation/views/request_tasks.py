"""The Request Tasks button: the next images, and the first of them opened."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from annotation.access import open_project
from annotation.distribution.reasons import why_nothing
from annotation.distribution.requests import request_tasks as ask
from annotation.errors import MayNotRequest, NothingToGive, Unfinished
from annotation.views.project_data import data_page
from annotation.views.signed_in import Request


@login_required
@require_POST
def request_tasks(request: Request, workspace: str, slug: str) -> HttpResponse:
    """A refusal is answered on the Data page, where the images would be."""
    access = open_project(request.user, workspace=workspace, slug=slug)
    key = request.POST.get("idempotency_key", "")[:100] or None
    try:
        handout = ask(access.project, by=request.user, door="page", idempotency_key=key)
    except NothingToGive as nothing:
        reasons = why_nothing(access.project, request.user)
        return data_page(request, access, status=nothing.status, refusal=nothing.sentence, reasons=reasons)
    except (Unfinished, MayNotRequest) as refused:
        return data_page(request, access, status=refused.status, refusal=refused.sentence)
    return redirect("task_editor", handout.task_ids[0])
