"""Workspaces. Only a superuser makes one for somebody else; an admin of one sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from annotation.admin.scoped import ScopedAdmin, actor
from annotation.members.workspaces import create_workspace
from annotation.models import Workspace


class WorkspaceForm(forms.ModelForm):
    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), to_field_name="email")
    owner.widget = forms.EmailInput()

    class Meta:
        model = Workspace
        fields = ["name"]


@admin.register(Workspace)
class WorkspaceAdmin(ScopedAdmin):
    place = 30
    workspace_path = "pk"
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug"]
    form = WorkspaceForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor(request).is_superuser

    def get_fields(self, request: HttpRequest, obj: Workspace | None = None) -> list[Any]:
        return ["name", "slug", "created_at"] if obj else ["name", "owner"]

    def save_model(self, request: HttpRequest, obj: Workspace, form: WorkspaceForm, change: bool) -> None:
        made = create_workspace(form.cleaned_data["name"], owner=form.cleaned_data["owner"])
        obj.__dict__.update(made.__dict__)
