"""The demo's story, played once through the real rules: the same functions that pages and API call.

Ada uploads 44 pictures and launches a batch; Ana and Ben request, box and submit; Quinn accepts five and returns one
with a reason. It ends with a second batch, staged: its presence says that the story was told to the end.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile
from PIL import Image

from accounts.models import User
from annotation.background import run_now
from annotation.batches.create import create_batch
from annotation.catalog.folders import create_folder, root_of
from annotation.catalog.intake import add_file
from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.catalog.thumbnails import make_thumbnail
from annotation.catalog.uploads import get_or_create_upload
from annotation.demo.pictures import Box, draw_scene
from annotation.distribution.assignments import assign_folder
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import load, save_annotations
from annotation.errors import Invalid
from annotation.members.classes import set_classes
from annotation.members.people import set_project_role, set_workspace_role
from annotation.members.projects import create_project, update_project
from annotation.members.workspaces import create_workspace
from annotation.models import Folder, Item, Project, Task, Workspace
from annotation.workflow.accept import accept
from annotation.workflow.reject import reject
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit

PASSWORD = "mete-demo"  # noqa: S105 - printed by the demo
WORKSPACE, PROJECT, LAST_BATCH = "demo", "Street scenes", "Next week"
CLASSES = (
    ("Car", "#3aa5ff", "1"),
    ("Person", "#ff6b6b", "2"),
    ("Bicycle", "#ffc93a", "3"),
    ("Traffic light", "#c77dff", "4"),
    ("Tree", "#5bd18b", "5"),
)
INSTRUCTIONS = """Draw one box around every car, person, bicycle, traffic light and tree.

- Let the box touch the thing on all four sides; leave out its shadow.
- Box what you can see. Do not guess hidden parts.
- Leave out what is smaller than 10 pixels.
- Skip an image only when nothing can be recognised, and say why."""


@dataclass
class Picture:
    name: str
    content: bytes
    objects: list[tuple[str, Box]]


@dataclass
class Cast:
    ada: User
    ana: User
    ben: User
    quinn: User


def is_told() -> bool:
    return Workspace.objects.filter(slug=WORKSPACE, projects__batches__name=LAST_BATCH).exists()


def is_begun() -> bool:
    return Workspace.objects.filter(slug=WORKSPACE).exists()


def tell(images: Path | None, say: Callable[[str], None]) -> None:
    """Play the story. `images` is a folder of pictures to use instead of drawn ones."""
    cast = Cast(*(_person(name) for name in ("Ada Lindqvist", "Ana Petrova", "Ben Okafor", "Quinn Harper")))
    project = _project(cast)
    say("Drawing and uploading pictures …" if images is None else f"Uploading the pictures of {images} …")
    known = _upload(project, cast, images)
    say("Launching a batch, annotating, reviewing …")
    _prioritise(project, cast)
    _, operation = create_batch(project, "Week 47", by=cast.ada, method="all", launch=True, door="shell")
    run_now(operation)
    _annotate(project, cast, known)
    _review(project, cast)
    _submit_more(project, cast.ana, known)
    _stage_another(project, cast, images)


def _person(name: str) -> User:
    email = f"{name.split()[0].lower()}@example.com"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)


def _project(cast: Cast) -> Project:
    workspace = create_workspace(WORKSPACE, owner=cast.ada)
    project = create_project(workspace, name=PROJECT, by=cast.ada)
    changes = {"request_item_number": 5, "instructions": INSTRUCTIONS}
    update_project(project, changes, by=cast.ada)
    set_classes(project, [{"name": n, "color": c, "key": k} for n, c, k in CLASSES], by=cast.ada)
    for user, role in ((cast.ana, "annotator"), (cast.ben, "annotator"), (cast.quinn, "qa")):
        set_workspace_role(workspace, user, "member", by=cast.ada)
        set_project_role(project, user, role, by=cast.ada)
    return project


def _upload(project: Project, cast: Cast, images: Path | None) -> dict[int, Picture]:
    """Two folders and the root. Returns item id → the picture with what is on it."""
    front = create_folder(project, "cam-front", by=cast.ada)
    rear = create_folder(project, "cam-rear", by=cast.ada)
    assign_folder(front, annotators=[cast.ana], qas=[], by=cast.ada, door="shell")
    upload = get_or_create_upload(project, "Monday drive", by=cast.ada)
    pictures = _own(images) if images else _drawn(range(1, 45))
    known: dict[int, Picture] = {}
    for number, picture in enumerate(pictures):
        folder: Folder = (front, rear, front, rear, root_of(project))[number % 5]
        added = add_file(
            project,
            ContentFile(picture.content, name=picture.name),
            picture.name,
            folder=folder,
            upload=upload,
            by=cast.ada,
        )
        if added.item is not None:
            make_thumbnail(added.item.pk)
            known[added.item.pk] = picture
    if not known:
        raise Invalid(f"There is no JPEG, PNG or WebP picture in {images}. Name a folder that has some.")
    return known


def _drawn(seeds: range) -> Iterator[Picture]:
    for seed in seeds:
        scene = draw_scene(seed)
        yield Picture(f"street-{seed:04}.jpg", scene.jpeg, scene.objects)


def _own(images: Path) -> Iterator[Picture]:
    """The first 200 pictures of a folder. What is on them nobody knows: the story boxes their middle."""
    files = sorted(p for p in images.iterdir() if p.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    for file in files[:200]:
        content = file.read_bytes()
        with Image.open(io.BytesIO(content)) as image:
            w, h = image.size
        side = min(w, h)
        middle = (w / 2 - side / 5, h / 2 - side / 5, w / 2 + side / 5, h / 2 + side / 5)
        yield Picture(file.name, content, [("Car", middle)])


def _prioritise(project: Project, cast: Cast) -> None:
    items = list(Item.objects.filter(project=project).select_related("folder").order_by("id"))[5:35:10]
    rows = [
        PriorityRow(name=item.name, folder="" if item.folder.is_root else item.folder.name, priority=priority)
        for item, priority in zip(items, (1.0, 0.5, 0.25), strict=False)
    ]
    set_priorities(project, rows, by=cast.ada, door="shell")


def _box(task: Task, by: User, known: dict[int, Picture]) -> None:
    """Open the task and draw what is on the picture."""
    start(task.pk, by=by)
    loaded = load(task)
    picture = known[task.item_id or 0]
    objects = [
        {"id": str(uuid.uuid4()), "class": name, "type": "rectangle", "points": [[x1, y1], [x2, y2]]}
        for name, (x1, y1, x2, y2) in picture.objects
    ]
    save_annotations(task.pk, by=by, version=loaded.version, objects=objects)


def _annotate(project: Project, cast: Cast, known: dict[int, Picture]) -> None:
    for task in request_tasks(project, by=cast.ana).tasks:
        _box(task, cast.ana, known)
        submit(task.pk, by=cast.ana)
    for number, task in enumerate(request_tasks(project, by=cast.ben).tasks):
        if number == 2:
            start(task.pk, by=cast.ben)
            skip(task.pk, by=cast.ben, reason="Too dark to tell the cars apart.")
        elif number < 4:
            _box(task, cast.ben, known)
            if number < 2:
                submit(task.pk, by=cast.ben)


def _review(project: Project, cast: Cast) -> None:
    """Quinn accepts all that waits but the last, which goes back to its annotator."""
    mine: list[Task] = []
    while waiting := Task.objects.filter(
        project=project, stage_kind="review", status="ready", assignee=None
    ).count():
        mine += request_tasks(project, by=cast.quinn).tasks
        last = waiting <= project.request_item_number
        for task in mine[:-1] if last else mine:
            start(task.pk, by=cast.quinn)
            accept(task.pk, by=cast.quinn)
        mine = mine[-1:] if last else []
    for task in mine:
        start(task.pk, by=cast.quinn)
        reject(task.pk, by=cast.quinn, reason="The tree on the left has no box, and one car box is too wide.")


def _submit_more(project: Project, ana: User, known: dict[int, Picture]) -> None:
    for task in request_tasks(project, by=ana).tasks:
        _box(task, ana, known)
        submit(task.pk, by=ana)


def _stage_another(project: Project, cast: Cast, images: Path | None) -> None:
    """Two more pictures at least, in a batch that waits for Ada to launch it."""
    upload = get_or_create_upload(project, "Tuesday drive", by=cast.ada)
    for picture in _drawn(range(101, 109)):
        added = add_file(
            project,
            ContentFile(picture.content, name=picture.name),
            picture.name,
            folder=root_of(project),
            upload=upload,
            by=cast.ada,
        )
        if added.item is not None:
            make_thumbnail(added.item.pk)
    _, operation = create_batch(
        project, LAST_BATCH, by=cast.ada, method="upload", upload_id=upload.pk, door="shell"
    )
    run_now(operation)
