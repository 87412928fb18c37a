"""Items, read-only. The search is by the beginning of a name, along an index."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, administered
from annotation.models import Item, Project, Upload

LAST_CHARACTER = "\U0010ffff"


@admin.register(Item)
class ItemAdmin(ScopedAdmin):
    place = 5
    list_display = ["name", "folder", "project", "status", "priority", "size", "created_at"]
    list_filter = ["status", ("project", ScopedRelatedFilter)]
    list_select_related = ["folder", "project"]
    search_fields = ["name"]
    search_help_text = "Beginning of the name"
    ordering = ["-id"]
    fields = [
        "project", "folder", "upload", "name", "status", "priority", "metadata", "url", "content_type",
        "size", "size_bytes", "sha256", "created_at", "archived_at",
    ]  # fmt: skip

    @admin.display(description="pixels")
    def size(self, item: Item) -> str:
        return f"{item.width} × {item.height}" if item.width else "–"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Item], search_term: str
    ) -> tuple[QuerySet[Item], bool]:
        start = search_term.strip().casefold().replace("\0", "")
        if not start:
            return queryset, False
        projects = Project.objects.filter(workspace__in=administered(request)).values_list("pk", flat=True)
        return (
            queryset.filter(
                project__in=list(projects), sort_key__gte=start, sort_key__lt=start + LAST_CHARACTER
            ),
            False,
        )


@admin.register(Upload)
class UploadAdmin(ScopedAdmin):
    place = 6
    list_display = ["name", "project", "created_by", "created_at"]
    list_filter = [("project", ScopedRelatedFilter)]
    list_select_related = ["project", "created_by"]
    search_fields = ["name"]
    ordering = ["-id"]
    fields = ["project", "name", "created_by", "created_at"]
