"""One of everything, and everybody who may come to a door."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from accounts.keys import create_key
from accounts.models import ApiKey, User
from annotation.members.people import set_project_role, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Batch, Event, Folder, Item, Operation, Project, Task, Upload, Workspace
from tests.cast import person
from tests.factories import assign, make_batch, make_folder, make_items


@dataclass
class World:
    workspace: Workspace
    project: Project
    folder: Folder
    item: Item
    batch: Batch
    task: Task
    operation: Operation
    upload: Upload
    event: Event
    people: dict[str, User]
    keys: dict[str, str] = field(default_factory=dict)


def make_world() -> World:
    people = {name: person(name.title()) for name in ["ada", "pia", "quinn", "ana", "ben", "mallory"]}
    people["root"] = User.objects.create_superuser("root@example.com", "mete-test", name="Root")
    ada = people["ada"]
    workspace = create_workspace("Demo", owner=ada)
    project = create_project(workspace, name="Street scenes", by=ada)
    for name, role in [("pia", "admin"), ("quinn", "qa"), ("ana", "annotator"), ("ben", "annotator")]:
        set_workspace_role(workspace, people[name], "member", by=ada)
        set_project_role(project, people[name], role, by=ada)
    elsewhere = create_workspace("Elsewhere", owner=people["mallory"])
    create_project(elsewhere, name="Hers", by=people["mallory"])

    folder = make_folder(project, "A")
    items = make_items(project, folder, 3)
    batch = make_batch(project, items)
    store_picture(items[0])
    task = Task.objects.get(item=items[0], stage_order=1)
    task.assignee, task.status, task.given_at = people["ana"], "in_progress", timezone.now()
    task.save(update_fields=["assignee", "status", "given_at"])
    assign(folder, people["ana"])
    world = World(
        workspace=workspace,
        project=project,
        folder=folder,
        item=items[0],
        batch=batch,
        task=task,
        operation=Operation.objects.create(project=project, batch=batch, kind="fill_batch", status="done"),
        upload=Upload.objects.create(project=project, name="Monday drop", created_by=ada),
        event=Event.objects.create(project_id=project.pk, task_id=task.pk, kind="claim", actor_id=ada.pk),
        people={name: User.objects.get(pk=user.pk) for name, user in people.items()},
    )
    for name, user in world.people.items():
        home = elsewhere if name == "mallory" else workspace
        _, world.keys[name] = create_key(user, home.pk, f"{name}'s key")
    return world


def store_picture(item: Item) -> None:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "JPEG")
    item.file = default_storage.save("items/world.jpg", file)
    item.content_type, item.sha256 = "image/jpeg", f"{item.pk:064}"
    item.save(update_fields=["file", "content_type", "sha256"])


def arguments(world: World, route: str, names: list[str]) -> dict[str, Any]:
    """A value for each `<name>` of a route: of our workspace, by the parameter's name or by the word before it."""
    known: dict[str, Any] = {
        "slug": world.project.slug,
        "project": world.project.slug,
        "workspace": world.workspace.slug,
        "ws": world.workspace.slug,
        "project_id": world.project.pk,
        "folder_id": world.folder.pk,
        "batch_id": world.batch.pk,
        "item_id": world.item.pk,
        "task_id": world.task.pk,
        "operation_id": world.operation.pk,
        "class_id": world.project.classes.get().pk,
        "email": "ben@example.com",
        "uidb64": "nobody",
        "token": "none",
        "user_id": world.people["ben"].pk,
        "verb": "submit",
        "action": "pause",
        "rest": "nowhere",
    }
    if route.startswith("api/v1/workspaces/"):
        known["slug"] = world.workspace.slug
    of_route = {
        "batches": world.batch, "items": world.item, "tasks": world.task, "folders": world.folder,
        "operations": world.operation, "classes": world.project.classes.get(), "uploads": world.upload,
        "members": world.people["ben"],
    }  # fmt: skip
    for word, thing in of_route.items():
        for name in ("pk", "id"):
            if f"{word}/<" in route and name in names:
                known[name] = thing.pk
    return {name: known[name] for name in names}


FORMS: dict[str, dict[str, str]] = {
    "batch_action": {"action": "pause"},
    "member_change": {"action": "pause"},
    "folder_hold": {"on": "1"},
}
"""What a page's form sends, where an empty one would not get as far as the right."""

BODIES: dict[str, Any] = {
    "POST workspaces": {"name": "Third"},
    "POST workspaces/<slug>/projects": {"name": "New"},
    "PUT workspaces/<slug>/members/<email>": {"role": "member"},
    "PUT projects/<project_id>/members/<email>": {"role": "qa"},
    "POST projects/<project_id>/folders": {"name": "B"},
    "POST projects/<project_id>/classes": {"name": "Bicycle"},
    "POST projects/<project_id>/items": {"items": [{"name": "a.jpg", "url": "https://pictures.example/a"}]},
    "POST projects/<project_id>/uploads": {"files": []},
    "POST projects/<project_id>/priorities": {"priorities": [{"name": "img-001.jpg", "priority": 1}]},
    "POST projects/<project_id>/batches": {"name": "Second"},
    "POST projects/<project_id>/batches/preview": {"select": {"method": "all"}},
    "PUT folders/<folder_id>/assignees": {"annotators": [], "qas": []},
    "POST tasks/<task_id>/reject": {"reason": "Too small."},
    "POST tasks/<task_id>/send-back": {"reason": "Too small.", "stage": "Labelling"},
    "POST tasks/<task_id>/skip": {"reason": "Too dark."},
    "POST tasks/<task_id>/give": {"assignee": "ben@example.com"},
    "PUT tasks/<task_id>/annotations": {"version": 0, "objects": []},
}


def body(route: str, method: str) -> dict[str, Any]:
    """A good body, so that what is answered is about the person."""
    return BODIES.get(f"{method} {route}", {})


ADMIN_OBJECTS = {
    "user": lambda w: w.people["ben"],
    "apikey": lambda w: ApiKey.objects.get(user=w.people["ada"]),
    "workspace": lambda w: w.workspace,
    "workspacemembership": lambda w: w.workspace.memberships.get(user=w.people["ben"]),
    "projectmembership": lambda w: w.project.memberships.get(user=w.people["ben"]),
    "stage": lambda w: w.project.stages.first(),
    **{name: (lambda w, name=name: getattr(w, name)) for name in
       ["project", "folder", "item", "batch", "task", "operation", "upload", "event"]},
}  # fmt: skip
"""An object of ours for each model of the Django admin."""
