"""What happened to a batch, in sentences."""

from __future__ import annotations

from accounts.models import User
from annotation.models import Event
from annotation.workflow.history import Line, events_of_batch

SENTENCES = {
    "batch_created": "{who} made it",
    "batch_built": "Built with {targets} images",
    "batch_added": "{who} added {targets} images",
    "batch_launched": "{who} launched it",
    "batch_paused": "{who} paused it",
    "batch_resumed": "{who} resumed it",
    "batch_completed": "Completed: the last image is done",
    "batch_cancelled": "{who} cancelled it",
    "batch_reopened": "{who} reopened an image, so it goes on",
}


def history_of_batch(batch_id: int, lines: int) -> list[Line]:
    """The newest first. Two queries."""
    events = list(events_of_batch(batch_id).filter(kind__in=SENTENCES).order_by("-id")[:lines])
    people = User.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [Line(event.at, _sentence(event, people)) for event in events]


def _sentence(event: Event, people: dict[int, User]) -> str:
    actor = people.get(event.actor_id or 0)
    targets = (event.detail or {}).get("targets", 0)
    return SENTENCES[event.kind].format(
        who=actor.first_name_or_email if actor else "Mete", targets=f"{targets:,}"
    )
