"""Who may open the Django admin, and where they sign in. What is in it stands in `annotation/admin/`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.http import url_has_allowed_host_and_scheme

LAST = 100


class MeteAdminSite(admin.AdminSite):
    site_header = "Mete administration"
    site_title = "Mete"
    index_title = "What is going on"
    site_url = "/"
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff may enter; anybody else who is signed in is told no, not asked to sign in again."""
        if super().has_permission(request):
            return True
        if request.user.is_authenticated:
            raise PermissionDenied
        return False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        return redirect_to_login(wanted, reverse("sign_in"))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without "view on site": it looks up any object of any model, whoever asks."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of each ModelAdmin's `place`: what is used daily comes first."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda entry: (self._place(entry["model"]), entry["name"]))
        return sorted(apps, key=lambda app: self._place(app["models"][0]["model"]))

    def _place(self, model: type) -> int:
        return getattr(self._registry[model], "place", LAST)
