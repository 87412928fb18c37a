"""Projects: their stages, classes, settings and people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from annotation.models.workspaces import Workspace

REQUEST_MIN, REQUEST_MAX, REQUEST_DEFAULT = 1, 200, 10


class Project(models.Model):
    class Type(models.TextChoices):
        IMAGE = "image", "Image"
        IMAGE_LEGACY = "image_legacy", "Image (legacy)"

    class RequestPolicy(models.TextChoices):
        FINISH_FIRST = "finish_first", "Finish first"
        TOP_UP = "top_up", "Top up"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    type = models.CharField(max_length=20, choices=Type, default=Type.IMAGE)
    instructions = models.TextField(blank=True)
    request_item_number = models.PositiveSmallIntegerField(default=REQUEST_DEFAULT)
    request_policy = models.CharField(
        max_length=20, choices=RequestPolicy, default=RequestPolicy.FINISH_FIRST
    )
    allows_self_review = models.BooleanField(default=False)
    annotator_may_complete = models.BooleanField(default=False)
    is_on_hold = models.BooleanField(default=False)
    scale_name = models.CharField(max_length=200, null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        permissions = [
            ("enter_project", "Know that the project exists"),
            ("administer_project", "Batches, folders, settings, members, work on anybody's behalf"),
            ("see_all_items", "See every item, read-only"),
            ("request_annotation", "Request annotate tasks"),
            ("request_review", "Request review tasks"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="project_slug_unique_in_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "scale_name"], name="scale_name_of_project_unique_in_workspace"
            ),
            models.CheckConstraint(
                condition=models.Q(request_item_number__range=(REQUEST_MIN, REQUEST_MAX)),
                name="request_item_number_is_1_to_200",
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=["image", "image_legacy"]), name="project_type_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(request_policy__in=["finish_first", "top_up"]),
                name="request_policy_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One ordered step of the pipeline. Live chains keep the stages they were made with."""

    class Kind(models.TextChoices):
        ANNOTATE = "annotate"
        REVIEW = "review"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["project", "order"], name="stage_order_unique_in_project"),
            models.UniqueConstraint(fields=["project", "name"], name="stage_name_unique_in_project"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["annotate", "review"]), name="stage_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AnnotationClass(models.Model):
    """What an object may be. `color` is `#rrggbb`; `key` a digit 1..9 or empty."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=7, default="#3aa5ff")
    key = models.CharField(max_length=1, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="class_name_unique_in_project"),
            models.UniqueConstraint(
                fields=["project", "key"],
                condition=~models.Q(key=""),
                name="class_key_unique_in_project",
            ),
            models.CheckConstraint(
                condition=models.Q(color__regex=r"^#[0-9a-fA-F]{6}$"), name="class_color_is_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMembership(models.Model):
    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        QA = "qa", "QA"
        ANNOTATOR = "annotator", "Annotator"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships"
    )
    role = models.CharField(max_length=10, choices=Role)
    is_paused = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["user__email"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_person_and_project"),
            models.CheckConstraint(
                condition=models.Q(role__in=["admin", "qa", "annotator"]), name="project_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} of {self.project}"

    @property
    def stage_kind(self) -> str | None:
        """The kind of stage this role may request from; None for an admin."""
        return {"annotator": Stage.Kind.ANNOTATE, "qa": Stage.Kind.REVIEW}.get(self.role)


class ProjectGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """Guardian wants the pair; Mete grants to groups only."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)
