"""Signing in and out, and how the pages look to one browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.forms import NewPasswordForm, SignInForm
from accounts.models import User

THEME_COOKIE = "mete_theme"
THEMES = {"light", "dark"}
YEAR = 365 * 24 * 3600


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(request.get_full_path())
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SetPassword(PasswordResetConfirmView):
    """Where the link of an invitation leads, once: a name, a password, and they are signed in."""

    form_class = NewPasswordForm
    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("home")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.user.name if self.user else ""}

    def form_invalid(self, form: SetPasswordForm[User]) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if not self.validlink:
            kwargs["status"] = 410
        return super().render_to_response(context, **kwargs)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
set_password = SetPassword.as_view()


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What axes answers after too many wrong passwords: the sign-in page with a sentence, 429."""
    wait = timedelta(hours=settings.AXES_COOLOFF_TIME)
    minutes = round(wait.total_seconds() / 60)
    sentence = f"Too many wrong passwords. Wait {minutes} minutes, then try again."
    page = render(
        request,
        "accounts/sign_in.html",
        {"form": SignInForm(request), "locked_out": sentence, "next": request.POST.get("next", "")},
        status=429,
    )
    page["Retry-After"] = str(minutes * 60)
    return page


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says: kept in a cookie of this browser."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
