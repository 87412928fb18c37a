from __future__ import annotations

import re

from django import forms

from annotation.models import ProjectMembership

MOST = 50
ROLES = [
    (role.value, role.label)
    for role in (
        ProjectMembership.Role.ANNOTATOR,
        ProjectMembership.Role.QA,
        ProjectMembership.Role.ADMIN,
    )
]


class MemberForm(forms.Form):
    """`email` is one address or several; its cleaned value is a list of them in lower case."""

    email = forms.CharField(
        label="E-mail addresses",
        max_length=MOST * 255,
        error_messages={"required": "Write an e-mail address."},
        widget=forms.TextInput(
            attrs={
                "placeholder": "One or several, separated by commas",
                "autocomplete": "off",
                "autocapitalize": "none",
                "inputmode": "email",
            }
        ),
    )
    role = forms.CharField(label="Role", required=False, widget=forms.Select(choices=ROLES))

    def clean_email(self) -> list[str]:
        found = [address.lower() for address in re.split(r"[\s,;]+", self.cleaned_data["email"]) if address]
        if len(found) > MOST:
            raise forms.ValidationError(f"{len(found)} addresses are too many. Add at most {MOST} at a time.")
        if not found:
            raise forms.ValidationError("Write an e-mail address.")
        return list(dict.fromkeys(found))
