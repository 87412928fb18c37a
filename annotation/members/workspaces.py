from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import User
from annotation.members.groups import make_workspace_groups, put_into_workspace_group
from annotation.members.slugs import free_slug
from annotation.models import Workspace, WorkspaceMembership
from annotation.models.titles import clean_title

RESERVED = {"new", "admin", "api", "static"}


@transaction.atomic
def create_workspace(name: str, *, owner: User) -> Workspace:
    """Make a tenant and its first owner. Raises `Invalid` for a name that cannot be one."""
    name = clean_title(name, "workspace", 100)
    workspace = _made(name)
    make_workspace_groups(workspace)
    WorkspaceMembership.objects.create(workspace=workspace, user=owner, role="owner")
    put_into_workspace_group(workspace, owner, "owner")
    return workspace


def _made(name: str) -> Workspace:
    """Another one of this name may be made at this moment: then the next address is taken."""
    while True:
        slug = free_slug(name, 60, _is_taken, otherwise="workspace")
        try:
            with transaction.atomic():
                return Workspace.objects.create(name=name, slug=slug)
        except IntegrityError:
            if not _is_taken(slug):
                raise


def _is_taken(slug: str) -> bool:
    return slug in RESERVED or Workspace.objects.filter(slug=slug).exists()
