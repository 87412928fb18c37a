"""Which items come first."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import MAX_ROWS, In, Name, Number, Out, PathId
from annotation.catalog.priorities import LARGEST, PriorityRow, set_priorities

router = Router(tags=["items"])

Priority = Annotated[Number, Field(ge=-LARGEST, le=LARGEST)]


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


@router.post("/projects/{project_id}/priorities", response=PrioritiesOut)
def change_priorities(request: HttpRequest, project_id: PathId, body: PrioritiesIn) -> PrioritiesOut:
    """A later row of the same image wins; names that are not there are skipped and listed."""
    standing = reach.project_to_administer(request, project_id)
    rows = [PriorityRow(row.name, row.folder, row.priority) for row in body.priorities]
    done = set_priorities(standing.project, rows, by=caller(request), door="api")
    return PrioritiesOut(
        changed=done.changed, skipped=[SkippedOut(**vars(skipped)) for skipped in done.skipped]
    )
