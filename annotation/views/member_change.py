"""What an admin does with one member: another role, a pause, a removal, the link to set a password."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from annotation.access import ProjectAccess, open_project
from annotation.distribution.words import images, listed
from annotation.errors import Forbidden, Invalid, NotFound, Refused
from annotation.members.invite import password_link
from annotation.members.pending import may_hand_link
from annotation.members.people import pause, remove_from_project, set_project_role
from annotation.models import FolderAssignment, ProjectMembership, Task
from annotation.views.project_members import AS_A, link_for, members_page
from annotation.views.signed_in import Request
from annotation.workflow.leaving import held_by_person


@dataclass
class Question:
    """Asked before a role goes: what the person loses, in sentences."""

    title: str
    sentences: list[str]
    verb: str
    style: str


@login_required
@never_cache
@require_POST
def member_change(request: Request, workspace: str, slug: str, user_id: int) -> HttpResponse:
    """`action` is role (with `role`), remove, pause, resume or link. The first two ask unless `sure` is sent."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    membership = access.project.memberships.select_related("user").filter(user__pk=user_id).first()
    if membership is None:
        raise NotFound("This person has no role in this project.")
    try:
        answer = _change(request, access, membership)
    except (NotFound, Forbidden):
        raise
    except Refused as refused:
        return members_page(request, access, refusal=refused.sentence)
    return answer or _back(request, access)


def _change(request: Request, access: ProjectAccess, membership: ProjectMembership) -> HttpResponse | None:
    project, user, name = access.project, membership.user, membership.user.first_name_or_email
    action, is_sure = request.POST.get("action", ""), "sure" in request.POST
    match action:
        case "role":
            role = request.POST.get("role", "")
            if role == membership.role:
                return None
            if role in AS_A and not is_sure:
                return _ask(request, access, membership, role)
            set_project_role(project, user, role, by=request.user)
            messages.success(request, f"{name} is {AS_A[role]} now.")
        case "remove":
            if not is_sure:
                return _ask(request, access, membership, None)
            released = remove_from_project(project, user, by=request.user)
            went = f", {images(released)} released" if released else ""
            messages.success(request, f"{name} is removed{went}.")
        case "pause":
            pause(project, user, True, by=request.user)
            messages.success(request, f"{name} is paused: gets nothing new, may finish what is held.")
        case "resume":
            pause(project, user, False, by=request.user)
            messages.success(request, f"{name} may request images again.")
        case "link":
            if not may_hand_link(user, by=request.user):
                raise Forbidden(
                    f"{name} has a password, or belongs to a place you do not administer. "
                    "Ask whoever runs this server for a new link."
                )
            return members_page(request, access, links=[link_for(request, user, password_link(user))])
        case _:
            raise Invalid("Nothing was changed: the action is role, remove, pause, resume or link.")
    return None


def _ask(
    request: Request, access: ProjectAccess, membership: ProjectMembership, role: str | None
) -> HttpResponse:
    context = {
        "access": access,
        "tab": "members",
        "user_id": membership.user_id,
        "role": role,
        "question": _question(request, access, membership, role),
    }
    return render(request, "annotation/members/question.html", context)


def _question(
    request: Request, access: ProjectAccess, membership: ProjectMembership, role: str | None
) -> Question:
    user = membership.user
    name = user.first_name_or_email
    released = held_by_person(access.project, user)
    sentences = [
        *_work(access, membership, released),
        *_folders(access, membership),
    ] or [f"{name} holds no images here."]
    if user.pk == request.user.pk and membership.role == ProjectMembership.Role.ADMIN:
        sentences.append("This is you. Unless you administer the workspace, you lose this page.")
    and_release = f" and release {images(released)}" if released else ""
    if role is None:
        title = f"Remove {user.get_full_name()} from {access.project}?"
        return Question(title, sentences, f"Remove {name}{and_release}", "danger")
    title = f"Make {user.get_full_name()} {AS_A[role]}?"
    return Question(title, sentences, f"Make {name} {AS_A[role]}{and_release}", "primary")


def _work(access: ProjectAccess, membership: ProjectMembership, released: int) -> list[str]:
    if not released:
        return []
    user = membership.user
    name = user.first_name_or_email
    held = Task.objects.held_by(user.pk).filter(project=access.project).count()
    parts = [f"{held:,} open"] if held else []
    parts += [f"{released - held:,} submitted or on the way back"] if released > held else []
    return [
        f"This releases {images(released)} of {name}: {' and '.join(parts)}.",
        "What is drawn stays. Others can request the images.",
    ]


def _folders(access: ProjectAccess, membership: ProjectMembership) -> list[str]:
    names = list(
        FolderAssignment.objects.filter(folder__project=access.project, user=membership.user)
        .order_by("folder__sort_key")
        .values_list("folder__name", flat=True)
    )
    if not names:
        return []
    which = "The folder" if len(names) == 1 else "The folders"
    return [
        f"{which} {listed(names, 5)} will no longer be assigned to {membership.user.first_name_or_email}."
    ]


def _back(request: Request, access: ProjectAccess) -> HttpResponse:
    """To the members; somebody who changed their own role goes where they still may."""
    project = access.project
    try:
        now = open_project(request.user, pk=project.pk)
    except NotFound:
        return redirect("home")
    page = "project_members" if now.is_admin else "project_data"
    return redirect(page, project.workspace.slug, project.slug)
