"""A new project in a workspace, by its admins."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation.access import administer_workspace
from annotation.errors import Refused
from annotation.forms.projects import ProjectForm
from annotation.forms.refusal import say_at_its_field
from annotation.members.projects import create_project
from annotation.views.signed_in import Request


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: Request, workspace: str) -> HttpResponse:
    owned = administer_workspace(request.user, workspace)
    form = ProjectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            project = create_project(owned, by=request.user, **form.cleaned_data)
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            messages.success(
                request, f"{project} is made. Upload images, add people, then put the images into a batch."
            )
            return redirect("project_data", owned.slug, project.slug)
    context = {"workspace": owned, "form": form}
    return render(request, "annotation/projects/new.html", context, status=422 if form.errors else 200)
