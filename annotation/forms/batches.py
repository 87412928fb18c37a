from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from annotation.batches.selection import MAX_PICK, Selection
from annotation.models import Batch, Folder, Item, Project, Upload

MAX_DIGITS = 18


class BatchForm(forms.Form):
    """Which images, and how they are worked on. `items` are ids that were ticked on the Data page."""

    method = forms.ChoiceField(
        label="Way to choose", choices=[("all", "All"), ("pick", "My own pick"), ("upload", "One upload")]
    )
    items = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_PICK * (MAX_DIGITS + 1))
    upload = forms.ModelChoiceField(Upload.objects.none(), required=False, empty_label="Choose an upload")
    folder = forms.ModelChoiceField(
        Folder.objects.none(), label="Keep to folder", required=False, empty_label="All folders"
    )
    exclude_batched = forms.BooleanField(
        label="Leave out what was already sent out",
        required=False,
        initial=True,
        help_text="Images of a launched production batch.",
    )
    name = forms.CharField(
        label="Name", max_length=1000, error_messages={"required": "The batch needs a name."}
    )
    kind = forms.ChoiceField(
        label="Type",
        choices=[
            (Batch.Kind.PRODUCTION, "Production"),
            (Batch.Kind.CALIBRATION, "Calibration: does not count as sent out"),
        ],
        initial=Batch.Kind.PRODUCTION,
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uploads, folders = self.fields["upload"], self.fields["folder"]
        assert isinstance(uploads, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(folders, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        uploads.queryset = project.uploads.filter(
            Exists(Item.objects.present().filter(upload=OuterRef("pk")))
        )
        folders.queryset = project.folders.order_by("is_root", "sort_key")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self.errors.pop("items", None)
        if data.get("method") == "pick":
            data["items"] = self._picked(data.get("items", "-"))
        if data.get("method") == "upload" and not data.get("upload") and "upload" not in self.errors:
            self.add_error("upload", "Choose the upload to put to work.")
        return data

    def _picked(self, text: str) -> list[int]:
        """A wrong pick is said where the way is chosen, since the field itself is hidden."""
        words = text.split(",") if text else []
        if not words:
            self.add_error("method", "Nothing is picked. Tick images on the Data page, then come back.")
        elif not all(w.isascii() and w.isdigit() and len(w) <= MAX_DIGITS for w in words):
            self.add_error("method", "The pick cannot be read. Tick the images on the Data page again.")
        else:
            return [int(word) for word in words]
        return []

    @property
    def selection(self) -> Selection:
        data = self.cleaned_data
        return Selection(
            method=data["method"],
            folder_id=data["folder"].pk if data.get("folder") else None,
            upload_id=data["upload"].pk if data["method"] == "upload" and data.get("upload") else None,
            item_ids=tuple(data["items"]) if data["method"] == "pick" else (),
            exclude_batched=data["exclude_batched"],
        )
