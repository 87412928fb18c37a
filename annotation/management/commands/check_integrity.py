"""The set-based check that stands in for the foreign keys that tasks and events do without."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Exists, F, Model, OuterRef, Q

from annotation.models import Event, Folder, Item, Project, Stage, Task

OWNERS: tuple[tuple[type[Model], str], ...] = (
    (Project, "project_id"),
    (Folder, "folder_id"),
    (Stage, "stage_id"),
)


class Command(BaseCommand):
    help = "Look for tasks that point nowhere or do not match their item. Exits with 1 where there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for model, column in OWNERS:
            lost = Task.objects.filter(~Exists(model._default_manager.filter(pk=OuterRef(column)))).count()
            found += self._tell(lost, f"tasks whose {column.removesuffix('_id')} is gone")
        moved = Task.objects.filter(is_live=True, item__isnull=False).exclude(folder_id=F("item__folder_id"))
        found += self._tell(moved.count(), "live tasks that stand in another folder than their item")
        renamed = Task.objects.filter(is_live=True, item__isnull=False).exclude(sort_key=F("item__sort_key"))
        found += self._tell(renamed.count(), "live tasks that sort by another name than their item's")
        crossing = Item.objects.exclude(project_id=F("folder__project_id"))
        found += self._tell(crossing.count(), "items in a folder of another project")
        lost_events = Event.objects.filter(
            Q(task_id__isnull=False), ~Exists(Task.objects.filter(pk=OuterRef("task_id")))
        )
        found += self._tell(lost_events.count(), "events of tasks that are gone")
        if found:
            raise SystemExit(1)
        self.stdout.write("Everything points where it should.")

    def _tell(self, count: int, what: str) -> int:
        if count:
            self.stdout.write(f"{count} {what}")
        return count
