"""What a key reaches: what its person may see, inside the key's own workspace. Everything else does not exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts.models import User
from annotation import access
from annotation.access import GONE, ProjectAccess
from annotation.api.auth import caller, key_of
from annotation.api.parser import refuse_bad_text
from annotation.errors import Invalid, NotFound
from annotation.models import Batch, Folder, Item, Operation, Project, Task, Workspace


def workspace(request: HttpRequest, slug: str) -> Workspace:
    if slug != key_of(request).workspace.slug:
        raise NotFound(GONE)
    return access.open_workspace(caller(request), slug)


def workspace_to_administer(request: HttpRequest, slug: str) -> Workspace:
    return access.administer_workspace(caller(request), workspace(request, slug).slug)


def project(request: HttpRequest, pk: int) -> ProjectAccess:
    return _inside(request, access.open_project(caller(request), pk=pk))


def project_to_administer(request: HttpRequest, pk: int) -> ProjectAccess:
    return project(request, pk).require_admin()


def folder(request: HttpRequest, pk: int) -> tuple[Folder, ProjectAccess]:
    found, standing = access.open_folder(caller(request), pk)
    return found, _inside(request, standing)


def batch(request: HttpRequest, pk: int) -> tuple[Batch, ProjectAccess]:
    _project_of(request, Batch, pk)
    found, standing = access.open_batch(caller(request), pk)
    return found, standing


def operation(request: HttpRequest, pk: UUID) -> tuple[Operation, ProjectAccess]:
    _project_of(request, Operation, pk)
    return access.open_operation(caller(request), pk)


def item(request: HttpRequest, pk: int) -> tuple[Item, ProjectAccess]:
    found, standing = access.open_item(caller(request), pk)
    return found, _inside(request, standing)


def task(request: HttpRequest, pk: int) -> tuple[Task, ProjectAccess]:
    found, standing = access.open_task(caller(request), pk)
    return found, _inside(request, standing)


def folder_named(of: Project, name: str) -> Folder:
    """A folder by its name; `root` is the root."""
    wanted = {"is_root": True} if name == "root" else {"name": name, "is_root": False}
    found = Folder.objects.filter(project=of, **wanted).first()
    if found is None:
        raise Invalid(f"There is no folder “{name[:100]}” in this project. Make it first.", field="folder")
    return found


def workspace_member(of: Workspace, email: str, field: str) -> User:
    """A member of the workspace by e-mail, upper or lower case."""
    refuse_bad_text(email)
    found = User.objects.filter(workspace_memberships__workspace=of, email=email.strip().lower()).first()
    if found is None:
        raise Invalid(f"{email[:100]} is not a member of this workspace. Add them first.", field=field)
    return found


def workspace_member_at(of: Workspace, email: str) -> User:
    """The member an address names: absent is 404."""
    found = User.objects.filter(
        workspace_memberships__workspace=of, email=email.replace("\0", "").strip().lower()
    ).first()
    if found is None:
        raise NotFound(GONE)
    return found


def project_members(of: Project, emails: list[str], field: str) -> list[User]:
    """Members of the project by e-mail, in the order named, each once."""
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
    found = {
        user.email: user for user in User.objects.filter(project_memberships__project=of, email__in=wanted)
    }
    missing = [email for email in wanted if email not in found]
    if missing:
        raise Invalid(f"{missing[0][:100]} is not a member of this project. Add them first.", field=field)
    return [found[email] for email in wanted]


def _inside(request: HttpRequest, standing: ProjectAccess) -> ProjectAccess:
    if standing.project.workspace_id != key_of(request).workspace_id:
        raise NotFound(GONE)
    return standing


def _project_of(request: HttpRequest, model: type[Batch | Operation], pk: Any) -> None:
    """Before `access` may say 403: a thing of another workspace is 404 for this key, whoever its person is."""
    if not model._default_manager.filter(pk=pk, project__workspace_id=key_of(request).workspace_id).exists():
        raise NotFound(GONE)
