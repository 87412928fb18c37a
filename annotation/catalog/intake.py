"""Files that come in, one by one: looked at, stored, made items. Uploading alone starts no work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Literal

from django.db import IntegrityError, transaction

from accounts.models import User
from annotation.catalog.files import sha256_of, store
from annotation.catalog.pictures import MAX_BYTES, Picture, inspect
from annotation.errors import Invalid
from annotation.models import Folder, Item, Project, Upload
from annotation.models.fields import NAME_MAX, clean_name, sort_key
from annotation.workflow.counts import add_deltas

TRIES = 5


@dataclass(frozen=True)
class Added:
    """What became of one file. `item` is the new one, or for a duplicate the one that was there."""

    name: str
    outcome: Literal["added", "duplicate", "refused"]
    sentence: str
    item: Item | None = None


def add_file(
    project: Project,
    file: IO[bytes],
    name: str,
    *,
    folder: Folder,
    upload: Upload | None,
    by: User,
    keep_both: bool = False,
) -> Added:
    """Add one picture. Nothing is raised for a bad file: the answer says what is wrong with it.

    The same content elsewhere in the project is a duplicate and is not stored again. The same name with other content
    is refused, unless `keep_both` lets it in as `name-2.jpg`.
    """
    try:
        clean = _name(name)
        picture = _look(file)
        sha256 = sha256_of(file)
        for _ in range(TRIES):
            there = _same_content(project, sha256)
            if there is not None:
                return Added(clean, "duplicate", f"The same picture is there already as {there.path}.", there)
            used = _used_name(folder, clean, keep_both)
            key = store(project.pk, sha256, picture.extension, file)
            item = _insert(project, folder, upload, used, picture, sha256, key, _size(file))
            if item is not None:
                return Added(used, "added", "Added.", item)
    except Invalid as refused:
        return Added(name[:NAME_MAX], "refused", refused.sentence)
    return Added(clean, "refused", "Somebody added a file of this name at the same moment. Try again.")


def _insert(
    project: Project,
    folder: Folder,
    upload: Upload | None,
    name: str,
    picture: Picture,
    sha256: str,
    key: str,
    size: int,
) -> Item | None:
    """None where somebody else added the same name or content a moment before."""
    try:
        with transaction.atomic():
            item = Item.objects.create(
                project=project,
                folder=folder,
                upload=upload,
                name=name,
                sort_key=sort_key(name),
                file=key,
                sha256=sha256,
                content_type=picture.content_type,
                size_bytes=size,
                width=picture.width,
                height=picture.height,
                exif_turn=picture.exif_turn,
            )
            add_deltas(project.pk, [("folder", folder.pk, Item.Status.NOT_STARTED, 1)])
    except IntegrityError:
        return None
    return item


def _look(file: IO[bytes]) -> Picture:
    size = _size(file)
    if size == 0:
        raise Invalid("The file is empty. Copy it again.")
    if size > MAX_BYTES:
        raise Invalid(f"The file is larger than {MAX_BYTES // 1024**2} MB. Make it smaller.")
    return inspect(file)


def _size(file: IO[bytes]) -> int:
    return file.seek(0, 2)


def _name(name: str) -> str:
    try:
        return clean_name(name)
    except ValueError as error:
        raise Invalid(str(error), field="name") from None


def _same_content(project: Project, sha256: str) -> Item | None:
    present = Item.objects.present().filter(project=project, sha256=sha256, is_copy=False)
    return present.select_related("folder").first()


def _used_name(folder: Folder, name: str, keep_both: bool) -> str:
    if not _is_used(folder, name):
        return name
    if not keep_both:
        raise Invalid("Another picture of this name is there already. Rename this one, or keep both.")
    path = PurePosixPath(name)
    number = 2
    while True:
        ending = f"-{number}{path.suffix}"
        other = path.stem[: NAME_MAX - len(ending)] + ending
        if not _is_used(folder, other):
            return other
        number += 1


def _is_used(folder: Folder, name: str) -> bool:
    return Item.objects.present().filter(folder=folder, sort_key=sort_key(name)).exists()
