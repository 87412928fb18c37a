"""In which order: later stages first, then ranks, then folders. Pure, so that it can be read and tested alone.

Inside a step, over all its batches: `priority_key`, `sort_key`, `id`, ascending.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A folder as the person sees it."""

    folder_id: int
    is_mine: bool
    is_root: bool
    sort_key: str


@dataclass(frozen=True)
class Running:
    """A batch that hands out work; `rank` is a large number where an admin set none."""

    batch_id: int
    rank: int


@dataclass(frozen=True)
class Step:
    """One stretch of the queue: a folder at a stage, with all running batches of one rank."""

    stage_order: int
    folder_id: int
    batch_ids: tuple[int, ...]


def in_order(places: Iterable[Place]) -> list[Place]:
    """Assigned to me A→Z, other open ones A→Z, the root last."""
    return sorted(places, key=lambda p: (not p.is_mine, p.is_root, p.sort_key))


def steps(stage_orders: Iterable[int], places: Iterable[Place], batches: Iterable[Running]) -> Iterator[Step]:
    """Every stretch in the order it is handed out. 100 folders × 20 ranks are 2,000: take what you need."""
    ranks: dict[int, list[int]] = {}
    for batch in batches:
        ranks.setdefault(batch.rank, []).append(batch.batch_id)
    ordered = in_order(places)
    for stage_order in sorted(set(stage_orders), reverse=True):
        for rank in sorted(ranks):
            batch_ids = tuple(sorted(ranks[rank]))
            for place in ordered:
                yield Step(stage_order, place.folder_id, batch_ids)
