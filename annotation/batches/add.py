"""Adding items to a batch that is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from annotation.batches.chains import Made, make_chains
from annotation.batches.create import batch_name, create_open_batch, tell
from annotation.errors import BatchClosed, Taken
from annotation.models import Batch, Project

AT_ONCE = 1000
ENDED = {Batch.Status.COMPLETED, Batch.Status.CANCELLED}


def open_batch_named(project: Project, name: object, *, by: User, door: str = "api") -> Batch:
    """The batch of this name, made (staging, open) if new. Raises `BatchClosed` where it takes nothing more."""
    clean = batch_name(name)
    batch = Batch.objects.filter(project=project, name=clean).first()
    if batch is None:
        try:
            batch = create_open_batch(project, clean, by=by, door=door)
        except Taken:
            batch = Batch.objects.get(project=project, name=clean)
    _require_open(batch)
    return batch


def add_items(
    batch: Batch, item_ids: Sequence[int], *, by: User, door: str = "api", exclude_batched: bool = False
) -> Made:
    """Make chains for items of the project, 1,000 in a transaction; those at work elsewhere, and with `exclude_batched`
    those sent out before, are counted as left out."""
    added: list[int] = []
    left_out: Counter[str] = Counter()
    ids = sorted(set(item_ids))
    for first in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
            _require_open(locked)
            chosen = ids[first : first + AT_ONCE]
            made = make_chains(locked, chosen, exclude_batched=exclude_batched)
            if made.item_ids:
                tell(locked, "batch_added", by.pk, door, {"targets": len(made.item_ids)})
        added += made.item_ids
        left_out += made.left_out
    return Made(added, left_out)


def _require_open(batch: Batch) -> None:
    if not batch.is_open or batch.status in ENDED or batch.cancel_asked_at is not None:
        raise BatchClosed(
            f"{batch.name} is closed: it takes no more images. Make another batch.", status=batch.status
        )
