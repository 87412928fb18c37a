"""Folders, and who they are for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, actor
from annotation.catalog.folders import create_folder, rename_folder, set_folder_hold
from annotation.distribution.assignments import assign_folder
from annotation.models import Folder, Project


class FolderForm(forms.ModelForm):
    annotators = forms.ModelMultipleChoiceField(
        User.objects.none(), required=False, help_text="Nobody chosen: open to every annotator."
    )
    qas = forms.ModelMultipleChoiceField(
        User.objects.none(), label="QAs", required=False, help_text="Nobody chosen: open to every QA."
    )

    class Meta:
        model = Folder
        fields = ["project", "name", "kind", "is_on_hold"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None or "annotators" not in self.fields:
            return
        for field, role in (("annotators", "annotator"), ("qas", "qa")):
            people = User.objects.filter(
                project_memberships__project=self.instance.project_id, project_memberships__role=role
            )
            chosen = self.fields[field]
            assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
            chosen.queryset = people
            chosen.initial = people.filter(
                folder_assignments__folder=self.instance, folder_assignments__role=role
            )


@admin.register(Folder)
class FolderAdmin(ScopedAdmin):
    place = 4
    may_add = may_change = True
    list_display = ["__str__", "project", "kind", "is_on_hold", "people"]
    list_filter = ["is_on_hold", ("project", ScopedRelatedFilter)]
    list_select_related = ["project"]
    search_fields = ["name"]
    autocomplete_fields = ["project"]
    ordering = ["project", "is_root", "sort_key"]
    form = FolderForm

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("assignments__user")

    def get_fields(self, request: HttpRequest, obj: Folder | None = None) -> list[Any]:
        if obj is None:
            return ["project", "name", "kind"]
        return ["project", "name", "kind", "is_on_hold", *([] if obj.is_root else ["annotators", "qas"])]

    def get_readonly_fields(self, request: HttpRequest, obj: Folder | None = None) -> list[str]:
        if obj is None:
            return []
        return ["project", "kind", *(["name"] if obj.is_root else [])]

    @admin.display(description="for")
    def people(self, folder: Folder) -> str:
        return ", ".join(str(each.user) for each in folder.assignments.all()) or "everybody"

    def save_model(self, request: HttpRequest, obj: Folder, form: FolderForm, change: bool) -> None:
        data, by = form.cleaned_data, actor(request)
        if not change:
            project: Project = data["project"]
            made = create_folder(project, data["name"], by=by, kind=data["kind"])
            obj.__dict__.update(made.__dict__)
            return
        folder = Folder.objects.select_related("project").get(pk=obj.pk)
        if "name" in form.changed_data:
            rename_folder(folder, data["name"], by=by)
        if "is_on_hold" in form.changed_data:
            set_folder_hold(folder, data["is_on_hold"], by=by, door="admin")
        if {"annotators", "qas"} & set(form.changed_data):
            assign_folder(folder, annotators=data["annotators"], qas=data["qas"], by=by, door="admin")
