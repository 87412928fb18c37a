"""The kinds of value the API takes, bounded so that a database can keep them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path
from pydantic import BaseModel, ConfigDict, Field, Strict

MAX_ID = 2**63 - 1
MAX_ROWS = 10_000
PAGE = 50
MAX_PAGE = 200

Id = Annotated[int, Strict(), Field(ge=1, le=MAX_ID)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID)]
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE)]
Name = Annotated[str, Field(min_length=1, max_length=2000)]
"""Long enough to reach the rule that says how long a name may be."""
Email = Annotated[str, Field(min_length=3, max_length=254)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]


class In(BaseModel):
    """What a client sends. A field nobody knows is a typing error, so it is refused."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """What a client gets."""


def json_answer(out: Out) -> HttpResponse:
    """For long answers: written out once, where ninja would check and copy them again before."""
    return HttpResponse(out.model_dump_json(), content_type="application/json; charset=utf-8")
