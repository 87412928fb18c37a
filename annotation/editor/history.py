"""What happened to one image, in sentences: one line a move, cascades left out."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from annotation.models import Event, Item
from annotation.workflow.history import Line, events_of_item

SENTENCES = {
    "claim": "{who} requested it",
    "start": "{who} opened it",
    "submit": "{who} submitted",
    "withdraw": "{who} took it back",
    "accept": "{who} accepted",
    "keep": "{who} accepted and goes on",
    "reject": "{who} returned it: {reason}",
    "send_back": "{who} sent it back: {reason}",
    "skip": "{who} skipped it: {reason}",
    "complete": "{who} completed it",
    "give": "{who} gave it to {holder}",
    "release": "{who} released it",
    "leave": "Released: {from_holder} left",
    "cancel": "{who} cancelled it",
    "set_status": "{who} set the status",
}
SAME_MOVE = timedelta(seconds=1)


def history_of(item: Item, lines: int) -> list[Line]:
    """The newest first. Two queries."""
    events = _without_cascades(list(events_of_item(item.pk).order_by("-id")[: 4 * lines]))[:lines]
    ids = {pk for event in events for pk in (event.actor_id, event.to_holder_id, event.from_holder_id) if pk}
    people = User.objects.in_bulk(ids)
    return [_line(event, people) for event in events]


def _without_cascades(events: list[Event]) -> list[Event]:
    """A move writes a line for every task it changed, in stage order: the first of them tells it."""
    kept: list[Event] = []
    for event in (one for one in events if one.kind in SENTENCES):
        if kept and _is_same_move(kept[-1], event):
            kept[-1] = event
        else:
            kept.append(event)
    return kept


def _is_same_move(one: Event, other: Event) -> bool:
    same = one.kind == other.kind and one.actor_id == other.actor_id and one.task_id != other.task_id
    return same and one.at - other.at < SAME_MOVE


def _line(event: Event, people: dict[int, User]) -> Line:
    def name(pk: int | None) -> str:
        user = people.get(pk or 0)
        return user.first_name_or_email if user else "Somebody"

    sentence = SENTENCES[event.kind].format(
        who=name(event.actor_id),
        holder=name(event.to_holder_id),
        from_holder=name(event.from_holder_id),
        reason=event.reason or "no reason given",
    )
    return Line(event.at, sentence)
