"""Projects and their settings."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, actor
from annotation.members.projects import create_project, update_project
from annotation.models import Project

SETTINGS = [
    "name", "instructions", "request_item_number", "request_policy", "allows_self_review",
    "annotator_may_complete", "is_on_hold",
]  # fmt: skip


@admin.register(Project)
class ProjectAdmin(ScopedAdmin):
    place = 3
    workspace_path = "workspace"
    may_add = may_change = True
    list_display = ["name", "workspace", "type", "request_item_number", "request_policy", "is_on_hold"]
    list_filter = ["type", "is_on_hold", ("workspace", ScopedRelatedFilter)]
    list_select_related = ["workspace"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["workspace"]

    def get_fields(self, request: HttpRequest, obj: Project | None = None) -> list[Any]:
        return (
            ["workspace", "slug", "type", *SETTINGS, "created_by", "created_at"]
            if obj
            else [
                "workspace",
                "name",
                "type",
            ]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> list[str]:
        return ["workspace", "slug", "type", "created_by", "created_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: Project, form: ModelForm, change: bool) -> None:
        data: dict[str, Any] = form.cleaned_data
        if change:
            changes = {name: data[name] for name in form.changed_data if name in SETTINGS}
            saved = update_project(Project.objects.get(pk=obj.pk), changes, by=actor(request))
        else:
            saved = create_project(data["workspace"], name=data["name"], type=data["type"], by=actor(request))
        obj.__dict__.update(saved.__dict__)
