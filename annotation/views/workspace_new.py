"""A new workspace, by a superuser or by somebody who administers one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation.access import require_may_make_workspaces
from annotation.errors import Refused
from annotation.forms.refusal import say_at_its_field
from annotation.forms.workspaces import WorkspaceForm
from annotation.members.workspaces import create_workspace
from annotation.views.signed_in import Request


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspace_new(request: Request) -> HttpResponse:
    require_may_make_workspaces(request.user)
    form = WorkspaceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = create_workspace(form.cleaned_data["name"], owner=request.user)
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            messages.success(request, f"The workspace {workspace} is made. Make its first project.")
            return redirect("project_new", workspace.slug)
    return render(
        request, "annotation/workspaces/new.html", {"form": form}, status=422 if form.errors else 200
    )
