"""My work: what I hold, what I may request, and my projects."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.access import administered_workspaces, projects_of
from annotation.distribution.held import ProjectWork, held_tasks, my_work
from annotation.models import Project, Task, Workspace
from annotation.views.signed_in import Request
from annotation.workflow.counts import counts_of_projects

SHOWN = 5


@dataclass
class WorkPanel:
    """One project in which the person works, with the first images they hold."""

    work: ProjectWork
    tasks: list[Task]

    @property
    def more(self) -> int:
        return self.work.held - len(self.tasks)


@dataclass
class ProjectRow:
    project: Project
    role: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@login_required
@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    work = my_work(request.user)
    workspaces = list(administered_workspaces(request.user).order_by("name"))
    return render(
        request,
        "annotation/home.html",
        {
            "panels": [
                _panel(one, request.user.pk) for one in work if one.held or one.role in {"annotator", "qa"}
            ],
            "rows": _rows(request, work, workspaces),
            "held": sum(one.held for one in work),
            "returned": sum(one.returned for one in work),
            "administered": workspaces,
            "idempotency_key": uuid4(),
        },
    )


def _panel(work: ProjectWork, user_id: int) -> WorkPanel:
    """Returned images first: somebody waits for them."""
    if not work.held:
        return WorkPanel(work, [])
    tasks = list(held_tasks(work.project.pk, user_id)[:200])
    tasks.sort(key=lambda task: task.status != Task.Status.REJECTED)
    return WorkPanel(work, tasks[:SHOWN])


def _rows(request: Request, work: list[ProjectWork], administered: list[Workspace]) -> list[ProjectRow]:
    """How far each project is, for everybody in it. Two queries, however many."""
    roles = {one.project.pk: one.role for one in work}
    own = {workspace.pk for workspace in administered}
    projects = list(
        projects_of(request.user).select_related("workspace").order_by("workspace__name", "name")[:200]
    )
    counts = counts_of_projects([project.pk for project in projects])
    names = {"admin": "Admin", "qa": "QA", "annotator": "Annotator"}
    rows = []
    for project in projects:
        role = names.get(
            roles.get(project.pk) or "", "Admin of the workspace" if project.workspace_id in own else ""
        )
        rows.append(ProjectRow(project, role, counts.get(project.pk, {})))
    return rows
