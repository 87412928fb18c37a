"""Tasks, read-only. They move through the pages, the editor and the API."""

from __future__ import annotations

from django.contrib import admin

from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter
from annotation.models import Stage, Task


@admin.register(Task)
class TaskAdmin(ScopedAdmin):
    place = 7
    list_display = ["id", "item", "stage", "status", "assignee", "batch", "project", "moved_at"]
    list_filter = ["status", "stage_kind", "is_live", ("project", ScopedRelatedFilter)]
    list_select_related = ["item", "stage", "assignee", "batch", "project"]
    search_fields = ["=id"]
    search_help_text = "Number of the task"
    ordering = ["-id"]
    fields = [
        "project", "folder", "item", "batch", "stage", "target", "lane", "status", "is_live", "assignee",
        "done_by", "author", "previous_by", "reason", "created_at", "given_at", "opened_at", "moved_at",
    ]  # fmt: skip


@admin.register(Stage)
class StageAdmin(ScopedAdmin):
    place = 20
    list_display = ["name", "project", "kind", "order"]
    list_filter = ["kind", ("project", ScopedRelatedFilter)]
    list_select_related = ["project"]
    search_fields = ["name"]
    ordering = ["project", "order"]
    fields = ["project", "name", "kind", "order"]
