from __future__ import annotations

from django import forms


class WorkspaceForm(forms.Form):
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Of the company or team whose people and images it keeps together.",
        widget=forms.TextInput(attrs={"required": True, "autofocus": True, "autocomplete": "off"}),
    )
