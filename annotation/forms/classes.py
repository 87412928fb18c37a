from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from annotation.models import AnnotationClass

COLORS = (
    "#3aa5ff", "#19d3c5", "#ffb000", "#ff6f9f", "#9be84a", "#c99bff", "#ffe14a", "#ff7a45", "#5be0ff", "#e46bff",
)  # fmt: skip
"""What a new class is offered, in this order: apart from each other on photographs."""
DIGITS = "123456789"


class ClassForm(forms.Form):
    name = forms.CharField(
        label="Name",
        required=False,
        widget=forms.TextInput(attrs={"required": True, "autocomplete": "off"}),
    )
    color = forms.CharField(label="Colour", required=False, widget=forms.ColorInput)
    key = forms.CharField(label="Key", required=False, widget=forms.Select)

    def __init__(self, classes: Sequence[AnnotationClass], *args: Any, **kwargs: Any) -> None:
        """`classes` are the project's: their digits are marked, and a new class is offered free ones."""
        super().__init__(*args, **{"auto_id": "class_%s", **kwargs})
        holders = {one.key: one.name for one in classes if one.key}
        self.fields["key"].widget.choices = [("", "None")] + [
            (digit, f"{digit} ({holders[digit]})" if digit in holders else digit) for digit in DIGITS
        ]
        used = {one.color.lower() for one in classes}
        self.fields["color"].initial = next((color for color in COLORS if color not in used), COLORS[0])
        self.fields["key"].initial = next((digit for digit in DIGITS if digit not in holders), "")
