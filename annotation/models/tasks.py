"""Tasks: one target at one stage, held by at most one person. The narrow table the queue walks.

What a claim filters or sorts by stands on the row (see tests/bench/requests). A *chain* is the tasks of one
target in one batch. `db_constraint=False` on project, folder and stage: bulk inserts are four times faster,
and `manage.py check_integrity` looks for rows that point nowhere.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Lookup, Q
from django.utils import timezone

from annotation.models.batches import Batch
from annotation.models.fields import SORT_KEY_MAX, SortField
from annotation.models.jobs import Job, JobShare
from annotation.models.library import NO_PRIORITY, Folder, Item
from annotation.models.projects import Project, Stage


class IsOpen(Lookup):
    """`status IN (…)` in literals: SQLite uses a partial index only when the query holds the same ones."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN ('ready', 'in_progress', 'rejected')", params


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> TaskQuerySet:
        """Ready, in progress or rejected."""
        return self.filter(IsOpen(F("status"), True))

    def held_by(self, user_id: int) -> TaskQuerySet:
        """Open tasks of one person; walks the index `task_mine`."""
        return self.open().filter(assignee_id=user_id)

    def live(self) -> TaskQuerySet:
        return self.filter(is_live=True)

    def chain_of(self, task: Task) -> TaskQuerySet:
        """All tasks of the same target in the same batch, first stage first."""
        target: dict[str, object] = (
            {"item_id": task.item_id} if task.item_id else {"item": None, "folder_id": task.folder_id}
        )
        return self.filter(batch_id=task.batch_id, target=task.target, part=task.part, **target).order_by(
            "stage_order"
        )


class Task(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        IN_PROGRESS = "in_progress"
        SUBMITTED = "submitted"
        REJECTED = "rejected"
        ACCEPTED = "accepted"
        SKIPPED = "skipped"
        CANCELLED = "cancelled"

    class Target(models.TextChoices):
        FRAME = "frame"
        SEQUENCE = "sequence"
        OBJECT = "object"
        FRAME_ATTRIBUTE = "frame_attribute"
        DATASET_ATTRIBUTE = "dataset_attribute"

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="tasks", db_constraint=False, db_index=False
    )
    folder = models.ForeignKey(
        Folder, on_delete=models.PROTECT, related_name="tasks", db_constraint=False, db_index=False
    )
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="tasks", db_constraint=False, db_index=False
    )
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    share = models.ForeignKey(
        JobShare, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    target = models.CharField(max_length=20, choices=Target, default=Target.FRAME)
    part = models.CharField(max_length=36, blank=True, default="")
    """The object's uuid or the attribute's id; empty for frames and sequences."""
    lane = models.PositiveIntegerField(default=0)
    stage_kind = models.CharField(max_length=10, choices=Stage.Kind)
    stage_order = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status)
    is_live = models.BooleanField(default=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        db_index=False,
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    """Who submitted, accepted or skipped it."""
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    """On a review task: who made the work it looks at."""
    previous_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    """Who moved the stage before."""
    priority_key = models.FloatField(default=NO_PRIORITY)
    sort_key = SortField(max_length=SORT_KEY_MAX)
    reason = models.CharField(max_length=2000, blank=True, default="")
    """The words of the last reject, send back or skip."""
    created_at = models.DateTimeField(default=timezone.now)
    given_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(default=timezone.now)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "stage", "lane"],
                condition=Q(is_live=True, target="frame"),
                name="one_live_frame_task_per_item_stage_and_lane",
            ),
            models.UniqueConstraint(
                fields=["folder", "stage", "lane"],
                condition=Q(is_live=True, target="sequence"),
                name="one_live_sequence_task_per_folder_stage_and_lane",
            ),
            models.UniqueConstraint(
                fields=["item", "part", "stage", "lane"],
                condition=Q(is_live=True, target__in=["object", "frame_attribute"]),
                name="one_live_part_task_per_item_stage_and_lane",
            ),
            models.UniqueConstraint(
                fields=["folder", "part", "stage", "lane"],
                condition=Q(is_live=True, target="dataset_attribute"),
                name="one_live_attribute_task_per_folder_stage_and_lane",
            ),
            models.CheckConstraint(
                condition=Q(target__in=["sequence", "dataset_attribute"], item=None)
                | Q(target__in=["frame", "object", "frame_attribute"], item__isnull=False),
                name="a_task_has_the_target_its_kind_says",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "waiting",
                        "ready",
                        "in_progress",
                        "submitted",
                        "rejected",
                        "accepted",
                        "skipped",
                        "cancelled",
                    ]
                ),
                name="task_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(stage_kind__in=["annotate", "review"]), name="task_stage_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_live=True) | Q(status__in=["accepted", "skipped", "cancelled"]),
                name="only_an_ended_task_leaves_the_live_chain",
            ),
        ]
        indexes = [
            models.Index(
                fields=["folder", "stage_kind", "stage_order", "batch", "priority_key", "sort_key", "id"],
                condition=Q(
                    assignee=None,
                    job=None,
                    status__in=["ready", "in_progress", "rejected"],
                    target__in=["frame", "sequence"],
                ),
                name="task_queue",
            ),
            models.Index(
                fields=["assignee", "project", "stage_kind"],
                condition=Q(assignee__isnull=False, status__in=["ready", "in_progress", "rejected"]),
                name="task_mine",
            ),
            models.Index(fields=["item", "batch"], name="task_of_item"),
            models.Index(fields=["batch", "id"], name="task_of_batch"),
            models.Index(fields=["batch", "id"], condition=Q(is_live=True), name="live_task_of_batch"),
            models.Index(
                fields=["assignee", "moved_at"], condition=Q(assignee__isnull=False), name="task_of_person"
            ),
            models.Index(
                fields=["done_by", "project"], condition=Q(done_by__isnull=False), name="task_done_by_person"
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.READY, self.Status.IN_PROGRESS, self.Status.REJECTED}
