"""What annotators and QAs of a project should know before they start."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation.access import open_project
from annotation.views.signed_in import Request


@login_required
@require_safe
def project_instructions(request: Request, workspace: str, slug: str) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug)
    return render(request, "annotation/projects/instructions.html", {"access": access, "tab": "instructions"})
