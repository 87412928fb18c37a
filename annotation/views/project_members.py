"""Members of a project: who is in it, in which role, and adding people by e-mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from annotation.access import ProjectAccess, open_project
from annotation.distribution.words import listed
from annotation.errors import Refused, Taken
from annotation.forms.members import ROLES, MemberForm
from annotation.forms.refusal import say_at_its_field
from annotation.members.invite import invite_to_project
from annotation.members.pending import may_hand_link
from annotation.models import FolderAssignment, ProjectMembership, Task, WorkspaceMembership
from annotation.views.signed_in import Request

AS_A = {"annotator": "an annotator", "qa": "a QA", "admin": "an admin"}
SHOWN_FOLDERS = 3
RIGHTS = [
    ("Request tasks", (False, True, True)),
    ("Annotate what they hold", (True, True, True)),
    ("Accept, fix and return what they hold", (True, True, False)),
    ("See all images and who holds them", (True, True, False)),
    ("Make batches, assign, release", (True, False, False)),
    ("Change settings, classes and members", (True, False, False)),
]
"""What admins, QAs and annotators may do, as the page tells it."""


@dataclass
class MemberRow:
    """`holds` counts open tasks; `folders` are those assigned to the person."""

    membership: ProjectMembership
    holds: int
    folders: list[str]

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def is_admin(self) -> bool:
        return self.membership.role == ProjectMembership.Role.ADMIN

    @property
    def is_invited(self) -> bool:
        """They have not set a password."""
        return self.user.is_active and not self.user.has_usable_password()

    @property
    def in_folders(self) -> str:
        return listed([*self.folders], SHOWN_FOLDERS) if self.folders else ""


@dataclass
class Link:
    """The address where a person sets a password, once."""

    user: User
    url: str


@dataclass
class Added:
    user: User
    link: Link | None
    was_here: bool


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_members(request: Request, workspace: str, slug: str) -> HttpResponse:
    """POST adds people: all of them, or with a refusal none."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    if request.method != "POST":
        return members_page(request, access)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            added = _add(request, access, form.cleaned_data["email"], form.cleaned_data["role"])
        except Refused as refused:
            say_at_its_field(form, refused)
        else:
            links = [one.link for one in added if one.link]
            for sentence in _told(access, added, form.cleaned_data["role"]):
                messages.success(request, sentence)
            if links:
                return members_page(request, access, links=links)
            return redirect("project_members", workspace, slug)
    return members_page(request, access, form=form)


def members_page(
    request: Request,
    access: ProjectAccess,
    *,
    form: MemberForm | None = None,
    links: list[Link] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """`form` comes back refused; `links` are shown this once; `refusal` is the answer to a change of a row."""
    rows = _rows(access)
    admins = WorkspaceMembership.objects.filter(
        workspace=access.project.workspace, role__in=["owner", "admin"], user__is_active=True
    ).select_related("user")
    context = {
        "access": access,
        "tab": "members",
        "form": form or MemberForm(initial={"role": "annotator"}),
        "rows": rows,
        "summary": _summary(rows),
        "roles": ROLES,
        "links": links or [],
        "link_days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).days,
        "refusal": refusal,
        "above": _above(access, [str(membership.user) for membership in admins]),
        "rights": RIGHTS,
    }
    status = 422 if refusal or (form and form.errors) else 200
    return render(request, "annotation/members/members.html", context, status=status)


def _above(access: ProjectAccess, names: list[str]) -> str:
    if not names:
        return ""
    verb = "administers" if len(names) == 1 else "administer"
    return (
        f"{listed(names, SHOWN_FOLDERS * 2)} {verb} the workspace {access.project.workspace} "
        "and may do here what admins may."
    )


def link_for(request: Request, user: User, path: str) -> Link:
    return Link(user, request.build_absolute_uri(path))


@transaction.atomic
def _add(request: Request, access: ProjectAccess, addresses: list[str], role: str) -> list[Added]:
    here = {
        membership.user.email: membership
        for membership in access.project.memberships.filter(user__email__in=addresses).select_related("user")
    }
    return [_add_one(request, access, address, role, here.get(address)) for address in addresses]


def _add_one(
    request: Request, access: ProjectAccess, address: str, role: str, before: ProjectMembership | None
) -> Added:
    if before and role in AS_A and before.role != role:
        name = before.user.first_name_or_email
        raise Taken(
            f"{name} is {AS_A[before.role]} here already. Change the role in the list.", field="email"
        )
    invited = invite_to_project(access.project, address, role, by=request.user)
    may_have_link = invited.is_new or may_hand_link(invited.user, by=request.user)
    link = link_for(request, invited.user, invited.link) if invited.link and may_have_link else None
    return Added(invited.user, link, before is not None)


def _told(access: ProjectAccess, added: list[Added], role: str) -> list[str]:
    """One sentence for those who are new here, one for those who were here before."""
    project = access.project.name
    new = [str(one.user) for one in added if not one.was_here]
    old = [str(one.user) for one in added if one.was_here]
    said = []
    if len(new) == 1:
        said.append(f"{new[0]} is {AS_A[role]} of {project} now.")
    elif new:
        plural = {"annotator": "annotators", "qa": "QAs", "admin": "admins"}[role]
        said.append(f"{len(new)} people are {plural} of {project} now.")
    if len(old) == 1:
        said.append(f"{old[0]} is {AS_A[role]} here already. Nothing changed.")
    elif old:
        said.append(f"{len(old)} people were here already. Nothing changed for them.")
    return said


def _rows(access: ProjectAccess) -> list[MemberRow]:
    memberships = list(access.project.memberships.select_related("user"))
    people = [membership.user_id for membership in memberships]
    holds = dict(
        Task.objects.open()
        .filter(assignee_id__in=people, project=access.project)
        .order_by()
        .values_list("assignee_id")
        .annotate(Count("id"))
    )
    folders: defaultdict[int, list[str]] = defaultdict(list)
    for user_id, name in (
        FolderAssignment.objects.filter(folder__project=access.project)
        .order_by("folder__sort_key")
        .values_list("user_id", "folder__name")
    ):
        folders[user_id].append(name)
    rows = [MemberRow(m, holds.get(m.user_id, 0), folders[m.user_id]) for m in memberships]
    order = ["admin", "annotator", "qa"]
    return sorted(rows, key=lambda row: (order.index(row.membership.role), str(row.user).casefold()))


def _summary(rows: list[MemberRow]) -> str:
    """8 people: 2 admins, 4 annotators, 2 QAs"""
    if not rows:
        return "Nobody has a role in this project."
    counts = Counter(row.membership.role for row in rows)
    words = {"admin": ("admin", "admins"), "annotator": ("annotator", "annotators"), "qa": ("QA", "QAs")}
    parts = [
        f"{counts[role]:,} {one if counts[role] == 1 else many}"
        for role, (one, many) in words.items()
        if counts[role]
    ]
    return f"{len(rows):,} {'person' if len(rows) == 1 else 'people'}: {', '.join(parts)}"
