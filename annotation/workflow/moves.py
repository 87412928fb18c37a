"""The move table of the house: which event may happen to a task in which status, by whom, and what follows.

Whatever is not in `MOVES` is refused. `by`: H its holder, N the holder of the next task (the reviewer), M an admin on
anybody's behalf. Of a task's chain, `task` is what the named task becomes, `before` and `after` what the ones around
it become; what the item becomes follows from the chain (`chains.status_of`). Handed on means: submitted where a review
is next, else accepted; the next stage becomes ready, and without one the chain ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from annotation.errors import IllegalMove
from annotation.models import Stage, Task

OPEN = frozenset({"ready", "in_progress", "rejected"})
HANDED_ON = "handed on"
ANY_STAGE = frozenset(Stage.Kind.values)


@dataclass(frozen=True)
class Move:
    by: str
    sources: frozenset[str]
    task: str
    before: str = ""
    after: str = ""
    stages: frozenset[str] = ANY_STAGE
    ends: bool = False
    wants_reason: bool = False


# fmt: off
MOVES: dict[str, Move] = {
    #                  by    from                         the task           the ones before     the ones after
    "start":      Move("HM", OPEN,                        "in_progress"),
    "submit":     Move("HM", OPEN,                        HANDED_ON,         "accepted",         "next ready"),
    "withdraw":   Move("HM", frozenset({"submitted"}),    "in_progress",     "",                 "next waiting"),
    "accept":     Move("NM", frozenset({"submitted"}),    "accepted",        "",                 "next handed on"),
    "keep":       Move("NM", frozenset({"submitted"}),    "accepted",        "",                 "next in_progress"),
    "reject":     Move("NM", frozenset({"submitted"}),    "rejected",        "",                 "next waiting",
                       wants_reason=True),
    "send_back":  Move("NM", OPEN,                        "waiting",         "stage s rejected, between waiting",
                       wants_reason=True),
    "skip":       Move("HM", OPEN,                        "skipped",         "",                 "all cancelled",
                       stages=frozenset({"annotate"}), ends=True, wants_reason=True),
    "complete":   Move("HM", OPEN,                        "accepted",        "accepted",         "all cancelled",
                       ends=True),
    "give":       Move("M",  OPEN | {"waiting", "submitted"}, "kept"),
    "release":    Move("M",  OPEN | {"waiting", "submitted"}, "kept"),
}
# fmt: on

SHAPES: dict[str, tuple[str, str, str]] = {
    "not_started": ("ready", "waiting", "waiting"),
    "in_progress": ("in_progress", "waiting", "waiting"),
    "quality_check": ("submitted", "ready", "waiting"),
    "returned": ("rejected", "waiting", "waiting"),
    "completed": ("accepted", "accepted", "accepted"),
    "skipped": ("skipped", "cancelled", "cancelled"),
}
"""Set status: what the first annotate stage, the first review stage and the rest become. Holders stay."""

WORDS = {
    "start": "opened",
    "submit": "submitted",
    "withdraw": "withdrawn",
    "accept": "accepted",
    "keep": "accepted",
    "reject": "returned",
    "send_back": "sent back",
    "skip": "skipped",
    "complete": "completed",
    "give": "given to somebody",
    "release": "released",
}


def illegal(event: str, task: Task, why: str = "") -> IllegalMove:
    """The refusal of `event` for a task in its present status."""
    sentence = f"This image cannot be {WORDS[event]} now: its {task.stage_kind} task is {say(task)}."
    return IllegalMove(f"{sentence} {why}".strip(), status=task.status)


def say(task: Task) -> str:
    words = {"in_progress": "in progress", "rejected": "returned"}
    return words.get(task.status, task.status)
