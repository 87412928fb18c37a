"""The classes of a project: what an object may be, in which colour, under which digit key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from annotation.errors import Invalid, Refused, Taken
from annotation.models import AnnotationClass, AnnotationSet, Event, Project
from annotation.models.titles import clean_title

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
MOST = 500


def create_class(project: Project, *, name: object, color: str, key: str = "", by: User) -> AnnotationClass:
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        clean = _clean(project, name, color, key)
        count = project.classes.count()
        if count >= MOST:
            raise Refused(f"The project has {MOST} classes already. Delete one first.")
        made = AnnotationClass.objects.create(project=project, order=count, **clean)
        _tell(project, by, "class_added", made.name)
    return made


def update_class(
    chosen: AnnotationClass, *, name: object, color: str, key: str = "", by: User
) -> AnnotationClass:
    """Annotations name their class, so one in use keeps its name; colour and key change freely."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=chosen.project_id)
        clean = _clean(chosen.project, name, color, key, chosen)
        if clean["name"] != chosen.name:
            _refuse_in_use(chosen, "renamed")
        for field, value in clean.items():
            setattr(chosen, field, value)
        chosen.save(update_fields=list(clean))
        _tell(chosen.project, by, "class_changed", chosen.name)
    return chosen


def delete_class(chosen: AnnotationClass, *, by: User) -> None:
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=chosen.project_id)
        _refuse_in_use(chosen, "deleted")
        name, project = chosen.name, chosen.project
        chosen.delete()
        _tell(project, by, "class_deleted", name)


def set_classes(project: Project, rows: Sequence[dict[str, Any]], *, by: User) -> list[AnnotationClass]:
    """Make the project's classes exactly these, in this order: `{name, color, key}`. One transaction."""
    if len(rows) > MOST:
        raise Invalid(f"{len(rows)} classes are too many. Use at most {MOST}.", field="classes")
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        names = [clean_title(row.get("name"), "class", 100) for row in rows]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise Taken(f"Two classes are called {twice}. Give each a name of its own.", field="name")
        for gone in project.classes.exclude(name__in=names):
            delete_class(gone, by=by)
        project.classes.update(key="")
        for order, (name, row) in enumerate(zip(names, rows, strict=True)):
            old = project.classes.filter(name=name).first()
            color, key = row.get("color") or "#3aa5ff", row.get("key") or ""
            made = (
                update_class(old, name=name, color=color, key=key, by=by)
                if old
                else create_class(project, name=name, color=color, key=key, by=by)
            )
            AnnotationClass.objects.filter(pk=made.pk).update(order=order)
    return list(project.classes.all())


def _clean(
    project: Project, name: object, color: object, key: object, but: AnnotationClass | None = None
) -> dict[str, str]:
    title = clean_title(name, "class", 100)
    if not isinstance(color, str) or not COLOR.fullmatch(color):
        raise Invalid("The colour must look like #3aa5ff.", field="color")
    if not isinstance(key, str) or (key and key not in set("123456789")):
        raise Invalid("The key is one digit from 1 to 9, or none.", field="key")
    others = project.classes.exclude(pk=but.pk) if but else project.classes.all()
    if others.filter(name=title).exists():
        raise Taken(f"This project already has a class called {title}.", field="name")
    holder = others.filter(key=key).first() if key else None
    if holder:
        raise Taken(f"The key {key} belongs to {holder.name}. Choose another.", field="key")
    return {"name": title, "color": color, "key": key}


def _refuse_in_use(chosen: AnnotationClass, what: str) -> None:
    """Looks at most at the first set that names it. SQLite knows no JSON containment: there the text is searched."""
    sets = AnnotationSet.objects.filter(item__project_id=chosen.project_id)
    if _uses(sets, chosen.name):
        raise Refused(
            f"{chosen.name} is used in annotations, so it cannot be {what}. Give those objects another class first.",
            field="name",
        )


def _uses(sets: Any, name: str) -> bool:
    if connection.vendor == "postgresql":
        return bool(sets.filter(objects_json__contains=[{"class": name}]).exists())
    rows = sets.exclude(objects_json=[]).values_list("objects_json", flat=True).iterator(chunk_size=500)
    return any(thing.get("class") == name for objects in rows for thing in objects)


def _tell(project: Project, by: User, kind: str, name: str) -> None:
    Event.objects.create(project_id=project.pk, actor_id=by.pk, kind=kind, detail={"name": name})
