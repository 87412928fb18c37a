"""The panels of a project's settings. What a value may be is the rule's to say (`members.projects`)."""

from __future__ import annotations

from django import forms

from annotation.forms.numbers import whole_number
from annotation.models import Project
from annotation.models.projects import REQUEST_DEFAULT, REQUEST_MAX, REQUEST_MIN


class NumberField(forms.CharField):
    """Images a request. Its cleaned value is a number, or the text that is none."""

    def __init__(self) -> None:
        super().__init__(
            label="Request item number",
            required=False,
            initial=REQUEST_DEFAULT,
            help_text=f"How many images an annotator or a QA gets at a time. {REQUEST_MIN} to {REQUEST_MAX}.",
            widget=forms.NumberInput(attrs={"min": REQUEST_MIN, "max": REQUEST_MAX, "required": True}),
        )

    def clean(self, value: object) -> int | str:
        return whole_number(super().clean(value))


class RequestForm(forms.Form):
    request_item_number = NumberField()
    request_policy = forms.CharField(
        label="When somebody asks again",
        required=False,
        widget=forms.RadioSelect(choices=Project.RequestPolicy.choices),
    )
    allows_self_review = forms.BooleanField(label="QAs may check their own annotations", required=False)
    annotator_may_complete = forms.BooleanField(
        label="Annotators may complete without a quality check", required=False
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label="Name",
        required=False,
        help_text="Addresses of pages keep the first name.",
        widget=forms.TextInput(attrs={"required": True, "autocomplete": "off"}),
    )


class InstructionsForm(forms.Form):
    instructions = forms.CharField(
        label="What annotators and QAs read",
        required=False,
        help_text="Plain text; lines stay as you write them. The editor and the page Instructions show it.",
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def clean_instructions(self) -> str:
        """Browsers send lines ended by CR LF."""
        return str(self.cleaned_data["instructions"]).replace("\r\n", "\n")


class HoldForm(forms.Form):
    is_on_hold = forms.BooleanField(required=False, widget=forms.HiddenInput)
