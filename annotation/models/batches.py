"""Batches: sets of targets put to work. No batch, no tasks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.models.projects import Project


class BatchQuerySet(models.QuerySet["Batch"]):
    def running(self) -> BatchQuerySet:
        return self.filter(status=Batch.Status.IN_PROGRESS)


class Batch(models.Model):
    class Kind(models.TextChoices):
        PRODUCTION = "production", "Production"
        CALIBRATION = "calibration", "Calibration"
        SELF_LABEL = "self_label", "Self label"

    class Status(models.TextChoices):
        BUILDING = "building", "Building"
        STAGING = "staging", "Staging"
        IN_PROGRESS = "in_progress", "In progress"
        PAUSED = "paused", "Paused"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    class Method(models.TextChoices):
        ALL = "all", "All images"
        PICK = "pick", "My own pick"
        RANDOM = "random", "Random"
        FIRST_UPLOADED = "first_uploaded", "First uploaded"
        LAST_UPLOADED = "last_uploaded", "Last uploaded"
        QUERY = "query", "Query"
        UPLOAD = "upload", "Direct upload"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRODUCTION)
    status = models.CharField(max_length=12, choices=Status, default=Status.BUILDING)
    method = models.CharField(max_length=16, choices=Method, default=Method.ALL)
    selection = models.JSONField(default=dict, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    lane = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    stays_open = models.BooleanField(default=False)
    is_stream = models.BooleanField(default=False)
    launch_when_built = models.BooleanField(default=False)
    rank = models.PositiveIntegerField(null=True, blank=True)
    offered_to_everyone = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True, blank=True)
    task_count = models.BigIntegerField(default=0)
    target_count = models.BigIntegerField(default=0)
    left_out = models.JSONField(default=dict, blank=True)
    scale_name = models.CharField(max_length=200, null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    launched_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    """Since when it ends: what nobody held or started leaves it, the rest runs to its end."""
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = [models.F("rank").asc(nulls_last=True), "-created_at", "-id"]
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="batch_name_unique_in_project"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(is_stream=True), name="one_stream_per_project"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["building", "staging", "in_progress", "paused", "completed", "cancelled"]
                ),
                name="batch_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["production", "calibration", "self_label"]),
                name="batch_kind_is_known",
            ),
        ]
        indexes = [models.Index(fields=["project", "status"], name="batch_by_status")]

    def __str__(self) -> str:
        return self.name


class BatchOffer(models.Model):
    """A person a batch is offered to, where it is not offered to everyone."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="offers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "user"], name="one_offer_per_batch_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.batch} for {self.user}"
