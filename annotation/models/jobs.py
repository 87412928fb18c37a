"""Jobs: named packets of tasks given to people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.models.batches import Batch
from annotation.models.projects import Project


class Job(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    name = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class JobShare(models.Model):
    """One person's part of a job, in one role. `user` is null once they left: reserved for the job."""

    class Role(models.TextChoices):
        LABELER = "labeler"
        REVIEWER = "reviewer"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="job_shares"
    )
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "user", "role"], name="one_share_per_job_person_and_role"),
            models.CheckConstraint(
                condition=models.Q(role__in=["labeler", "reviewer"]), name="share_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or 'nobody'} in {self.job}"
