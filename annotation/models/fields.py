"""Text that both databases compare by code point, and the key that sorts names A→Z."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

NAME_MAX = 255
SORT_KEY_MAX = 3 * NAME_MAX + 1 + NAME_MAX
"""casefold may triple a name ("ΐ" becomes three letters); 2,041 bytes at worst, below the b-tree row limit."""


class SortField(models.CharField):
    """A CharField compared by code point: collation C on PostgreSQL, BINARY on SQLite."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else "BINARY"
        return parameters


def clean_name(name: str) -> str:
    """NFC, 1..255 characters, no control characters, no `/`. Raises ValueError with a sentence."""
    name = unicodedata.normalize("NFC", name)
    if not name.strip():
        raise ValueError("The name is empty. Give it at least one visible character.")
    if name in {".", ".."}:
        raise ValueError(f"“{name}” cannot be a name. Choose another.")
    if len(name) > NAME_MAX:
        raise ValueError(f"The name has {len(name)} characters. Use at most {NAME_MAX}.")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in name):
        raise ValueError("The name contains a control character. Remove it.")
    if "/" in name:
        raise ValueError("The name contains “/”. Use a folder instead.")
    return name


def sort_key(name: str) -> str:
    """casefold(name) + U+0001 + name: unique where the name is, ordered A→Z by code point."""
    return name.casefold() + "\x01" + name
