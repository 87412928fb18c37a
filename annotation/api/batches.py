"""Batches: made, looked at, launched, paused, resumed, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from annotation.api.fields import MAX_ID, MAX_ROWS, PAGE, Flag, Id, In, Limit, Name, Out
from annotation.api.operations import OperationOut

router = Router(tags=["batches"])

State = Literal["building", "staging", "in_progress", "paused", "completed", "cancelled"]


class BatchOut(Out):
    id: int
    name: str
    project: int
    kind: str
    status: State
    method: str
    is_open: bool
    rank: int | None
    due_at: datetime | None
    target_count: int
    items: dict[str, int] = Field(description="How many images of which status.")
    left_out: dict[str, Any] = Field(description="How many were left out, and why.")
    created_at: datetime
    launched_at: datetime | None
    ended_at: datetime | None


class BatchesOut(Out):
    batches: list[BatchOut]
    next: int | None = Field(description="Send it as `before` for the next page; null at the end.")


class BatchMadeOut(Out):
    batch: BatchOut
    operation: OperationOut


class SelectIn(In):
    method: Literal["all", "pick", "upload"] = "all"
    folder: Name | None = Field(None, description="Only this folder; `root` is the root.")
    item_ids: Annotated[list[Id], Field(max_length=MAX_ROWS)] | None = None
    upload: Name | None = Field(None, description="The name of an upload.")
    exclude_batched: Flag = Field(False, description="Leave out what was already sent out.")


class PreviewIn(In):
    select: SelectIn


class BatchIn(In):
    name: Name
    kind: Literal["production", "calibration", "self_label"] = "production"
    launch: Flag = False
    stays_open: Flag = False
    select: SelectIn = SelectIn()


class PreviewOut(Out):
    count: int
    left_out: dict[str, int]


class BatchFilters(In):
    status: State | None = None
    before: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    limit: Limit = PAGE
