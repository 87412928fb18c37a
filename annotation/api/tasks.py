"""Tasks: looking at them and moving them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from accounts.models import User
from annotation import access
from annotation.access import ProjectAccess
from annotation.api import reach
from annotation.api.auth import caller
from annotation.api.fields import PAGE, Email, Flag, Id, In, Limit, Out, PathId, json_answer
from annotation.errors import Invalid, Refused
from annotation.models import Batch, Stage, Task
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.give import Moved, give, release
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw

router = Router(tags=["tasks"])

Status = Literal[
    "waiting", "ready", "in_progress", "submitted", "rejected", "accepted", "skipped", "cancelled"
]
BATCHES_A_PAGE = 20


class TaskItemOut(Out):
    id: int
    name: str
    folder: str | None = Field(description="Its folder's name; null for the root.")
    status: str
    url: str = Field(description="Where the image is: the address it was given with, or ours.")
    priority: float | None
    width: int | None
    height: int | None


class NamedOut(Out):
    id: int
    name: str


class TaskOut(Out):
    id: int
    kind: Literal["annotate", "review"] = Field(description="The kind of its stage.")
    target: str
    status: Status
    stage: NamedOut
    item: TaskItemOut | None
    assignee: str | None = Field(description="E-mail of its holder.")
    done_by: str | None
    reason: str
    job: NamedOut | None
    batch: NamedOut
    due_at: datetime | None


class TasksOut(Out):
    tasks: list[TaskOut]


class TaskPageOut(TasksOut):
    next: str | None = Field(description="Send it as `after` for the next page; null at the end.")


class TaskFilters(In):
    assignee: Annotated[str, Field(max_length=254)] | None = Field(None, description="`me` or an e-mail.")
    status: Status | None = None
    stage: Annotated[str, Field(max_length=60)] | None = Field(None, description="A stage's name.")
    kind: Literal["annotate", "review"] | None = None
    after: Annotated[str, Field(pattern=r"^\d{1,18}-\d{1,18}$")] | None = None
    limit: Limit = PAGE


class ReasonIn(In):
    reason: Annotated[str, Field(max_length=100_000)]


class AcceptIn(In):
    keep_working: Flag = False


class SendBackIn(ReasonIn):
    stage: Id | Annotated[str, Field(max_length=60)] = Field(description="The id or the name of a stage.")


class GiveIn(In):
    assignee: Email


ROW = (
    "pk", "stage_kind", "target", "status", "stage_id", "stage__name", "assignee__email", "done_by__email", "reason",
    "job_id", "job__name", "job__due_at", "batch_id", "batch__name", "batch__due_at", "folder__name",
    "folder__is_root", "item_id", "item__name", "item__status", "item__url", "item__priority", "item__width",
    "item__height",
)  # fmt: skip
"""What is told of a task, read as one row: as objects of six tables it costs four times as much."""

ROWS = Task.objects.values(*ROW)
"""Made once: to find its way to 24 columns of seven tables takes Django longer than the database."""

Row = dict[str, Any]


def told(request: HttpRequest, ids: Sequence[int]) -> list[Row]:
    """`TaskOut`s as plain data, in the order of `ids`. One query."""
    found = {row["pk"]: row for row in ROWS.filter(pk__in=ids)}
    return told_of(request, [found[pk] for pk in ids if pk in found])


def told_of(request: HttpRequest, rows: Sequence[Row]) -> list[Row]:
    here = request.build_absolute_uri("/api/v1/items/")
    return [_told(here, row) for row in rows]


def _told(here: str, row: Row) -> Row:
    return {
        "id": row["pk"],
        "kind": row["stage_kind"],
        "target": row["target"],
        "status": row["status"],
        "stage": {"id": row["stage_id"], "name": row["stage__name"]},
        "item": _told_item(here, row) if row["item_id"] else None,
        "assignee": row["assignee__email"],
        "done_by": row["done_by__email"],
        "reason": row["reason"],
        "job": {"id": row["job_id"], "name": row["job__name"]} if row["job_id"] else None,
        "batch": {"id": row["batch_id"], "name": row["batch__name"]},
        "due_at": row["job__due_at"] or row["batch__due_at"],
    }


def _told_item(here: str, row: Row) -> Row:
    return {
        "id": row["item_id"],
        "name": row["item__name"],
        "folder": None if row["folder__is_root"] else row["folder__name"],
        "status": row["item__status"],
        "url": row["item__url"] or f"{here}{row['item_id']}/image",
        "priority": row["item__priority"],
        "width": row["item__width"],
        "height": row["item__height"],
    }


@router.get("/projects/{project_id}/tasks", response=TaskPageOut)
def list_tasks(request: HttpRequest, project_id: PathId, filters: Query[TaskFilters]) -> HttpResponse:
    """Tasks the key's person may see, oldest batch first. A page may be short: go on until `next` is null."""
    standing = reach.project(request, project_id)
    tasks = _filtered(access.tasks_visible_to(standing), standing, filters, caller(request))
    if standing.sees_all_items and filters.assignee is None:
        found, cursor = _page_by_batch(tasks, standing, filters)
    else:
        found, cursor = _page(tasks, filters)
    return json_answer(TaskPageOut.model_validate({"tasks": told_of(request, found), "next": cursor}))


def _filtered(
    tasks: QuerySet[Task], standing: ProjectAccess, filters: TaskFilters, me: User
) -> QuerySet[Task]:
    if filters.assignee == "me":
        tasks = tasks.filter(assignee=me)
    elif filters.assignee is not None:
        person = reach.workspace_member(standing.project.workspace, filters.assignee, "assignee")
        tasks = tasks.filter(assignee=person)
    if filters.status:
        tasks = tasks.filter(status=filters.status)
    if filters.kind:
        tasks = tasks.filter(stage_kind=filters.kind)
    if filters.stage:
        tasks = tasks.filter(stage=_stage(standing, filters.stage))
    return tasks


def _stage(standing: ProjectAccess, named: int | str) -> Stage:
    key = {"pk": named} if isinstance(named, int) else {"name": named}
    stage = Stage.objects.filter(project=standing.project, **key).first()
    if stage is None:
        raise Invalid(f"There is no stage “{named}” in this project.", field="stage")
    return stage


def _page(tasks: QuerySet[Task], filters: TaskFilters) -> tuple[list[Row], str | None]:
    """A page of one person's tasks, by an index of theirs."""
    batch, last = _cursor(filters.after)
    tasks = tasks.filter(Q(batch_id__gt=batch) | Q(batch_id=batch, pk__gt=last))
    found = list(tasks.order_by("batch_id", "pk").values(*ROW)[: filters.limit + 1])
    return _cut(found, filters.limit)


def _page_by_batch(
    tasks: QuerySet[Task], standing: ProjectAccess, filters: TaskFilters
) -> tuple[list[Row], str | None]:
    """A page of everybody's tasks: batch after batch, each read along its own index, never a project sorted."""
    at, last = _cursor(filters.after)
    batches = Batch.objects.filter(project=standing.project, pk__gte=at, task_count__gt=0).order_by("pk")
    ahead = list(batches.values_list("pk", flat=True)[: BATCHES_A_PAGE + 1])
    found: list[Row] = []
    for batch_id in ahead[:BATCHES_A_PAGE]:
        of_batch = tasks.filter(batch_id=batch_id, pk__gt=last if batch_id == at else 0)
        found += of_batch.order_by("pk").values(*ROW)[: filters.limit + 1 - len(found)]
        if len(found) > filters.limit:
            return _cut(found, filters.limit)
    more = len(ahead) > BATCHES_A_PAGE
    return found, f"{ahead[BATCHES_A_PAGE]}-0" if more else None


def _cut(found: list[Row], limit: int) -> tuple[list[Row], str | None]:
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], f"{last['batch_id']}-{last['pk']}"


def _cursor(after: str | None) -> tuple[int, int]:
    batch, _, task = (after or "0-0").partition("-")
    return int(batch), int(task)


@router.get("/tasks/{task_id}", response=TaskOut)
def show_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    task, _ = reach.task(request, task_id)
    return _named(request, task)


@router.post("/tasks/{task_id}/start", response=TaskOut)
def start_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, start(task_id, by=caller(request), door="api"))


@router.post("/tasks/{task_id}/submit", response=TaskOut)
def submit_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, submit(task_id, by=caller(request), door="api"))


@router.post("/tasks/{task_id}/withdraw", response=TaskOut)
def withdraw_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, withdraw(task_id, by=caller(request), door="api"))


@router.post("/tasks/{task_id}/accept", response=TaskOut)
def accept_task(request: HttpRequest, task_id: PathId, body: AcceptIn | None = None) -> TaskOut:
    reach.task(request, task_id)
    keep = body.keep_working if body else False
    return _named(request, accept(task_id, by=caller(request), door="api", keep_working=keep))


@router.post("/tasks/{task_id}/reject", response=TaskOut)
def reject_task(request: HttpRequest, task_id: PathId, body: ReasonIn) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, reject(task_id, by=caller(request), reason=body.reason, door="api"))


@router.post("/tasks/{task_id}/send-back", response=TaskOut)
def send_task_back(request: HttpRequest, task_id: PathId, body: SendBackIn) -> TaskOut:
    _, standing = reach.task(request, task_id)
    stage = _stage(standing, body.stage)
    by = caller(request)
    return _named(request, send_back(task_id, by=by, stage_id=stage.pk, reason=body.reason, door="api"))


@router.post("/tasks/{task_id}/skip", response=TaskOut)
def skip_task(request: HttpRequest, task_id: PathId, body: ReasonIn) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, skip(task_id, by=caller(request), reason=body.reason, door="api"))


@router.post("/tasks/{task_id}/complete", response=TaskOut)
def complete_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    reach.task(request, task_id)
    return _named(request, complete(task_id, by=caller(request), door="api"))


@router.post("/tasks/{task_id}/give", response=TaskOut)
def give_task(request: HttpRequest, task_id: PathId, body: GiveIn) -> TaskOut:
    task, standing = reach.task(request, task_id)
    standing.require_admin()
    to = reach.workspace_member(standing.project.workspace, body.assignee, "assignee")
    return _moved(request, task, give([task_id], to=to, by=caller(request), door="api"))


@router.post("/tasks/{task_id}/release", response=TaskOut)
def release_task(request: HttpRequest, task_id: PathId) -> TaskOut:
    task, standing = reach.task(request, task_id)
    standing.require_admin()
    return _moved(request, task, release([task_id], by=caller(request), door="api"))


def _moved(request: HttpRequest, task: Task, moved: Moved) -> TaskOut:
    if moved.refused:
        raise Refused(moved.refused[0][1], current=task.status)
    return _named(request, task)


def _named(request: HttpRequest, task: Task) -> TaskOut:
    return TaskOut.model_validate(told(request, [task.pk])[0])
