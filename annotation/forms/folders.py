from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from annotation.models import Folder

MAX_DIGITS = 18


class FolderForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=2000, error_messages={"required": "The folder needs a name."}
    )


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.get_full_name()} ({obj.email})"

    def clean(self, value: Any) -> Any:
        """A number that no database keeps is no choice either."""
        for pk in value or []:
            if len(str(pk)) > MAX_DIGITS:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk}
                )
        return super().clean(value)


class AssignForm(forms.Form):
    """Who a folder is for. Nobody of a role: it is open to all of that role."""

    annotators = PeopleField(
        User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Annotators"
    )
    qas = PeopleField(User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="QAs")

    def __init__(self, folder: Folder, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, role in (("annotators", "annotator"), ("qas", "qa")):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
            chosen.queryset = User.objects.filter(
                project_memberships__project=folder.project_id, project_memberships__role=role
            ).order_by("name", "email")
            chosen.initial = list(folder.assignments.filter(role=role).values_list("user_id", flat=True))
