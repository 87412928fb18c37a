"""Which items a batch is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotation.errors import Invalid
from annotation.models import Batch, Folder, Item, Project, Task, Upload

MAX_PICK = 10_000
METHODS = (Batch.Method.ALL, Batch.Method.PICK, Batch.Method.UPLOAD)


@dataclass(frozen=True)
class Selection:
    """`method` is all, pick (with `item_ids`) or upload (with `upload_id`); `folder_id` keeps to one folder.

    `exclude_batched` leaves out what was in a launched production batch before.
    """

    method: str = Batch.Method.ALL
    folder_id: int | None = None
    upload_id: int | None = None
    item_ids: Sequence[int] = field(default_factory=tuple)
    exclude_batched: bool = False

    def check(self, project: Project) -> Selection:
        """Raises `Invalid` where it names what is not there."""
        if self.method not in METHODS:
            raise Invalid(
                f"“{self.method}” is no way to fill a batch. Use all, pick or upload.", field="method"
            )
        if self.method == Batch.Method.PICK:
            self._check_pick(project)
        if self.method == Batch.Method.UPLOAD:
            if self.upload_id is None:
                raise Invalid("Name the upload to fill the batch with.", field="upload")
            if not Upload.objects.filter(pk=self.upload_id, project=project).exists():
                raise Invalid("There is no such upload in this project.", field="upload")
        if (
            self.folder_id is not None
            and not Folder.objects.filter(pk=self.folder_id, project=project).exists()
        ):
            raise Invalid("There is no such folder in this project.", field="folder")
        return self

    def _check_pick(self, project: Project) -> None:
        ids = set(self.item_ids)
        if not ids:
            raise Invalid("Pick at least one image.", field="item_ids")
        if len(ids) > MAX_PICK:
            raise Invalid(f"These are {len(ids):,} images. Pick at most {MAX_PICK:,}.", field="item_ids")
        missing = sorted(ids - _known(project, ids))
        if missing:
            raise Invalid(
                f"{len(missing):,} of the picked images are not in this project; the first is {missing[0]}.",
                field="item_ids",
                missing=missing[:100],
            )

    def items(self, project: Project) -> QuerySet[Item]:
        """All of them, whether or not they can be put to work now."""
        items = Item.objects.present().filter(project=project)
        if self.method == Batch.Method.PICK:
            items = items.filter(pk__in=sorted(set(self.item_ids)))
        if self.method == Batch.Method.UPLOAD:
            items = items.filter(upload=self.upload_id)
        if self.folder_id is not None:
            items = items.filter(folder=self.folder_id)
        return items

    def as_json(self) -> dict[str, Any]:
        return {
            "method": str(self.method),
            "folder_id": self.folder_id,
            "upload_id": self.upload_id,
            "item_ids": sorted(set(self.item_ids)),
            "exclude_batched": self.exclude_batched,
        }


def selection_of(batch: Batch) -> Selection:
    return Selection(**batch.selection)


def at_work(lane: int = 0) -> Exists:
    """Of an item: a chain of it is live in this lane."""
    return Exists(Task.objects.filter(item_id=OuterRef("pk"), lane=lane, is_live=True, target="frame"))


def sent_out() -> Exists:
    """Of an item: it was in a launched production batch."""
    return Exists(
        Task.objects.filter(
            item_id=OuterRef("pk"),
            target="frame",
            batch__kind=Batch.Kind.PRODUCTION,
            batch__launched_at__isnull=False,
        )
    )


def _known(project: Project, ids: set[int]) -> set[int]:
    return set(
        Item.objects.present().filter(project=project, pk__in=sorted(ids)).values_list("pk", flat=True)
    )
