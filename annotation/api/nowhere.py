"""Addresses that are not there, answered in JSON like everything else. Mounted last."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja import Router

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

router = Router(auth=None)


@router.api_operation(METHODS, "/", include_in_schema=False)
def nothing_at_the_root(request: HttpRequest) -> None:
    raise Http404


@router.api_operation(METHODS, "/{path:rest}", include_in_schema=False)
def nothing_here(request: HttpRequest, rest: str) -> None:
    raise Http404
