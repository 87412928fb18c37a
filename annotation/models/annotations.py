"""What people drew: one current set per (target, lane), immutable versions, and drafts that came too late.

Objects are `{id, class, type, points, rotation, attributes, track, author}`; points are pixels of the image as
shown (EXIF turn applied); a rectangle is `[[x1, y1], [x2, y2]]`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotation.models.library import Folder, Item
from annotation.models.tasks import Task


class AnnotationSet(models.Model):
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.CASCADE, related_name="annotation_sets"
    )
    folder = models.ForeignKey(
        Folder, null=True, blank=True, on_delete=models.CASCADE, related_name="annotation_sets"
    )
    lane = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    objects_json = models.JSONField(default=list)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "lane"],
                condition=Q(item__isnull=False),
                name="one_annotation_set_per_item_and_lane",
            ),
            models.UniqueConstraint(
                fields=["folder", "lane"],
                condition=Q(folder__isnull=False),
                name="one_annotation_set_per_sequence_and_lane",
            ),
            models.CheckConstraint(
                condition=Q(item=None, folder__isnull=False) | Q(item__isnull=False, folder=None),
                name="an_annotation_set_has_one_target",
            ),
        ]

    def __str__(self) -> str:
        return f"annotations of {self.item_id or self.folder_id}, version {self.version}"


class AnnotationVersion(models.Model):
    """Written at submit, accept and fix; never changed."""

    annotation_set = models.ForeignKey(AnnotationSet, on_delete=models.CASCADE, related_name="versions")
    task = models.ForeignKey(
        Task, null=True, on_delete=models.SET_NULL, related_name="versions", db_constraint=False
    )
    version = models.PositiveIntegerField()
    objects_json = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    event = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"version {self.version}"


class Draft(models.Model):
    """A save that came after the task was taken away: kept, shown to its author, changes nothing."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="drafts", db_constraint=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    objects_json = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "author"], name="one_draft_per_task_and_author")
        ]

    def __str__(self) -> str:
        return f"draft of task {self.task_id}"
