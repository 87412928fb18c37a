"""Long background actions: looked at here, and asked to stop."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from annotation.admin.scoped import ScopedAdmin, ScopedRelatedFilter, actor
from annotation.batches.operations import cancel_operation
from annotation.models import Operation


@admin.register(Operation)
class OperationAdmin(ScopedAdmin):
    place = 2
    list_display = ["kind", "project", "batch", "status", "done", "total", "created_by", "created_at"]
    list_filter = ["status", "kind", ("project", ScopedRelatedFilter)]
    list_select_related = ["project", "batch", "created_by"]
    ordering = ["-created_at"]
    actions = ["stop"]
    fields = [
        "kind", "project", "batch", "status", "done", "total", "error", "is_cancel_asked",
        "created_by", "created_at", "heartbeat_at", "ended_at",
    ]  # fmt: skip

    @admin.action(description="Ask to stop", permissions=["steer"])
    def stop(self, request: HttpRequest, operations: QuerySet[Operation]) -> None:
        def ask(operation: Operation) -> str:
            cancel_operation(operation, by=actor(request))
            return "asked to stop."

        self.each(request, operations, ask)
