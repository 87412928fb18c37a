"""The ways a rule says no. Each has a code for programs and a sentence for people; doors translate it once.

`status` is the HTTP status a door answers with; rules never see HTTP otherwise.
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A rule said no: what is wrong and what to do, in one sentence or two."""

    code = "refused"
    status = 409

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts


class NotFound(Refused):
    """It does not exist, or this person may not know that it does."""

    code = "not_found"
    status = 404


class Forbidden(Refused):
    """The person belongs here but lacks the right."""

    code = "forbidden"
    status = 403


class Invalid(Refused):
    """What was sent cannot be used. `facts` may carry `field` or `errors`."""

    code = "invalid"
    status = 422


class Taken(Refused):
    """The name is used already."""

    code = "taken"


class MayNotRequest(Refused):
    """This person may not press Request Tasks here (role, pause, project on hold)."""

    code = "may_not_request"
    status = 403


class Unfinished(Refused):
    """They hold open work and the project's policy is to finish first. Facts: held, where."""

    code = "unfinished"


class NothingToGive(Refused):
    """Nothing is available. Facts: reasons {reason: count}."""

    code = "nothing_available"


class IllegalMove(Refused):
    """The move table has no such move from here. Facts: status, current."""

    code = "illegal_move"


class StaleVersion(Refused):
    """Somebody saved a newer version. Facts: version, objects."""

    code = "stale_version"


class NotHeld(Refused):
    """The task is no longer theirs. A save is kept as a draft. Facts: draft."""

    code = "not_held"


class BatchClosed(Refused):
    code = "batch_closed"


class EmptySelection(Refused):
    """Nothing to put into the batch. Facts: left_out {reason: count}."""

    code = "empty_selection"
