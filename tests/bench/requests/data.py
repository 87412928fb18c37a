"""A project of N items in 100 folders, all at work in one batch, and people who ask for them."""

from __future__ import annotations

from django.db import connection

from accounts.models import User
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Batch, Folder, Project, ProjectMembership, Stage, Task
from annotation.models.fields import sort_key

FOLDERS = 100
PEOPLE = 6400
PORTION = 50


def make_project(items: int, folders: int = FOLDERS) -> Project:
    """The first folder, which everybody wants first, holds a tenth of the items (all of them, where it is the only
    one); the others share the rest."""
    name = f"{items:,} items in {folders}"
    ada = User.objects.create_user(f"ada-{items}-{folders}@example.com", None)
    project = create_project(create_workspace(name, owner=ada), name=name, by=ada)
    Project.objects.filter(pk=project.pk).update(request_item_number=PORTION)
    people = User.objects.bulk_create(
        User(email=f"p{number}-{items}-{folders}@example.com", password="!") for number in range(PEOPLE)
    )
    ProjectMembership.objects.bulk_create(
        ProjectMembership(project=project, user=person, role="annotator") for person in people
    )
    names = [f"f{number:03}" for number in range(folders)]
    made = Folder.objects.bulk_create(Folder(project=project, name=n, sort_key=sort_key(n)) for n in names)
    batch = _batch(project, "Running", Batch.Status.IN_PROGRESS)
    first = items if folders == 1 else items // 10
    fill(project, batch, made[0], first, priority=0)
    for folder in made[1:]:
        fill(project, batch, folder, (items - first) // (folders - 1), priority=0)
    settle()
    return project


def put_paused_in_front(project: Project, n: int) -> None:
    """`n` tasks of a paused batch with a higher priority, in the folder that everybody wants first."""
    folder = Folder.objects.get(project=project, name="f000")
    fill(project, _batch(project, "Paused", Batch.Status.PAUSED), folder, n, priority=9)
    settle()


def fill(project: Project, batch: Batch, folder: Folder, n: int, *, priority: int) -> None:
    is_postgres = connection.vendor == "postgresql"
    numbers = (
        "generate_series(1, %(n)s) AS i"
        if is_postgres
        else "(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %(n)s) SELECT i FROM c)"
    )
    text = "chr(1)" if is_postgres else "char(1)"
    number = "lpad(i::text, 8, '0')" if is_postgres else "substr('00000000' || i, -8)"
    empty = "'{}'::jsonb" if is_postgres else "'{}'"
    true = "TRUE" if is_postgres else "1"
    parameters = {
        "n": n, "project": project.pk, "folder": folder.pk, "batch": batch.pk, "prefix": f"b{batch.pk}-",
        "priority": priority, "now": "2026-11-01 00:00:00+00:00" if is_postgres else "2026-11-01 00:00:00",
    }  # fmt: skip
    name = f"%(prefix)s || {number} || '.jpg'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO annotation_item (project_id, folder_id, name, sort_key, status, priority, metadata, url,
                  file, thumbnail, thumbnail_error, content_type, exif_turn, created_at, is_copy)
                SELECT %(project)s, %(folder)s, {name}, {name} || {text} || {name}, 'not_started', %(priority)s,
                  {empty}, 'https://pictures.example/a', '', '', '', '', 1, %(now)s, NOT {true}
                FROM {numbers}""",
            parameters,
        )
        for stage in Stage.objects.filter(project=project):
            cursor.execute(
                f"""INSERT INTO annotation_task (project_id, folder_id, stage_id, batch_id, item_id, target, part,
                      lane, stage_kind, stage_order, status, is_live, priority_key, sort_key, reason, created_at,
                      moved_at)
                    SELECT project_id, folder_id, %(stage)s, %(batch)s, id, 'frame', '', 0, %(kind)s, %(order)s,
                      %(status)s, {true}, -priority, sort_key, '', %(now)s, %(now)s
                    FROM annotation_item WHERE folder_id = %(folder)s AND priority = %(priority)s""",
                {
                    **parameters,
                    "stage": stage.pk,
                    "kind": stage.kind,
                    "order": stage.order,
                    "status": "ready" if stage.order == 1 else "waiting",
                },
            )
    Batch.objects.filter(pk=batch.pk).update(target_count=n, task_count=2 * n)


def restore(project: Project, vacuums: bool) -> None:
    """What was handed out is free again."""
    Task.objects.filter(project=project, stage_order=1).exclude(assignee=None).update(assignee=None)
    if vacuums:
        settle("annotation_task")


def settle(table: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {table}" if connection.vendor == "postgresql" else f"ANALYZE {table}")


def _batch(project: Project, name: str, status: str) -> Batch:
    return Batch.objects.create(project=project, name=name, status=status, is_open=False)
