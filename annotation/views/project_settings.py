"""Settings of a project: panels, each a form with its own Save."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.access import ProjectAccess, open_project
from annotation.errors import Invalid, Refused
from annotation.forms.classes import ClassForm
from annotation.forms.project_settings import HoldForm, InstructionsForm, NameForm, RequestForm
from annotation.forms.refusal import say_at_its_field
from annotation.members.projects import update_project
from annotation.models import Project
from annotation.views.signed_in import Request

PANELS: dict[str, type[forms.Form]] = {
    "request": RequestForm,
    "instructions": InstructionsForm,
    "name": NameForm,
    "hold": HoldForm,
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_settings(request: Request, workspace: str, slug: str) -> HttpResponse:
    """POST says which `panel` is saved; a panel that is refused comes back as it was typed."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    if request.method != "POST":
        return settings_page(request, access)
    panel = request.POST.get("panel", "")
    if panel not in PANELS:
        raise Invalid("These settings have no such panel. Open the page again.", field="panel")
    form = PANELS[panel](request.POST)
    if form.is_valid():
        try:
            update_project(access.project, form.cleaned_data, by=request.user)
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            return redirect(saved(access.project, panel))
    return settings_page(request, access, panel, form)


def saved(project: Project, panel: str) -> str:
    """Where a saved panel leads: to itself, saying so."""
    page = reverse("project_settings", args=[project.workspace.slug, project.slug])
    return f"{page}?saved={panel}#{panel}"


def settings_page(
    request: Request, access: ProjectAccess, panel: str = "", refused: forms.Form | None = None
) -> HttpResponse:
    """Every panel as it is stored; the one that was refused as it was typed."""
    classes = list(access.project.classes.all())
    stored = {name: getattr(access.project, name) for form in PANELS.values() for name in form.base_fields}
    context = {
        "access": access,
        "tab": "settings",
        "saved": request.GET.get("saved", ""),
        "classes": classes,
        **{f"{name}_form": form(initial=stored) for name, form in PANELS.items()},
        "class_form": ClassForm(classes),
    }
    if refused:
        context[f"{panel}_form"] = refused
    return render(request, "annotation/settings/settings.html", context, status=422 if refused else 200)
