"""What a batch would hold, before it is made: the count, what is left out and why, and the first pictures."""

from __future__ import annotations

from dataclasses import dataclass

from annotation.batches.selection import Selection, at_work, sent_out
from annotation.models import Item, Project

SHEET = 12


@dataclass(frozen=True)
class Preview:
    """`count` and the numbers of `left_out` add up to what was selected. `first`: some of them, oldest first."""

    count: int
    left_out: dict[str, int]
    first: list[Item]


def preview(project: Project, selection: Selection) -> Preview:
    """Raises `Invalid` for a selection of what is not there."""
    items = selection.check(project).items(project)
    total = items.count()
    free = items.exclude(at_work())
    left_out = {"at_work": total - free.count()}
    if selection.exclude_batched:
        before = total - left_out["at_work"]
        free = free.exclude(sent_out())
        left_out["sent_out"] = before - free.count()
    count = total - sum(left_out.values())
    first = list(free.select_related("folder").order_by("id")[:SHEET])
    return Preview(count, {reason: n for reason, n in left_out.items() if n}, first)
