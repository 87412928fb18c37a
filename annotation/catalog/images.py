"""The bytes of an item as a browser shows them: the stored copy, else fetched once from its address and kept."""

from __future__ import annotations

from typing import IO

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from annotation.catalog.fetch import CannotFetch, fetch
from annotation.catalog.files import sha256_of, store
from annotation.catalog.pictures import inspect
from annotation.errors import Invalid
from annotation.models import Item


def open_image(item: Item) -> IO[bytes]:
    """Raises `CannotFetch` where there is no picture at the moment; then the item is as before."""
    if not item.file:
        keep_copy(item)
    try:
        return default_storage.open(item.file)
    except FileNotFoundError:
        raise CannotFetch("The file of this image is missing on the server.") from None


def keep_copy(item: Item) -> None:
    """Fetch the picture of a URL item, look at it and store it."""
    with fetch(item.url) as file:
        try:
            picture = inspect(file)
        except Invalid as wrong:
            raise CannotFetch(f"What the address gives cannot be shown: {wrong.sentence}") from None
        sha256 = sha256_of(file)
        size = file.seek(0, 2)
        item.file = store(item.project_id, sha256, picture.extension, file)
    item.sha256, item.size_bytes, item.content_type = sha256, size, picture.content_type
    item.width, item.height, item.exif_turn = picture.width, picture.height, picture.exif_turn
    fields = ["file", "sha256", "size_bytes", "content_type", "width", "height", "exif_turn", "is_copy"]
    try:
        with transaction.atomic():
            item.save(update_fields=fields)
    except IntegrityError:
        item.is_copy = True
        item.save(update_fields=fields)
