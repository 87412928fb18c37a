"""Folders: made, renamed, put on hold. Every project has one root, which is none of this."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from annotation.errors import Invalid, Taken
from annotation.models import Event, Folder, Project
from annotation.models.fields import clean_name, sort_key

ROOT_NAME = "root"


def root_of(project: Project) -> Folder:
    return Folder.objects.get(project=project, is_root=True)


def create_folder(
    project: Project, name: object, *, by: User, kind: str = "individual", door: str = "page"
) -> Folder:
    """Raises `Invalid` for a bad name, `Taken` for one that is used."""
    clean = folder_name(name)
    if kind not in Folder.Kind.values:
        raise Invalid(f"“{kind}” is no kind of folder. Use individual or sequence.", field="kind")
    try:
        with transaction.atomic():
            folder = Folder.objects.create(project=project, name=clean, sort_key=sort_key(clean), kind=kind)
            _tell(folder, by, door, "folder_added", None)
    except IntegrityError:
        raise _taken(clean) from None
    return folder


def get_or_create_folders(
    project: Project, names: Iterable[str], *, by: User, door: str
) -> dict[str, Folder]:
    """cleaned name → folder. Call it with names that `folder_name` returned."""
    wanted = set(names)
    found = {f.name: f for f in Folder.objects.filter(project=project, is_root=False, name__in=wanted)}
    for name in sorted(wanted - set(found)):
        try:
            found[name] = create_folder(project, name, by=by, door=door)
        except Taken:
            found[name] = Folder.objects.get(project=project, sort_key=sort_key(name), is_root=False)
    return found


def rename_folder(folder: Folder, name: object, *, by: User, door: str = "page") -> Folder:
    if folder.is_root:
        raise Invalid("The root keeps its name.", field="name")
    clean, before = folder_name(name), folder.name
    if clean == before:
        return folder
    try:
        with transaction.atomic():
            Folder.objects.filter(pk=folder.pk).update(name=clean, sort_key=sort_key(clean))
            folder.name, folder.sort_key = clean, sort_key(clean)
            _tell(folder, by, door, "folder_renamed", {"from": before})
    except IntegrityError:
        raise _taken(clean) from None
    return folder


def set_folder_hold(folder: Folder, on: bool, *, by: User, door: str = "page") -> None:
    """On hold nothing of the folder is handed out; who holds an image of it goes on."""
    with transaction.atomic():
        if Folder.objects.filter(pk=folder.pk).exclude(is_on_hold=on).update(is_on_hold=on):
            _tell(folder, by, door, "folder_hold" if on else "folder_resumed", None)
    folder.is_on_hold = on


def folder_name(name: object) -> str:
    """A usable name of a folder, which may be a path. Raises `Invalid`."""
    if not isinstance(name, str):
        raise Invalid("The folder's name must be text.", field="folder")
    parts = name.strip().strip("/").split("/")
    try:
        clean = "/".join(clean_name(part.strip()) for part in parts)
        clean_name(clean.replace("/", "_"))
    except ValueError as error:
        raise Invalid(f"This cannot be a folder: {error}", field="folder") from None
    if clean.casefold() == ROOT_NAME:
        raise Invalid(
            "“root” means the images outside every folder. Give the folder another name.", field="folder"
        )
    return clean


def _taken(name: str) -> Taken:
    return Taken(f"This project already has a folder called {name}.", field="name")


def _tell(folder: Folder, by: User, door: str, kind: str, detail: dict[str, object] | None) -> None:
    Event.objects.create(
        project_id=folder.project_id,
        actor_id=by.pk,
        kind=kind,
        door=door,
        detail={"folder": folder.pk, "name": folder.name, **(detail or {})},
    )
