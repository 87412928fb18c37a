"""API keys: shown once when made, revoked by an action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.keys import create_key
from accounts.models import ApiKey
from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter
from annotation.models import WorkspaceMembership


class KeyForm(forms.ModelForm):
    class Meta:
        model = ApiKey
        fields = ["workspace", "user", "name"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        workspace, user = data.get("workspace"), data.get("user")
        if workspace and user:
            if not WorkspaceMembership.objects.filter(workspace=workspace, user=user).exists():
                self.add_error("user", f"{user.email} is not a member of this workspace. Add them first.")
            elif not user.is_active:
                self.add_error("user", f"{user.email} is deactivated. Activate them first.")
        return data


@admin.register(ApiKey)
class ApiKeyAdmin(ScopedAdmin):
    place = 43
    workspace_path = "workspace"
    may_add = True
    list_display = ["name", "shown_prefix", "user", "workspace", "created_at", "last_used_at", "revoked_at"]
    list_filter = [("workspace", ScopedRelatedFilter)]
    list_select_related = ["user", "workspace"]
    search_fields = ["name", "prefix", "user__email"]
    autocomplete_fields = ["workspace", "user"]
    form = KeyForm
    actions = ["revoke"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        if obj is None:
            return ["workspace", "user", "name"]
        return ["workspace", "user", "name", "shown_prefix", "created_at", "last_used_at", "revoked_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    @admin.display(description="begins with")
    def shown_prefix(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    def save_model(self, request: HttpRequest, obj: ApiKey, form: KeyForm, change: bool) -> None:
        data = form.cleaned_data
        made, plain = create_key(data["user"], data["workspace"].pk, data["name"])
        obj.__dict__.update(made.__dict__)
        obj.plain = plain  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Shown on this one page, kept nowhere: not in a message, not in the session."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new key",
            "opts": self.opts,
            "key": obj,
            "plain": obj.plain,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/accounts/apikey/made.html", context)

    @admin.action(description="Revoke", permissions=["steer"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        n = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(request, f"{n} revoked. Programs that used them get 401 from now on.")
