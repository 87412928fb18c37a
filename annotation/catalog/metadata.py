"""What people write down of an item: texts, numbers, true, false or null by name, as both databases keep them."""

from __future__ import annotations

import math
from typing import Any

from annotation.errors import Invalid

MOST = 100
NAME_MAX = 200
LARGEST = 2**63


def check_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Raises `Invalid` (field `metadata`)."""
    if len(metadata) > MOST:
        raise _wrong(f"The metadata has {len(metadata)} fields. Use at most {MOST}.")
    for name, value in metadata.items():
        if not isinstance(name, str) or len(name) > NAME_MAX or not _is_text(name):
            raise _wrong(f"A name in the metadata cannot be kept. Use at most {NAME_MAX} plain characters.")
        if not isinstance(value, str | int | float | bool | None):
            raise _wrong("Metadata values are texts, numbers, true, false or null.")
        if isinstance(value, str) and not _is_text(value):
            raise _wrong(f"The metadata's “{name}” holds a character that cannot be kept. Remove it.")
        if isinstance(value, int | float) and not _is_kept(value):
            raise _wrong(f"The metadata's “{name}” is no number that can be kept. Send it as text.")
    return metadata


def _is_text(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _is_kept(number: float) -> bool:
    return abs(number) < LARGEST if isinstance(number, int) else math.isfinite(number)


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, field="metadata")
