"""Batches: the list, one of them, making one, and its life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation import background
from annotation.access import ProjectAccess, open_batch, open_project
from annotation.batches import life
from annotation.batches.create import REASONS, create_batch
from annotation.batches.history import history_of_batch
from annotation.batches.preview import preview
from annotation.errors import NotFound, Refused
from annotation.forms.batches import BatchForm
from annotation.models import Batch, Operation
from annotation.views.signed_in import Request
from annotation.workflow.cancel import held_by_batch
from annotation.workflow.counts import batch_counts

PAGE = 50
STATUSES = ("building", "staging", "in_progress", "paused", "completed", "cancelled")


@dataclass
class BatchRow:
    """`counts` of item statuses; `operation` while one runs."""

    batch: Batch
    counts: dict[str, int]
    operation: Operation | None

    @property
    def done(self) -> int:
        return self.counts.get("completed", 0) + self.counts.get("skipped", 0)

    @property
    def is_ending(self) -> bool:
        """Cancelled, while people still hold or check some of it."""
        ended = self.batch.status in {Batch.Status.COMPLETED, Batch.Status.CANCELLED}
        return self.batch.cancel_asked_at is not None and not ended


@dataclass
class LeftOut:
    n: int
    sentence: str
    hint: str = ""


@login_required
@never_cache
@require_safe
def project_batches(request: Request, workspace: str, slug: str) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    batches = Batch.objects.filter(project=access.project)
    numbers = dict(batches.order_by().values_list("status").annotate(Count("id")))
    status = request.GET.get("status", "")
    if status in STATUSES:
        batches = batches.filter(status=status)
    offset = _offset(request.GET)
    found = list(batches.select_related("created_by")[offset : offset + PAGE + 1])
    context = {
        "access": access,
        "tab": "batches",
        "rows": rows_of(found[:PAGE]),
        "numbers": [("", sum(numbers.values())), *((s, numbers[s]) for s in STATUSES if s in numbers)],
        "status": status,
        "newer": max(offset - PAGE, 0) if offset else None,
        "older": offset + PAGE if len(found) > PAGE else None,
    }
    return render(request, "annotation/batches/list.html", context)


@login_required
@never_cache
@require_safe
def batch_detail(request: Request, pk: int) -> HttpResponse:
    batch, access = open_batch(request.user, pk)
    row = rows_of([batch])[0]
    held = held_by_batch(pk) if batch.status in {"in_progress", "paused"} else {}
    context = {
        "access": access,
        "tab": "batches",
        "row": row,
        "batch": batch,
        "operation": row.operation or batch.operations.first(),
        "left_out": _left_out(batch.left_out),
        "held": sum(held.values()),
        "holders": len(held),
        "history": history_of_batch(batch.pk, 50),
    }
    return render(request, "annotation/batches/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_new(request: Request, workspace: str, slug: str) -> HttpResponse:
    """Ways at the left, consequence at the right. `launch` in the form launches it as soon as it is built."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    if request.method != "POST":
        return _new_page(request, access, BatchForm(access.project, initial=_initial(request, access)))
    form = BatchForm(access.project, request.POST)
    if not form.is_valid():
        return _new_page(request, access, form, 422)
    data, chosen = form.cleaned_data, form.selection
    try:
        batch, operation = create_batch(
            access.project,
            data["name"],
            by=request.user,
            method=chosen.method,
            item_ids=chosen.item_ids,
            folder_id=chosen.folder_id,
            upload_id=chosen.upload_id,
            kind=data["kind"],
            launch="launch" in request.POST,
            exclude_batched=chosen.exclude_batched,
        )
    except Refused as refused:
        form.add_error(_field(refused), refused.sentence)
        return _new_page(request, access, form, refused.status)
    background.queue(operation)
    return redirect("batch_detail", batch.pk)


@login_required
@never_cache
@require_safe
def batch_preview(request: Request, workspace: str, slug: str) -> HttpResponse:
    """The right side of the page, asked for whenever something at the left changes."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    form = BatchForm(access.project, request.GET)
    context = {"access": access, "form": form, **_seen(access, form)}
    return render(request, "annotation/batches/new.html#preview", context)


@login_required
@require_POST
def batch_action(request: Request, pk: int) -> HttpResponse:
    """`action` is launch, pause, resume or cancel."""
    batch, _ = open_batch(request.user, pk)
    match request.POST.get("action"):
        case "launch":
            launched = life.launch(batch, by=request.user)
            waits = launched.status == Batch.Status.BUILDING
            said = "will be launched once it is built" if waits else "is launched: people get its images now"
        case "pause":
            life.pause(batch, by=request.user)
            said = "is paused. Who holds an image of it can finish that"
        case "resume":
            life.resume(batch, by=request.user)
            said = "is handed out again"
        case "cancel":
            background.queue(life.cancel(batch, by=request.user, also_started="also_started" in request.POST))
            said = "is being cancelled"
        case _:
            raise NotFound("There is no such action. Go back to the batch.")
    messages.success(request, f"{batch.name} {said}.")
    return redirect("batch_detail", pk)


def rows_of(batches: list[Batch]) -> list[BatchRow]:
    """Two queries, however many."""
    counts = batch_counts([batch.pk for batch in batches])
    running = {
        operation.batch_id: operation
        for operation in Operation.objects.filter(batch__in=batches, status__in=["queued", "running"])
    }
    return [BatchRow(batch, counts.get(batch.pk, {}), running.get(batch.pk)) for batch in batches]


def _new_page(request: Request, access: ProjectAccess, form: BatchForm, status: int = 200) -> HttpResponse:
    context = {
        "access": access,
        "tab": "batches",
        "form": form,
        "picked": _picked(form),
        **_seen(access, form),
    }
    return render(request, "annotation/batches/new.html", context, status=status)


def _picked(form: BatchForm) -> int:
    items = form["items"].value()
    return len(items.split(",")) if items else 0


def _initial(request: Request, access: ProjectAccess) -> dict[str, Any]:
    """What the Data page sends along: ticked images, or the folder that was looked at."""
    ticked = [
        one for one in request.GET.getlist("items") if one.isascii() and one.isdigit() and len(one) <= 18
    ]
    number = Batch.objects.filter(project=access.project).count() + 1
    return {
        "method": "pick" if ticked else "all",
        "items": ",".join(ticked),
        "folder": request.GET.get("folder") or None,
        "name": f"Batch {number}",
        "exclude_batched": not ticked,
    }


def _seen(access: ProjectAccess, form: BatchForm) -> dict[str, Any]:
    """The preview of what the form says now, or why there is none."""
    if not form.is_bound:
        form = BatchForm(access.project, {name: value for name, value in form.initial.items() if value})
    form.is_valid()
    wrong = [form.errors[name][0] for name in ("method", "upload", "folder") if name in form.errors]
    if wrong:
        return {"cannot": wrong[0]}
    try:
        seen = preview(access.project, form.selection)
    except Refused as refused:
        return {"cannot": refused.sentence}
    stages = [stage.name for stage in access.project.stages.all()]
    return {
        "seen": seen,
        "left_out": _left_out(seen.left_out),
        "stages": stages,
        "tasks": seen.count * len(stages),
    }


def _left_out(reasons: dict[str, int]) -> list[LeftOut]:
    ordered = sorted(reasons.items(), key=lambda each: -each[1])
    return [LeftOut(n, REASONS.get(reason, reason)) for reason, n in ordered]


def _field(refused: Refused) -> str | None:
    field = {"item_ids": "method"}.get(str(refused.facts.get("field")), refused.facts.get("field"))
    return field if field in {"name", "method", "upload", "folder", "kind"} else None


def _offset(said: QueryDict) -> int:
    number = said.get("from", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
