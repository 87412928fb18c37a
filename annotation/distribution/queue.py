"""The queue of the database in use. Both modules have `turn`, `heads` and `claim` with the same meaning."""

from __future__ import annotations

from types import ModuleType

from django.db import connection

from annotation.distribution import queue_postgres, queue_sqlite


def queue() -> ModuleType:
    return queue_postgres if connection.vendor == "postgresql" else queue_sqlite
