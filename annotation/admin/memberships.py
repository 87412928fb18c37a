"""Who belongs where, in which role. A change of role takes held work away, as on the members' page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, actor
from annotation.errors import Refused
from annotation.members.people import (
    pause,
    remove_from_project,
    remove_from_workspace,
    set_project_role,
    set_workspace_role,
)
from annotation.models import ProjectMembership, WorkspaceMembership


class MembershipAdmin(ScopedAdmin):
    """The person and the place are chosen once; deleting means leaving."""

    may_add = may_change = may_delete = True
    search_fields = ["user__email", "user__name"]

    def remove(self, request: HttpRequest, membership: Any) -> None:
        raise NotImplementedError

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for membership in queryset:
            try:
                self.remove(request, membership)
            except Refused as refused:
                self.message_user(request, f"{membership}: {refused.sentence}", messages.ERROR)


@admin.register(WorkspaceMembership)
class WorkspaceMembershipAdmin(MembershipAdmin):
    place = 31
    workspace_path = "workspace"
    list_display = ["user", "workspace", "role", "usual_role", "created_at"]
    list_filter = ["role", ("workspace", ScopedRelatedFilter)]
    list_select_related = ["user", "workspace"]
    autocomplete_fields = ["workspace", "user"]
    fields = ["workspace", "user", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: WorkspaceMembership | None = None) -> list[str]:
        return ["workspace", "user"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: WorkspaceMembership, form: forms.ModelForm, change: bool
    ) -> None:
        saved = set_workspace_role(obj.workspace, obj.user, form.cleaned_data["role"], by=actor(request))
        obj.__dict__.update(saved.__dict__)

    def remove(self, request: HttpRequest, membership: WorkspaceMembership) -> None:
        remove_from_workspace(membership.workspace, membership.user, by=actor(request))


@admin.register(ProjectMembership)
class ProjectMembershipAdmin(MembershipAdmin):
    place = 9
    list_display = ["user", "project", "role", "is_paused", "created_at"]
    list_filter = ["role", "is_paused", ("project", ScopedRelatedFilter)]
    list_select_related = ["user", "project"]
    autocomplete_fields = ["project", "user"]

    def get_fields(self, request: HttpRequest, obj: ProjectMembership | None = None) -> list[Any]:
        return ["project", "user", "role", *(["is_paused"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: ProjectMembership | None = None) -> list[str]:
        return ["project", "user"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: ProjectMembership, form: forms.ModelForm, change: bool
    ) -> None:
        by, data = actor(request), form.cleaned_data
        if not change or "role" in form.changed_data:
            saved = set_project_role(obj.project, obj.user, data["role"], by=by, door="admin")
            obj.__dict__.update(saved.__dict__)
        if "is_paused" in form.changed_data:
            pause(obj.project, obj.user, data["is_paused"], by=by)

    def remove(self, request: HttpRequest, membership: ProjectMembership) -> None:
        remove_from_project(membership.project, membership.user, by=actor(request))
