"""Data: folders, images, and the Request Tasks button saying how many it would bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation.access import ProjectAccess, open_project
from annotation.catalog.hands import hands_of
from annotation.catalog.listing import Asked, items_page
from annotation.distribution.held import held_tasks
from annotation.distribution.preview import would_bring
from annotation.distribution.reasons import Reason
from annotation.distribution.worked import worked_counts, worked_page
from annotation.models import Folder, FolderAssignment, Item
from annotation.templatetags.look import WORDS
from annotation.views.signed_in import Request
from annotation.workflow.counts import folder_counts

CHIPS = ("not_started", "in_progress", "quality_check", "returned", "completed", "skipped")


@dataclass
class Place:
    """A folder in the tree: how many images of which status, and who it is for."""

    folder: Folder
    counts: dict[str, int]
    who: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass
class Chip:
    status: str
    n: int


@dataclass
class Looked:
    """The part of the project that is looked at, as the address says."""

    folder: Folder | None = None
    status: str = ""
    prefix: str = ""
    after: str = ""
    before: str = ""
    places: list[Place] = field(default_factory=list)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.folder or self.status or self.prefix)


@login_required
@never_cache
@require_safe
def project_data(request: Request, workspace: str, slug: str) -> HttpResponse:
    access = open_project(request.user, workspace=workspace, slug=slug)
    return data_page(request, access)


def data_page(
    request: Request,
    access: ProjectAccess,
    *,
    status: int = 200,
    refusal: str = "",
    reasons: list[Reason] | None = None,
) -> HttpResponse:
    """`refusal` and `reasons` are the answer to a request that brought nothing; they stand above the images."""
    counts = (
        folder_counts(access.project.pk)
        if access.sees_all_items
        else worked_counts(access.project.pk, request.user.pk)
    )
    looked = _looked(request, access, counts)
    context = {
        "access": access,
        "tab": "data",
        "looked": looked,
        "chips": _chips(looked, counts),
        "total": sum(sum(of.values()) for of in counts.values()),
        "refusal": refusal,
        "reasons": reasons,
        **(_all_items(access, looked) if access.sees_all_items else _own_items(request, access, looked)),
    }
    if request.htmx and request.htmx.target == "rows" and not refusal:
        response = render(request, "annotation/data/data.html#rows", context)
    else:
        context |= _button(request, access)
        response = render(request, "annotation/data/data.html", context, status=status)
    response["Vary"] = "HX-Request"
    return response


def _looked(request: Request, access: ProjectAccess, counts: Any) -> Looked:
    """An address that names what is not there shows everything."""
    assigned = Prefetch(
        "assignments", FolderAssignment.objects.select_related("user").order_by("user__email")
    )
    folders = list(access.project.folders.prefetch_related(assigned))
    places = [Place(f, dict(counts.get(f.pk, {})), _who(f, access)) for f in folders]
    if not access.sees_all_items:
        mine = {
            p.folder.pk
            for p in places
            if any(a.user_id == access.user.pk for a in p.folder.assignments.all())
        }
        places = [p for p in places if p.total or p.folder.pk in mine]
    said = request.GET
    status = said.get("status", "")
    return Looked(
        folder=next((f for f in folders if str(f.pk) == said.get("folder")), None),
        status=status if status in WORDS else "",
        prefix=said.get("name", "").replace("\0", "").strip()[:255],
        after=said.get("after", ""),
        before=said.get("before", ""),
        places=places,
    )


def _who(folder: Folder, access: ProjectAccess) -> str:
    """Whose folder it is. Annotators learn only whether it is theirs."""
    people = list(folder.assignments.all())
    if not access.sees_all_items:
        return "Yours" if any(a.user_id == access.user.pk for a in people) else ""
    if folder.is_on_hold:
        return "On hold"
    names = [a.user.first_name_or_email for a in people if a.role == "annotator"]
    qas = [a.user.first_name_or_email for a in people if a.role == "qa"]
    said = [", ".join(names)] if names else []
    return " · ".join([*said, f"QA {', '.join(qas)}"] if qas else said)


def _chips(looked: Looked, counts: Any) -> list[Chip]:
    sums = dict.fromkeys(CHIPS, 0)
    for folder_id, of in counts.items():
        if looked.folder is None or looked.folder.pk == folder_id:
            for status, n in of.items():
                sums[status] += n
    return [Chip("", sum(sums.values())), *(Chip(status, sums[status]) for status in CHIPS)]


def _all_items(access: ProjectAccess, looked: Looked) -> dict[str, Any]:
    asked = Asked(looked.folder, looked.status, looked.prefix, looked.after, looked.before)
    page = items_page(access.project, asked)
    return {
        "page": page,
        "rows": hands_of(page.items),
        "has_items": Item.objects.filter(project=access.project).exists(),
    }


def _own_items(request: Request, access: ProjectAccess, looked: Looked) -> dict[str, Any]:
    page = worked_page(
        access.project.pk,
        request.user.pk,
        folder=looked.folder,
        status=looked.status,
        after=looked.after,
        before=looked.before,
    )
    return {"page": page, "tasks": page.tasks}


def _button(request: Request, access: ProjectAccess) -> dict[str, Any]:
    """What Request Tasks would bring, and where to go on with what is held."""
    if access.role not in {"annotator", "qa"}:
        return {"offer": None}
    offer = would_bring(access)
    first = held_tasks(access.project.pk, request.user.pk)[:1] if offer.held else []
    return {"offer": offer, "first": next(iter(first), None), "idempotency_key": uuid4()}
