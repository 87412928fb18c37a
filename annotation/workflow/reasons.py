from __future__ import annotations

from annotation.errors import Invalid
from annotation.models import Event

LONGEST = 2000
OUR_DOORS = {Event.Door.PAGE, Event.Door.API, Event.Door.ADMIN, Event.Door.SHELL, Event.Door.BACKGROUND}


def require_reason(reason: object, door: str, what: str) -> str:
    """1..2,000 characters without NUL; a dialect whose wire has no place for it may pass "". Raises `Invalid`."""
    if not isinstance(reason, str) or "\x00" in reason:
        raise Invalid("The reason must be text without NUL characters.", field="reason")
    reason = reason.strip()
    if not reason and door in OUR_DOORS:
        raise Invalid(f"Say why: {what} needs a reason.", field="reason")
    if len(reason) > LONGEST:
        raise Invalid(f"The reason has {len(reason):,} characters. Use at most {LONGEST:,}.", field="reason")
    return reason
