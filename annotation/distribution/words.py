"""Numbers and lists as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


def images(n: int) -> str:
    return "1 image" if n == 1 else f"{n:,} images"


def listed(parts: Sequence[str], most: int) -> str:
    """`a, b and c`; beyond `most` parts, `a, b, c and 4 more places`."""
    shown = list(parts[:most])
    left = len(parts) - len(shown)
    if left:
        shown.append(f"{left:,} more {'place' if left == 1 else 'places'}")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def on_day(at: datetime) -> str:
    """18 Nov 2026"""
    return f"{at.day} {at:%b %Y}"
