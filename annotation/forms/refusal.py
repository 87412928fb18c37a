"""A rule's no, shown at the field it speaks of."""

from __future__ import annotations

from django import forms

from annotation.errors import Refused


def say_at_its_field(form: forms.Form, refused: Refused) -> None:
    field = refused.facts.get("field")
    form.add_error(field if field in form.fields else None, refused.sentence)
