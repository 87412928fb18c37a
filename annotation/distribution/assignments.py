"""Folders assigned to people: data, not a permission. People of a role close a folder to all others of that role."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from annotation.distribution.words import listed
from annotation.errors import Invalid, NotFound
from annotation.models import Event, Folder, FolderAssignment, ProjectMembership


def assign_folder(
    folder: Folder,
    *,
    annotators: Iterable[User],
    qas: Iterable[User],
    by: User,
    door: str = "page",
) -> None:
    """Make these the folder's people; nobody of a role opens it to all of that role. What people hold they keep.

    Raises Invalid for the root, and for somebody who does not have the role in this project.
    """
    wanted = {"annotator": {user.pk: user for user in annotators}, "qa": {user.pk: user for user in qas}}
    with transaction.atomic():
        _require_roles(folder, wanted)
        locked = Folder.objects.select_for_update(no_key=True).filter(pk=folder.pk).first()
        if locked is None:
            raise NotFound("This folder is gone.")
        if locked.is_root:
            raise Invalid("The root is open to everybody. Put the images into a folder and assign that.")
        if changes := _replace(locked, wanted):
            Event.objects.create(
                project_id=locked.project_id,
                actor_id=by.pk,
                kind="assign_folder",
                door=door,
                detail={"folder": locked.pk, "name": locked.name, **changes},
            )


def _require_roles(folder: Folder, wanted: dict[str, dict[int, User]]) -> None:
    """Locks the memberships, so that nobody leaves or changes role while being assigned."""
    people = {pk: user for users in wanted.values() for pk, user in users.items()}
    roles = dict(
        ProjectMembership.objects.select_for_update(no_key=True)
        .filter(project_id=folder.project_id, user_id__in=people)
        .order_by("user_id")
        .values_list("user_id", "role")
    )
    for role, words in (("annotator", "annotator"), ("qa", "QA")):
        strangers = [str(user) for pk, user in wanted[role].items() if roles.get(pk) != role]
        if strangers:
            verb = "is" if len(strangers) == 1 else "are"
            raise Invalid(
                f"{listed(sorted(strangers), most=5)} {verb} no {words} of this project. "
                "Give them that role on the Members page first.",
                field="annotators" if role == "annotator" else "qas",
            )


def _replace(folder: Folder, wanted: dict[str, dict[int, User]]) -> dict[str, object]:
    """Write the difference; returns it for the history, empty where nothing changed."""
    before = set(FolderAssignment.objects.filter(folder=folder).values_list("user_id", "role"))
    after = {(pk, role) for role, users in wanted.items() for pk in users}
    if before == after:
        return {}
    for user_id, role in before - after:
        FolderAssignment.objects.filter(folder=folder, user_id=user_id, role=role).delete()
    FolderAssignment.objects.bulk_create(
        FolderAssignment(folder=folder, user_id=user_id, role=role)
        for user_id, role in sorted(after - before)
    )
    return {
        "annotators": sorted(pk for pk, role in after if role == "annotator"),
        "qas": sorted(pk for pk, role in after if role == "qa"),
        "annotators_before": sorted(pk for pk, role in before if role == "annotator"),
        "qas_before": sorted(pk for pk, role in before if role == "qa"),
    }
