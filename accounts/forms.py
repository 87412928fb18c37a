from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from accounts.models import User

WRONG_PAIR = "This e-mail and password do not belong together."


class SignInForm(AuthenticationForm):
    """E-mail in any case. The error stands at the password and does not say which of the two is wrong."""

    username = forms.EmailField(
        label="E-mail",
        max_length=254,
        error_messages={
            "required": "Write your e-mail address.",
            "invalid": "This is not an e-mail address. Write it like name@example.com.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        error_messages={"required": "Write your password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean(self) -> dict[str, Any]:
        try:
            super().clean()
        except forms.ValidationError:
            self.add_error("password", WRONG_PAIR)
        return self.cleaned_data


class NewPasswordForm(SetPasswordForm[User]):
    """What somebody invited fills in once: how they are called, and a password."""

    name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="The people you work with see it.",
        error_messages={"required": "Write your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    error_messages = {"password_mismatch": "The two passwords differ. Write the same one twice."}
    field_order = ["name", "new_password1", "new_password2"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, second.label = "Password", "The same password again"
        first.help_text = "8 characters or more, not only digits, and nothing like your name or e-mail."
        second.help_text = ""
        first.error_messages["required"] = "Write a password."
        second.error_messages["required"] = "Write the same password again."

    def save(self, commit: bool = True) -> User:
        self.user.name = self.cleaned_data["name"]
        return super().save(commit)
