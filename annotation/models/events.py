"""History: one line per claim, release and status change; append-only. Replaying it gives the state."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """No foreign key is enforced: rows outlive what they tell of, and four real keys cost 2 ms a claim."""

    class Door(models.TextChoices):
        PAGE = "page"
        API = "api"
        ADMIN = "admin"
        SHELL = "shell"
        BACKGROUND = "background"
        ROBOFLOW = "roboflow"
        SCALE = "scale"
        DATALOOP = "dataloop"
        DEEPEN = "deepen"

    at = models.DateTimeField(default=timezone.now)
    project_id = models.BigIntegerField()
    batch_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    task_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=24)
    from_status = models.CharField(max_length=12, blank=True, default="")
    to_status = models.CharField(max_length=12, blank=True, default="")
    from_holder_id = models.BigIntegerField(null=True)
    to_holder_id = models.BigIntegerField(null=True)
    door = models.CharField(max_length=12, choices=Door, default=Door.PAGE)
    reason = models.CharField(max_length=2000, blank=True, default="")
    detail = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["task_id", "id"], name="event_of_task"),
            models.Index(fields=["item_id", "id"], name="event_of_item"),
            models.Index(fields=["project_id", "id"], name="event_of_project"),
            models.Index(
                fields=["batch_id", "id"], condition=models.Q(task_id=None), name="event_of_batch_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id or self.batch_id or self.item_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("History is append-only.")
