"""Small pictures: 480 × 320 pixels at most, turned as the camera was held, made in the background."""

from __future__ import annotations

import io
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from annotation.catalog.files import thumbnail_key
from annotation.catalog.images import open_image
from annotation.errors import Refused
from annotation.models import Item

SIZE = (480, 320)
ERROR_MAX = 300


def make_thumbnail(item_id: int) -> bool:
    """Safe to run twice. False where it cannot be made: then the item says why and is not tried again by itself."""
    item = Item.objects.present().filter(pk=item_id).first()
    if item is None or item.thumbnail:
        return item is not None
    try:
        with open_image(item) as file:
            small = _shrink(file)
    except Refused as refused:
        return _failed(item, refused.sentence)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return _failed(item, "The picture cannot be read.")
    key = thumbnail_key(item.project_id, item.pk)
    default_storage.delete(key)
    item.thumbnail = default_storage.save(key, ContentFile(small))
    item.thumbnail_error = ""
    item.save(update_fields=["thumbnail", "thumbnail_error"])
    return True


def open_thumbnail(item: Item) -> IO[bytes] | None:
    try:
        return default_storage.open(item.thumbnail) if item.thumbnail else None
    except FileNotFoundError:
        return None


def items_without(limit: int) -> list[int]:
    """Ids of items whose small picture is still to be made."""
    waiting = Item.objects.present().filter(thumbnail="", thumbnail_error="").order_by("-id")
    return list(waiting.values_list("pk", flat=True)[:limit])


def _shrink(file: IO[bytes]) -> bytes:
    with Image.open(file) as image:
        image.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail(SIZE)
        out = io.BytesIO()
        (
            turned
            if turned.mode in {"RGB", "RGBA"}
            else turned.convert("RGBA" if "A" in turned.getbands() else "RGB")
        ).save(out, "WEBP", quality=78, method=3)
    return out.getvalue()


def _failed(item: Item, sentence: str) -> bool:
    item.thumbnail_error = sentence[:ERROR_MAX]
    item.save(update_fields=["thumbnail_error"])
    return False
