"""Folders, uploads and items: what a project holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.models.fields import NAME_MAX, SORT_KEY_MAX, SortField
from annotation.models.projects import Project

NO_PRIORITY = 1e300
"""`priority_key` of an item without a priority: ascending order puts it last on both databases."""


def priority_key(priority: float | None) -> float:
    return NO_PRIORITY if priority is None else -priority


class Folder(models.Model):
    """A flat, named, ordered container. Every project has one root row, named `root`."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual"
        SEQUENCE = "sequence"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=NAME_MAX)
    sort_key = SortField(max_length=SORT_KEY_MAX)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INDIVIDUAL)
    is_root = models.BooleanField(default=False)
    is_on_hold = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["is_root", "sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sort_key"],
                condition=models.Q(is_root=False),
                name="folder_name_unique_in_project",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_root=True), name="one_root_folder_per_project"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["individual", "sequence"]), name="folder_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return "Root" if self.is_root else self.name


class FolderAssignment(models.Model):
    """Data, not a permission: a folder with people of a role is open, for that role, only to them."""

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="folder_assignments"
    )
    role = models.CharField(max_length=10, choices=[("annotator", "Annotator"), ("qa", "QA")])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "user", "role"], name="one_assignment_per_folder_person_and_role"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["annotator", "qa"]), name="assignment_role_is_known"
            ),
        ]
        indexes = [models.Index(fields=["user", "role"], name="assignment_of_person")]

    def __str__(self) -> str:
        return f"{self.folder} for {self.user}"


class Upload(models.Model):
    """A named set of items that came in together; may grow for ever."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=NAME_MAX)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="upload_name_unique_in_project"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemQuerySet(models.QuerySet["Item"]):
    def present(self) -> ItemQuerySet:
        return self.filter(archived_at=None)


class Item(models.Model):
    """One image. `width` and `height` are pixels as shown (EXIF turn applied), null until first seen.

    Either `file` (a storage key) or `url` is set. `id` grows in upload order.
    """

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        QUALITY_CHECK = "quality_check", "Quality check"
        RETURNED = "returned", "Returned"
        COMPLETED = "completed", "Completed"
        SKIPPED = "skipped", "Skipped"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="items")
    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="items")
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="items")
    name = models.CharField(max_length=NAME_MAX)
    sort_key = SortField(max_length=SORT_KEY_MAX)
    status = models.CharField(max_length=20, choices=Status, default=Status.NOT_STARTED)
    priority = models.FloatField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    file = models.CharField(max_length=300, blank=True)
    thumbnail = models.CharField(max_length=300, blank=True)
    thumbnail_error = models.CharField(max_length=300, blank=True)
    content_type = models.CharField(max_length=50, blank=True)
    size_bytes = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    exif_turn = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_copy = models.BooleanField(default=False)
    """True where the same content was let in on purpose (a dialect that stores every task's own item)."""

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "sort_key"],
                condition=models.Q(archived_at=None),
                name="item_name_unique_in_folder",
            ),
            models.UniqueConstraint(
                fields=["project", "sha256"],
                condition=models.Q(archived_at=None, is_copy=False),
                name="item_content_unique_in_project",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[
                        "not_started",
                        "in_progress",
                        "quality_check",
                        "returned",
                        "completed",
                        "skipped",
                    ]
                ),
                name="item_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(priority=None) | models.Q(priority__range=(-1e9, 1e9)),
                name="item_priority_is_finite",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "sort_key", "id"], name="item_by_name"),
            models.Index(fields=["project", "status", "sort_key", "id"], name="item_by_status"),
            models.Index(fields=["folder", "status", "sort_key", "id"], name="item_by_folder_status"),
            models.Index(fields=["upload", "id"], name="item_by_upload"),
            models.Index(
                fields=["id"],
                condition=models.Q(thumbnail="", thumbnail_error="", archived_at=None),
                name="item_without_thumbnail",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """`folder/name`, or the name alone for the root. Reads the folder."""
        return self.name if self.folder.is_root else f"{self.folder.name}/{self.name}"
