"""The task table is updated all day: leave room on its pages and vacuum it early (PostgreSQL only)."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def tune(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE annotation_task SET (fillfactor = 90, "
            "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)"
        )


class Migration(migrations.Migration):
    dependencies = [("annotation", "0001_initial")]
    operations = [migrations.RunPython(tune, migrations.RunPython.noop)]
