"""Folders: made, held back, assigned to people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotation.access import ProjectAccess, open_folder, open_project
from annotation.catalog.folders import create_folder, rename_folder, set_folder_hold
from annotation.distribution.assignments import assign_folder
from annotation.errors import Invalid, Refused
from annotation.forms.folders import AssignForm, FolderForm
from annotation.models import Folder
from annotation.views.signed_in import Request
from annotation.workflow.counts import folder_counts


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_create(request: Request, workspace: str, slug: str) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    form, status = FolderForm(request.POST if request.method == "POST" else None), 422
    if request.method == "POST" and form.is_valid():
        try:
            folder = create_folder(access.project, form.cleaned_data["name"], by=request.user)
        except Refused as refused:
            form.add_error("name", refused.sentence)
            status = refused.status
        else:
            messages.success(request, f"The folder {folder.name} is made. Upload images into it.")
            return _to_data(access, folder)
    context = {"access": access, "tab": "data", "form": form}
    return render(request, "annotation/folders/create.html", context, status=status if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_assign(request: Request, pk: int) -> HttpResponse:
    """Name, people and hold of a folder."""
    folder, access = open_folder(request.user, pk)
    access.require_admin()
    if folder.is_root:
        raise Invalid("The root is open to everybody. Put the images into a folder and assign that.")
    form, status = AssignForm(folder, request.POST if request.method == "POST" else None), 422
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            with transaction.atomic():
                assign_folder(folder, annotators=chosen["annotators"], qas=chosen["qas"], by=request.user)
                rename_folder(folder, request.POST.get("name", folder.name), by=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = refused.status
        else:
            messages.success(request, f"{folder.name} is saved.")
            return _to_data(access, folder)
    counts = folder_counts(access.project.pk).get(folder.pk, {})
    context = {"access": access, "tab": "data", "folder": folder, "form": form, "counts": counts}
    return render(request, "annotation/folders/assign.html", context, status=status if form.errors else 200)


@login_required
@require_POST
def folder_hold(request: Request, pk: int) -> HttpResponse:
    folder, access = open_folder(request.user, pk)
    access.require_admin()
    on = request.POST.get("on") == "1"
    set_folder_hold(folder, on, by=request.user)
    said = "is on hold: nothing of it is handed out" if on else "is handed out again"
    messages.success(request, f"{folder} {said}.")
    return _to_data(access, folder)


def _to_data(access: ProjectAccess, folder: Folder) -> HttpResponse:
    project = access.project
    response = redirect("project_data", project.workspace.slug, project.slug)
    response["Location"] += f"?folder={folder.pk}"
    return response
