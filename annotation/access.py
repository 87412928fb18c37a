"""Who may do what where. Everything a door opens is fetched through here.

Not a member → `NotFound` (404): you may not know that it exists. A member without the right → `Forbidden` (403).
People edit memberships; `members/` keeps guardian's groups in step in the same transaction. Rights are read from
guardian: one `ObjectPermissionChecker` per actor, lists by a sub-query on the direct-foreign-key tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from annotation.errors import Forbidden, NotFound
from annotation.models import (
    Batch,
    Event,
    Folder,
    Item,
    Operation,
    Project,
    ProjectGroupObjectPermission,
    ProjectMembership,
    Task,
    Workspace,
    WorkspaceGroupObjectPermission,
    WorkspaceMembership,
)

GONE = "There is no such thing here, or you are not a member."

PROJECT_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "admin": ("enter_project", "administer_project", "see_all_items"),
    "qa": ("enter_project", "see_all_items", "request_review"),
    "annotator": ("enter_project", "request_annotation"),
}
"""What the guardian group of each project role is granted."""

WORKSPACE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "owner": ("enter_workspace", "administer_workspace"),
    "admin": ("enter_workspace", "administer_workspace"),
    "member": ("enter_workspace",),
}


def project_group_name(project_id: int, role: str) -> str:
    return f"project:{project_id}:{role}"


def workspace_group_name(workspace_id: int, role: str) -> str:
    return f"workspace:{workspace_id}:{role}"


@dataclass
class ProjectAccess:
    """One person's standing in one project. Two queries, once: their permissions and their membership."""

    project: Project
    user: User
    permissions: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_admin(self) -> bool:
        return "administer_project" in self.permissions

    @property
    def sees_all_items(self) -> bool:
        return self.is_admin or "see_all_items" in self.permissions

    @cached_property
    def membership(self) -> ProjectMembership | None:
        return ProjectMembership.objects.filter(project=self.project, user=self.user).first()

    @property
    def role(self) -> str | None:
        """The project role, or None for a workspace admin who is not listed in the project."""
        return self.membership.role if self.membership else None

    def require_admin(self) -> ProjectAccess:
        if not self.is_admin:
            raise Forbidden("Only an admin of this project may do this. Ask one of them.")
        return self


def workspaces_of(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(_workspace_right(user, "enter_workspace", "pk"))


def administered_workspaces(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(_workspace_right(user, "administer_workspace", "pk"))


def projects_of(user: User) -> QuerySet[Project]:
    """Projects the person may know of."""
    return Project.objects.filter(
        Q(_project_right(user, "enter_project", "pk"))
        | Q(_workspace_right(user, "administer_workspace", "workspace_id"))
    )


def administered_projects(user: User) -> QuerySet[Project]:
    return Project.objects.filter(
        Q(_project_right(user, "administer_project", "pk"))
        | Q(_workspace_right(user, "administer_workspace", "workspace_id"))
    )


def open_workspace(user: User, slug: str) -> Workspace:
    workspace = workspaces_of(user).filter(slug=slug).first()
    if workspace is None:
        raise NotFound(GONE)
    return workspace


def administer_workspace(user: User, slug: str) -> Workspace:
    workspace = open_workspace(user, slug)
    if not is_workspace_admin(user, workspace.pk):
        raise Forbidden("Only an admin of this workspace may do this. Ask one of them.")
    return workspace


def may_make_workspaces(user: User) -> bool:
    return user.is_superuser or administered_workspaces(user).exists()


def require_may_make_workspaces(user: User) -> None:
    if not may_make_workspaces(user):
        raise Forbidden("Only people who administer a workspace may make another one. Ask one of them.")


def is_workspace_admin(user: User, workspace_id: int) -> bool:
    """Whoever administers any workspace is staff (`members.groups` keeps it so): nobody else need be looked up."""
    return (
        user.is_staff
        and WorkspaceGroupObjectPermission.objects.filter(
            content_object=workspace_id, group__user=user, permission__codename="administer_workspace"
        ).exists()
    )


def project_access(user: User, project: Project) -> ProjectAccess:
    """The standing of `user` in `project`; `NotFound` where they may not know of it. Two queries."""
    names = set(
        ProjectGroupObjectPermission.objects.filter(content_object=project, group__user=user).values_list(
            "permission__codename", flat=True
        )
    )
    if "administer_project" not in names and is_workspace_admin(user, project.workspace_id):
        names |= set(PROJECT_PERMISSIONS["admin"])
    if "enter_project" not in names:
        raise NotFound(GONE)
    return ProjectAccess(project, user, frozenset(names))


def open_project(user: User, *, pk: int | None = None, workspace: str = "", slug: str = "") -> ProjectAccess:
    """By id, or by the slugs of its workspace and itself."""
    found = Project.objects.select_related("workspace")
    project = (
        found.filter(pk=pk).first()
        if pk is not None
        else found.filter(workspace__slug=workspace, slug=slug).first()
    )
    if project is None:
        raise NotFound(GONE)
    return project_access(user, project)


def open_folder(user: User, pk: int) -> tuple[Folder, ProjectAccess]:
    folder = Folder.objects.select_related("project__workspace").filter(pk=pk).first()
    if folder is None:
        raise NotFound(GONE)
    return folder, project_access(user, folder.project)


def open_batch(user: User, pk: int) -> tuple[Batch, ProjectAccess]:
    """Batches are the admins' business: others of the project get 403."""
    batch = Batch.objects.select_related("project__workspace").filter(pk=pk).first()
    if batch is None:
        raise NotFound(GONE)
    return batch, project_access(user, batch.project).require_admin()


def open_operation(user: User, pk: UUID) -> tuple[Operation, ProjectAccess]:
    operation = Operation.objects.select_related("project__workspace", "batch").filter(pk=pk).first()
    if operation is None:
        raise NotFound(GONE)
    return operation, project_access(user, operation.project).require_admin()


def open_item(user: User, pk: int) -> tuple[Item, ProjectAccess]:
    """An item the person may see: admins and QAs all of the project's, others those they are or were the worker of."""
    item = Item.objects.select_related("project__workspace", "folder").filter(pk=pk, archived_at=None).first()
    if item is None:
        raise NotFound(GONE)
    access = project_access(user, item.project)
    if not access.sees_all_items and not items_visible_to(access).filter(pk=item.pk).exists():
        raise NotFound(GONE)
    return item, access


def open_task(user: User, pk: int) -> tuple[Task, ProjectAccess]:
    """A task the person may see. What they may do with it is the move table's matter."""
    task = (
        Task.objects.select_related("project__workspace", "folder", "item", "stage", "batch", "assignee")
        .filter(pk=pk)
        .first()
    )
    if task is None:
        raise NotFound(GONE)
    access = project_access(user, task.project)
    mine = user.pk in {task.assignee_id, task.done_by_id, task.author_id, task.previous_by_id}
    if not (access.sees_all_items or mine or _worked_on(user, task) or once_held(user, task)):
        raise NotFound(GONE)
    return task, access


def items_visible_to(access: ProjectAccess) -> QuerySet[Item]:
    items = Item.objects.filter(project=access.project, archived_at=None)
    if access.sees_all_items:
        return items
    return items.filter(
        pk__in=Task.objects.filter(project=access.project)
        .filter(Q(assignee=access.user) | Q(done_by=access.user))
        .values("item_id")
    )


def tasks_visible_to(access: ProjectAccess) -> QuerySet[Task]:
    tasks = Task.objects.filter(project=access.project)
    if access.sees_all_items:
        return tasks
    return tasks.filter(Q(assignee=access.user) | Q(done_by=access.user))


def _worked_on(user: User, task: Task) -> bool:
    """A worker of any stage of an item may look at all its stages."""
    if task.item_id is None:
        return False
    return Task.objects.filter(Q(assignee=user) | Q(done_by=user), item_id=task.item_id).exists()


def once_held(user: User, task: Task) -> bool:
    """Whoever lost a task may still send the save that was under way: it becomes their draft."""
    return Event.objects.filter(Q(from_holder_id=user.pk) | Q(to_holder_id=user.pk), task_id=task.pk).exists()


def _workspace_right(user: User, codename: str, outer: str) -> Exists:
    return Exists(
        WorkspaceGroupObjectPermission.objects.filter(
            content_object_id=OuterRef(outer), permission__codename=codename, group__user=user
        )
    )


def _project_right(user: User, codename: str, outer: str) -> Exists:
    return Exists(
        ProjectGroupObjectPermission.objects.filter(
            content_object_id=OuterRef(outer), permission__codename=codename, group__user=user
        )
    )


def workspace_membership(user: User, workspace_id: int) -> WorkspaceMembership | None:
    return WorkspaceMembership.objects.filter(user=user, workspace_id=workspace_id).first()
