from __future__ import annotations

from django import forms

from annotation.forms.project_settings import NumberField
from annotation.models import Project


class ProjectForm(forms.Form):
    name = forms.CharField(
        label="Name",
        required=False,
        widget=forms.TextInput(attrs={"required": True, "autofocus": True, "autocomplete": "off"}),
    )
    type = forms.CharField(
        label="Type",
        required=False,
        initial=Project.Type.IMAGE,
        help_text="Both types are worked on alike. The type stays as it is chosen here.",
        widget=forms.Select(choices=Project.Type.choices),
    )
    request_item_number = NumberField()
