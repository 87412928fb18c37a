"""Long background actions."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from annotation.api import reach
from annotation.api.fields import Out
from annotation.models import Operation

router = Router(tags=["operations"])


class OperationOut(Out):
    id: UUID
    kind: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    error: str


def operation_out(operation: Operation) -> OperationOut:
    return OperationOut(
        id=operation.pk,
        kind=operation.kind,
        status=operation.status,
        done=operation.done,
        total=operation.total,
        error=operation.error,
    )


@router.get("/operations/{operation_id}", response=OperationOut)
def show_operation(request: HttpRequest, operation_id: UUID) -> OperationOut:
    operation, _ = reach.operation(request, operation_id)
    return operation_out(operation)
