"""The Django admin: one file a thing, each beginning at `scoped.ScopedAdmin`."""

from annotation.admin import (
    batches,
    events,
    folders,
    items,
    keys,
    memberships,
    operations,
    projects,
    tasks,
    users,
    workspaces,
)

__all__ = [
    "batches",
    "events",
    "folders",
    "items",
    "keys",
    "memberships",
    "operations",
    "projects",
    "tasks",
    "users",
    "workspaces",
]
