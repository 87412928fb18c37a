from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from annotation.errors import Invalid
from annotation.members.groups import make_project_groups
from annotation.members.slugs import free_slug
from annotation.models import AnnotationClass, Event, Folder, Project, Stage, Workspace
from annotation.models.fields import sort_key
from annotation.models.projects import REQUEST_MAX, REQUEST_MIN
from annotation.models.titles import clean_title

ROOT = "root"
INSTRUCTIONS_MAX = 100_000
FLAGS = ("allows_self_review", "annotator_may_complete", "is_on_hold")
SETTINGS = ("name", "instructions", "request_item_number", "request_policy", *FLAGS)


@transaction.atomic
def create_project(
    workspace: Workspace, *, name: str, by: User, type: str = Project.Type.IMAGE, **changes: Any
) -> Project:
    """A project with its root folder, the stages Labelling and QA, one class and its groups.

    `changes` are settings as in `update_project`. Whoever makes it reaches it through the workspace: they get no role.
    """
    name = clean_title(name, "project", 200)
    if type not in Project.Type.values:
        raise Invalid(f"“{type}” is no project type. Use image or image_legacy.", field="type")
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    slug = free_slug(name, 80, lambda s: workspace.projects.filter(slug=s).exists(), otherwise="project")
    project = Project(workspace=workspace, name=name, slug=slug, type=type, created_by=by, **checked(changes))
    project.save()
    Folder.objects.create(project=project, name=ROOT, sort_key=sort_key(ROOT), is_root=True)
    Stage.objects.bulk_create(
        [
            Stage(project=project, name="Labelling", kind=Stage.Kind.ANNOTATE, order=1),
            Stage(project=project, name="QA", kind=Stage.Kind.REVIEW, order=2),
        ]
    )
    AnnotationClass.objects.create(project=project, name="Object", key="1")
    make_project_groups(project)
    return project


@transaction.atomic
def update_project(project: Project, changes: dict[str, Any], *, by: User, door: str = "page") -> Project:
    """Change settings; unknown names and values out of bounds raise `Invalid` and change nothing."""
    clean = checked(changes)
    locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = {name: getattr(locked, name) for name in clean}
    changed = {name: value for name, value in clean.items() if before[name] != value}
    if changed:
        Project.objects.filter(pk=project.pk).update(**changed)
        Event.objects.create(
            project_id=project.pk,
            actor_id=by.pk,
            kind="settings",
            door=door,
            detail={"changed": sorted(changed)},
        )
    for name, value in clean.items():
        setattr(project, name, value)
    return project


def checked(changes: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(changes) - set(SETTINGS))
    if unknown:
        raise Invalid(f"A project has no setting “{unknown[0]}”.", field=unknown[0])
    clean = dict(changes)
    if "name" in clean:
        clean["name"] = clean_title(clean["name"], "project", 200)
    if "request_item_number" in clean:
        clean["request_item_number"] = _request_number(clean["request_item_number"])
    if "request_policy" in clean and clean["request_policy"] not in Project.RequestPolicy.values:
        raise Invalid("The request policy is finish_first or top_up.", field="request_policy")
    if "instructions" in clean:
        clean["instructions"] = _instructions(clean["instructions"])
    for name in FLAGS:
        if name in clean and not isinstance(clean[name], bool):
            raise Invalid(f"{name} is true or false.", field=name)
    return clean


def _request_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(
            f"The request item number must be a whole number from {REQUEST_MIN} to {REQUEST_MAX}.",
            field="request_item_number",
        )
    if not REQUEST_MIN <= value <= REQUEST_MAX:
        wrong = "too many" if value > REQUEST_MAX else "too few"
        raise Invalid(
            f"{value} is {wrong}. Choose a number from {REQUEST_MIN} to {REQUEST_MAX}.",
            field="request_item_number",
        )
    return value


def _instructions(text: object) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise Invalid("The instructions must be text without NUL characters.", field="instructions")
    if len(text) > INSTRUCTIONS_MAX:
        raise Invalid(
            f"The instructions have {len(text):,} characters. Use at most {INSTRUCTIONS_MAX:,}.",
            field="instructions",
        )
    return text
