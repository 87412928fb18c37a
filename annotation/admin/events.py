"""The history: nobody adds to it, changes it or takes from it here."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from accounts.models import User
from annotation.admin.scoped import ScopedAdmin
from annotation.models import Event, Item, Project


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    place = 8
    list_display = ["at", "kind", "project", "item", "task_id", "change", "actor", "door", "short_reason"]
    list_filter = ["door"]
    search_fields = ["=task_id", "=item_id", "=batch_id"]
    search_help_text = "Number of a task, an item or a batch"
    ordering = ["-id"]
    fields = [
        "at", "kind", "project", "batch_id", "item", "task_id", "from_status", "to_status", "from_holder",
        "to_holder", "actor", "door", "reason", "detail",
    ]  # fmt: skip
    readonly_fields = ["project", "item", "from_holder", "to_holder", "actor"]

    @admin.display(description="reason")
    def short_reason(self, event: Event) -> str:
        return Truncator(event.reason).chars(60)

    def within(self, rows: QuerySet[Event], workspaces: list[int]) -> QuerySet[Event]:
        """Events keep bare numbers, so that they outlive what they tell of."""
        projects = Project.objects.filter(workspace__in=workspaces).values_list("pk", flat=True)
        return rows.filter(project_id__in=list(projects))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Names for the page's numbers, one query each for people, items and projects."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = _named(list(changelist.result_list))
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Event | None:
        found = super().get_object(request, object_id, from_field)
        return _named([found])[0] if found else None

    @admin.display(description="project")
    def project(self, event: Event) -> str:
        return _name(event, "projects", event.project_id)

    @admin.display(description="item")
    def item(self, event: Event) -> str:
        return _name(event, "items", event.item_id)

    @admin.display(description="by")
    def actor(self, event: Event) -> str:
        return _name(event, "people", event.actor_id)

    @admin.display(description="from")
    def from_holder(self, event: Event) -> str:
        return _name(event, "people", event.from_holder_id)

    @admin.display(description="to")
    def to_holder(self, event: Event) -> str:
        return _name(event, "people", event.to_holder_id)

    @admin.display(description="status")
    def change(self, event: Event) -> str:
        if event.from_status == event.to_status:
            return event.to_status or "–"
        return f"{event.from_status or '–'} → {event.to_status or '–'}"


def _named(events: list[Event]) -> list[Event]:
    people = {pk for e in events for pk in (e.actor_id, e.from_holder_id, e.to_holder_id)}
    names = {
        "people": User.objects.in_bulk(people - {None}),
        "items": Item.objects.in_bulk({e.item_id for e in events} - {None}),
        "projects": Project.objects.in_bulk({e.project_id for e in events}),
    }
    for event in events:
        event.names = names  # type: ignore[attr-defined]
    return events


def _name(event: Event, kind: str, pk: int | None) -> str:
    """The name now, or the number of what is gone."""
    if pk is None:
        return "–"
    return str(event.names[kind].get(pk, pk))  # type: ignore[attr-defined]
