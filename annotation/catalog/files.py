"""Where the bytes of an item lie: by content, so that storing the same file twice is one file."""

from __future__ import annotations

import hashlib
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage


def sha256_of(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1024**2):
        digest.update(part)
    return digest.hexdigest()


def store(project_id: int, sha256: str, extension: str, file: IO[bytes]) -> str:
    """Returns the storage key. A file that no row names is harmless: the next try finds it."""
    key = f"projects/{project_id}/{sha256[:2]}/{sha256}.{extension}"
    if default_storage.exists(key):
        return key
    file.seek(0)
    return default_storage.save(key, File(file))


def thumbnail_key(project_id: int, item_id: int) -> str:
    return f"thumbnails/{project_id}/{item_id % 1000:03}/{item_id}.webp"
