"""People. Workspace admins see the members of their workspaces and may deactivate those who are in no other;
e-mail and password open every workspace of a person, so they are a superuser's business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from annotation.admin.scoped import ScopedAdmin, actor, administered
from annotation.errors import Refused
from annotation.members.people import deactivate
from annotation.models import WorkspaceMembership

admin.site.unregister(Group)
"""Groups are guardian's, kept in step with memberships by the rules."""


class NewPersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name"]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class PersonForm(UserChangeForm):
    """With Django's "set password" link where the password is among the fields."""

    class Meta:
        model = User
        fields = ["email", "name", "is_active", "password"]

    clean_email = NewPersonForm.clean_email


@admin.register(User)
class PersonAdmin(ScopedAdmin, UserAdmin):
    place = 42
    may_change = True
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_seen_at", "created_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    add_form = NewPersonForm
    form = PersonForm
    add_form_template = None
    actions = ["deactivate_people"]

    def within(self, rows: QuerySet[User], workspaces: list[int]) -> QuerySet[User]:
        members = WorkspaceMembership.objects.filter(workspace__in=workspaces)
        return rows.filter(pk__in=members.values("user"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or actor(request).is_superuser or _is_only_mine(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        if obj is None:
            return [(None, {"fields": ["email", "name"]})]
        seen = ["email", "name", "is_active", "is_staff", "is_superuser", "created_at", "last_seen_at"]
        return [(None, {"fields": [*seen, "password"] if actor(request).is_superuser else seen})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return []
        facts = ["is_staff", "is_superuser", "created_at", "last_seen_at"]
        return facts if actor(request).is_superuser else [*facts, "email", "name"]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if not actor(request).is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if not change:
            made = User.objects.create_user(obj.email, name=obj.name)
            obj.__dict__.update(made.__dict__)
            return
        leaves = "is_active" in form.changed_data and not obj.is_active
        changed = [name for name in form.changed_data if name != "is_active" or not leaves]
        if changed:
            obj.save(update_fields=changed)
        if leaves:
            self._deactivate(request, obj)

    @admin.action(description="Deactivate", permissions=["steer"])
    def deactivate_people(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self.each(request, people, lambda person: self._deactivate(request, person))

    def _deactivate(self, request: HttpRequest, person: User) -> str:
        """Their work goes back to the queue with them."""
        if not self.has_change_permission(request, person):
            raise Refused("They also belong to other workspaces. Remove them from yours instead.")
        if person.pk == actor(request).pk:
            raise Refused("This is you. Ask another admin to deactivate you.")
        deactivate(User.objects.get(pk=person.pk), by=actor(request))
        return "deactivated."


def _is_only_mine(request: HttpRequest, person: User) -> bool:
    """No workspace of theirs is somebody else's, and they stand not above."""
    elsewhere = WorkspaceMembership.objects.filter(user=person).exclude(workspace__in=administered(request))
    return not person.is_superuser and not elsewhere.exists()
