"""Direct upload: pictures that come in, as files or by address, and go straight into an open batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from django.db import transaction

from accounts.models import User
from annotation.batches.add import add_items, open_batch_named
from annotation.batches.chains import Made
from annotation.batches.life import launch
from annotation.catalog.addresses import AddedAddresses, Address, add_addresses, check_addresses
from annotation.catalog.folders import folder_name, get_or_create_folders, root_of
from annotation.catalog.intake import Added, add_file
from annotation.catalog.uploads import get_or_create_upload
from annotation.errors import Invalid
from annotation.models import Batch, Folder, Item, Project, Upload


@dataclass(frozen=True)
class Direct:
    """Where pictures go beside their folder. Upload and batch by name, made if new.

    `launches` launches the batch after the call. Pictures that were there before join the batch too, unless they were
    sent out already: so a call whose answer was lost may be repeated.
    """

    upload: str | None = None
    batch: str | None = None
    launches: bool = False

    def open(self, project: Project, by: User, door: str) -> tuple[Upload | None, Batch | None]:
        """Raises `Invalid` for a bad name and `BatchClosed`; then neither is made."""
        if self.launches and self.batch is None:
            raise Invalid("Name the batch to launch.", field="batch")
        with transaction.atomic():
            batch = (
                open_batch_named(project, self.batch, by=by, door=door) if self.batch is not None else None
            )
            upload = get_or_create_upload(project, self.upload, by=by) if self.upload is not None else None
        return upload, batch


@dataclass
class PutToWork:
    """The batch as it is now, and what became of the pictures in it."""

    batch: Batch
    made: Made


def add_addresses_directly(
    project: Project, rows: Sequence[Address], *, by: User, direct: Direct, door: str = "api"
) -> tuple[AddedAddresses, PutToWork | None]:
    """As `add_addresses`. Raises besides `BatchClosed`; then nothing is written."""
    check_addresses(rows)
    upload, batch = direct.open(project, by, door)
    added = add_addresses(project, rows, upload=upload, by=by, door=door)
    if batch is None:
        return added, None
    return added, _put_to_work(batch, added.items, added.there, direct, by, door)


def add_files_directly(
    project: Project,
    files: Iterable[tuple[IO[bytes], str]],
    *,
    by: User,
    folder: str | None,
    direct: Direct,
    keep_both: bool = False,
    door: str = "api",
) -> tuple[list[Added], PutToWork | None]:
    """(file, name) each; a bad one is refused in its own line. `folder` by name, made if new; None is the root."""
    name = None if folder is None or folder == "root" else folder_name(folder)
    upload, batch = direct.open(project, by, door)
    place = _place(project, name, by, door)
    done = [
        add_file(project, file, called, folder=place, upload=upload, by=by, keep_both=keep_both)
        for file, called in files
    ]
    if batch is None:
        return done, None
    new = [one.item for one in done if one.outcome == "added" and one.item]
    there = [one.item for one in done if one.outcome == "duplicate" and one.item]
    return done, _put_to_work(batch, new, there, direct, by, door)


def _place(project: Project, name: str | None, by: User, door: str) -> Folder:
    return get_or_create_folders(project, [name], by=by, door=door)[name] if name else root_of(project)


def _put_to_work(
    batch: Batch, new: Sequence[Item], there: Sequence[Item], direct: Direct, by: User, door: str
) -> PutToWork:
    made = add_items(batch, [item.pk for item in new], by=by, door=door)
    again = add_items(batch, [item.pk for item in there], by=by, door=door, exclude_batched=True)
    batch.refresh_from_db()
    if direct.launches and batch.status == Batch.Status.STAGING and batch.task_count:
        batch = launch(batch, by=by, door=door)
    return PutToWork(batch, Made(made.item_ids + again.item_ids, made.left_out + again.left_out))
