"""Items under lock together with their live tasks, for changes that stand on both.

Tasks are locked first, as everywhere (DESIGN §3a). A batch may have been built between the two locks: then there are
live tasks that are not locked, and it begins anew instead of waiting for them the wrong way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from annotation.errors import Refused
from annotation.models import Item, Task

TRIES = 5


class _BuiltMeanwhile(Exception):
    pass


def _live(item_ids: Sequence[int]) -> list[int]:
    return list(
        Task.objects.filter(item_id__in=item_ids, is_live=True).order_by("id").values_list("id", flat=True)
    )


def _lock(item_ids: Sequence[int]) -> list[Item]:
    locked = set(
        Task.objects.select_for_update(no_key=True)
        .filter(item_id__in=item_ids, is_live=True)
        .order_by("id")
        .values_list("id", flat=True)
    )
    items = list(Item.objects.present().select_for_update(no_key=True).filter(pk__in=item_ids).order_by("id"))
    if set(_live(item_ids)) - locked:
        raise _BuiltMeanwhile
    return items


@contextmanager
def locked_items(item_ids: Sequence[int]) -> Iterator[list[Item]]:
    """A transaction in which these items and their live tasks are locked. At most 1,000 items."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                items = _lock(item_ids)
                yield items
                return
        except _BuiltMeanwhile:
            continue
    raise Refused("These images are being put into a batch at this moment. Try again.")
