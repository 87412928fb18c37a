"""Arrange what a test needs, in as few words as possible."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from annotation.models import Batch, Folder, FolderAssignment, Item, Project, Stage, Task
from annotation.models.fields import sort_key
from annotation.models.library import priority_key
from annotation.workflow import counts


def make_folder(project: Project, name: str) -> Folder:
    return Folder.objects.create(project=project, name=name, sort_key=sort_key(name))


def make_items(
    project: Project,
    folder: Folder | None = None,
    n: int = 1,
    prefix: str = "img",
    priority: float | None = None,
) -> list[Item]:
    """`n` items of 640 × 480 pixels named `<prefix>-001.jpg` and so on; in the root unless a folder is given."""
    folder = folder or project.folders.get(is_root=True)
    names = [f"{prefix}-{i:03}.jpg" for i in range(1, n + 1)]
    items = Item.objects.bulk_create(
        Item(
            project=project,
            folder=folder,
            name=name,
            sort_key=sort_key(name),
            priority=priority,
            width=640,
            height=480,
            url=f"https://pictures.example/{name}",
        )
        for name in names
    )
    counts.add_deltas(project.pk, [("folder", folder.pk, "not_started", n)])
    return items


def make_batch(
    project: Project,
    items: Sequence[Item] | None = None,
    *,
    name: str = "Batch",
    status: str = Batch.Status.IN_PROGRESS,
    rank: int | None = None,
) -> Batch:
    """A batch with one chain per item, written as rows: what `batches.fill` does, without an Operation."""
    items = list(project.items.all()) if items is None else items
    stages = list(Stage.objects.filter(project=project).order_by("order"))
    batch = Batch.objects.create(
        project=project,
        name=name,
        status=status,
        rank=rank,
        is_open=status == "staging",
        target_count=len(items),
        task_count=len(items) * len(stages),
    )
    for stage in stages:
        Task.objects.bulk_create(
            Task(
                project=project,
                folder_id=item.folder_id,
                stage=stage,
                batch=batch,
                item=item,
                stage_kind=stage.kind,
                stage_order=stage.order,
                status="ready" if stage == stages[0] else "waiting",
                priority_key=priority_key(item.priority),
                sort_key=item.sort_key,
            )
            for item in items
        )
    counts.add_deltas(project.pk, [("batch", batch.pk, "not_started", len(items))])
    return batch


def assign(folder: Folder, *people: User, role: str = "annotator") -> None:
    FolderAssignment.objects.bulk_create(FolderAssignment(folder=folder, user=p, role=role) for p in people)
