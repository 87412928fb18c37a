"""Which items come first."""

from __future__ import annotations

from typing import Annotated

from ninja import Router
from pydantic import Field

from annotation.api.fields import MAX_ROWS, In, Name, Number, Out

router = Router(tags=["items"])

MAX_PRIORITY = 1e9
Priority = Annotated[Number, Field(ge=-MAX_PRIORITY, le=MAX_PRIORITY)]


class PriorityIn(In):
    name: Name
    folder: Name | None = Field(None, description="The folder's name; null or left out for the root.")
    priority: Priority | None = Field(description="Higher comes earlier; null takes it away.")


class PrioritiesIn(In):
    priorities: Annotated[list[PriorityIn], Field(min_length=1, max_length=MAX_ROWS)]


class SkippedOut(Out):
    index: int
    name: str
    folder: str | None
    sentence: str


class PrioritiesOut(Out):
    changed: int
    skipped: list[SkippedOut]
