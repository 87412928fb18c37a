from annotation.models.annotations import AnnotationSet, AnnotationVersion, Draft
from annotation.models.batches import Batch, BatchOffer
from annotation.models.counts import Count, CountDelta
from annotation.models.events import Event
from annotation.models.jobs import Job, JobShare
from annotation.models.library import Folder, FolderAssignment, Item, Upload
from annotation.models.operations import IdempotentAnswer, Operation
from annotation.models.projects import (
    AnnotationClass,
    Project,
    ProjectGroupObjectPermission,
    ProjectMembership,
    ProjectUserObjectPermission,
    Stage,
)
from annotation.models.tasks import Task
from annotation.models.workspaces import (
    Workspace,
    WorkspaceGroupObjectPermission,
    WorkspaceMembership,
    WorkspaceUserObjectPermission,
)

__all__ = [
    "AnnotationClass",
    "AnnotationSet",
    "AnnotationVersion",
    "Batch",
    "BatchOffer",
    "Count",
    "CountDelta",
    "Draft",
    "Event",
    "Folder",
    "FolderAssignment",
    "IdempotentAnswer",
    "Item",
    "Job",
    "JobShare",
    "Operation",
    "Project",
    "ProjectGroupObjectPermission",
    "ProjectMembership",
    "ProjectUserObjectPermission",
    "Stage",
    "Task",
    "Upload",
    "Workspace",
    "WorkspaceGroupObjectPermission",
    "WorkspaceMembership",
    "WorkspaceUserObjectPermission",
]
