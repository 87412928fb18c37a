from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from annotation.models import Folder, Project


class UploadForm(forms.Form):
    """What goes with the files of one upload; the files themselves are read from the request."""

    upload = forms.CharField(label="Name of this upload", max_length=255)
    folder = forms.ModelChoiceField(
        Folder.objects.none(), label="Into folder", required=False, empty_label=None
    )
    new_folder = forms.CharField(
        label="Or a new folder",
        max_length=2000,
        required=False,
        help_text="Empty: the folder chosen above.",
    )
    keep_both = forms.BooleanField(
        label="Keep both where a name is used",
        required=False,
        help_text="Otherwise a file whose name another picture has is refused.",
    )
    into_batch = forms.BooleanField(
        label="Put them into a batch",
        required=False,
        help_text="Uploading alone starts no work: people get images only from a launched batch.",
    )
    launch = forms.BooleanField(
        label="Launch it now",
        required=False,
        initial=True,
        help_text="Otherwise it waits in staging until you launch it.",
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        folder = self.fields["folder"]
        assert isinstance(folder, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        folder.queryset = project.folders.order_by("-is_root", "sort_key")
        now = timezone.localtime()
        self.fields["upload"].initial = f"Upload of {now.day} {now:%b %Y, %H:%M}"
