"""The Django admin: one file a thing, each beginning at `scoped.ScopedAdmin`."""

from annotation.admin import events, items, keys, memberships, projects, tasks, users, workspaces

__all__ = ["events", "items", "keys", "memberships", "projects", "tasks", "users", "workspaces"]
