"""Batches: made here by a short form, launched, paused, resumed and cancelled by actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from annotation import background
from annotation.admin.bar import bar
from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, actor
from annotation.batches.create import create_batch
from annotation.batches.life import cancel, launch, pause, resume
from annotation.models import Batch, Upload
from annotation.workflow.counts import batch_counts

MAX_PICK = 10_000
METHODS = [("all", "All images"), ("pick", "The images listed below"), ("upload", "One upload")]


class BatchForm(forms.ModelForm):
    method = forms.ChoiceField(label="Fill it with", choices=METHODS, initial="all")
    item_ids = forms.CharField(
        label="Item ids",
        required=False,
        strip=True,
        max_length=MAX_PICK * 20,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only for “The images listed below”: numbers, separated by commas, spaces or lines.",
    )
    upload = forms.CharField(
        label="Upload", required=False, max_length=255, help_text="Only for “One upload”: its name."
    )
    launch = forms.BooleanField(
        label="Launch now", required=False, help_text="Otherwise it waits in staging until you launch it."
    )

    class Meta:
        model = Batch
        fields = ["project", "name"]

    def clean_item_ids(self) -> list[int]:
        words = self.cleaned_data["item_ids"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) <= 18 for word in words):
            raise forms.ValidationError("An item id is a number. Separate them by commas, spaces or lines.")
        if len(words) > MAX_PICK:
            raise forms.ValidationError(f"These are {len(words):,} ids. List at most {MAX_PICK:,}.")
        return [int(word) for word in words]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        method, project = data.get("method"), data.get("project")
        if method == "pick" and not data.get("item_ids") and "item_ids" not in self.errors:
            self.add_error("item_ids", "List the ids of the images, or choose another way to fill the batch.")
        if method == "upload" and project:
            found = Upload.objects.filter(project=project, name=data.get("upload", "")).first()
            if found is None:
                self.add_error("upload", "There is no upload of this name in the project.")
            data["upload_id"] = found.pk if found else None
        return data


@admin.register(Batch)
class BatchAdmin(ScopedAdmin):
    place = 1
    may_add = True
    list_display = ["name", "project", "kind", "status", "progress", "images", "created_at"]
    list_filter = ["status", "kind", ("project", ScopedRelatedFilter)]
    list_select_related = ["project"]
    search_fields = ["name", "project__name"]
    search_help_text = "Name of the batch or of its project"
    ordering = ["-id"]
    autocomplete_fields = ["project"]
    form = BatchForm
    actions = ["launch_batches", "pause_batches", "resume_batches", "cancel_batches"]
    fields = [
        "project", "name", "kind", "status", "progress", "images", "method", "left_out", "is_open",
        "rank", "due_at", "created_by", "created_at", "launched_at", "ended_at",
    ]  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Batch | None = None) -> list[Any]:
        made = ["project", "name", "method", "item_ids", "upload", "launch"]
        return self.fields if obj else made

    def get_readonly_fields(self, request: HttpRequest, obj: Batch | None = None) -> list[Any]:
        return self.fields if obj else []

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page's counts in one query, whatever its length."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        counts = batch_counts([batch.pk for batch in rows])
        for batch in rows:
            batch.counts = counts.get(batch.pk, {})
        changelist.result_list = rows
        return changelist

    @admin.display(description="progress")
    def progress(self, batch: Batch) -> SafeString:
        counts = getattr(batch, "counts", None)
        return bar(batch_counts([batch.pk]).get(batch.pk, {}) if counts is None else counts)

    @admin.display(description="images")
    def images(self, batch: Batch) -> str:
        return f"{batch.target_count:,}"

    def save_model(self, request: HttpRequest, obj: Batch, form: BatchForm, change: bool) -> None:
        data = form.cleaned_data
        batch, operation = create_batch(
            data["project"],
            data["name"],
            by=actor(request),
            method=data["method"],
            item_ids=data["item_ids"] if data["method"] == "pick" else None,
            upload_id=data.get("upload_id"),
            launch=data["launch"],
            door="admin",
        )
        background.queue(operation)
        obj.__dict__.update(batch.__dict__)

    @admin.action(description="Launch", permissions=["steer"])
    def launch_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, lambda b: _then(launch(b, by=actor(request), door="admin"), "launched."))

    @admin.action(description="Pause", permissions=["steer"])
    def pause_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, lambda b: _then(pause(b, by=actor(request), door="admin"), "paused."))

    @admin.action(description="Resume", permissions=["steer"])
    def resume_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        self.each(request, batches, lambda b: _then(resume(b, by=actor(request), door="admin"), "resumed."))

    @admin.action(description="Cancel…", permissions=["steer"])
    def cancel_batches(self, request: HttpRequest, batches: QuerySet[Batch]) -> HttpResponse | None:
        """Asks first: cancelling cannot be taken back."""
        if request.POST.get("confirmed"):
            self.each(request, batches, lambda batch: self._cancel(request, batch))
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel batches?",
            "opts": self.opts,
            "batches": batches,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/annotation/batch/cancel.html", context)

    def _cancel(self, request: HttpRequest, batch: Batch) -> str:
        background.queue(cancel(batch, by=actor(request), door="admin"))
        return "is being cancelled. What people hold of it runs to its end."


def _then(_: object, sentence: str) -> str:
    return sentence
