"""How many items of which status a folder and a batch have.

A move appends a delta instead of updating a row that everybody else waits for; a read adds the deltas to the
counts; a beat folds them in. See `annotation.workflow.counts`.
"""

from __future__ import annotations

from django.db import models


class Scope(models.TextChoices):
    FOLDER = "folder"
    BATCH = "batch"


class Count(models.Model):
    """`n` items of `status` in one folder (by Item.status) or one batch (by the item status of its chains)."""

    project_id = models.BigIntegerField()
    scope = models.CharField(max_length=6, choices=Scope)
    scope_id = models.BigIntegerField()
    status = models.CharField(max_length=20)
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "status"], name="one_count_per_scope_and_status"
            )
        ]
        indexes = [models.Index(fields=["project_id", "scope"], name="count_of_project")]

    def __str__(self) -> str:
        return f"{self.n} {self.status} in {self.scope} {self.scope_id}"


class CountDelta(models.Model):
    project_id = models.BigIntegerField()
    scope = models.CharField(max_length=6, choices=Scope)
    scope_id = models.BigIntegerField()
    status = models.CharField(max_length=20)
    n = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["project_id", "scope"], name="delta_of_project")]

    def __str__(self) -> str:
        return f"{self.n:+} {self.status} in {self.scope} {self.scope_id}"
