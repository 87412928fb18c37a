"""The classes of a project: added on the settings page, changed and deleted on a page of their own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotation.access import ProjectAccess, open_project
from annotation.errors import NotFound, Refused
from annotation.forms.classes import ClassForm
from annotation.forms.refusal import say_at_its_field
from annotation.members.classes import create_class, delete_class, update_class
from annotation.models import AnnotationClass
from annotation.views.project_settings import saved, settings_page
from annotation.views.signed_in import Request


@login_required
@require_POST
def class_add(request: Request, workspace: str, slug: str) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    form = ClassForm(list(access.project.classes.all()), request.POST)
    if form.is_valid():
        try:
            create_class(access.project, **form.cleaned_data, by=request.user)
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            return redirect(saved(access.project, "classes"))
    return settings_page(request, access, "class", form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def class_edit(request: Request, workspace: str, slug: str, class_id: int) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    chosen = _class_of(access, class_id)
    form = _form_of(access, chosen, request)
    if request.method == "POST" and form.is_valid():
        try:
            update_class(chosen, **form.cleaned_data, by=request.user)
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            return redirect(saved(access.project, "classes"))
    return _class_page(request, access, chosen, form)


@login_required
@require_POST
def class_delete(request: Request, workspace: str, slug: str, class_id: int) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    chosen = _class_of(access, class_id)
    try:
        delete_class(chosen, by=request.user)
    except Refused as refused:
        return _class_page(request, access, chosen, _form_of(access, chosen), refused.sentence)
    return redirect(saved(access.project, "classes"))


def _class_of(access: ProjectAccess, class_id: int) -> AnnotationClass:
    chosen = access.project.classes.filter(pk=class_id).first()
    if chosen is None:
        raise NotFound("This class is not there any more. Somebody deleted it.")
    return chosen


def _form_of(access: ProjectAccess, chosen: AnnotationClass, request: Request | None = None) -> ClassForm:
    others = [one for one in access.project.classes.all() if one.pk != chosen.pk]
    typed = request.POST if request and request.method == "POST" else None
    stored = {"name": chosen.name, "color": chosen.color, "key": chosen.key}
    return ClassForm(others, typed, initial=stored)


def _class_page(
    request: Request, access: ProjectAccess, chosen: AnnotationClass, form: ClassForm, refusal: str = ""
) -> HttpResponse:
    context = {"access": access, "tab": "settings", "chosen": chosen, "form": form, "refusal": refusal}
    status = 422 if form.errors or refusal else 200
    return render(request, "annotation/settings/class.html", context, status=status)
