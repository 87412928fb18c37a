"""Projects, workspaces and classes: how they are named, what they begin with, what is refused."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.errors import Invalid, Refused
from annotation.members.classes import create_class, delete_class, set_classes, update_class
from annotation.members.projects import create_project, update_project
from annotation.members.workspaces import create_workspace
from annotation.models import AnnotationClass, Project, Workspace
from tests.editor.test_saves import box
from tests.factories import make_batch, make_items


def test_a_project_begins_with_a_root_two_stages_and_a_class(workspace, ada):
    project = create_project(workspace, name="Night", by=ada)
    assert project.folders.get().is_root
    assert [(stage.name, stage.kind) for stage in project.stages.all()] == [
        ("Labelling", "annotate"),
        ("QA", "review"),
    ]
    assert [one.name for one in project.classes.all()] == ["Object"]
    assert (project.request_item_number, project.request_policy) == (10, "finish_first")


def test_addresses_are_free_and_readable(workspace, ada):
    names = ["Night drives", "Night drives!", "夜", "new", "  ", "x" * 300]
    slugs = []
    for name in names[:4]:
        slugs.append(create_project(workspace, name=name, by=ada).slug)
    assert slugs[0] == "night-drives"
    assert len(set(slugs)) == 4
    for name in names[4:]:
        with pytest.raises(Invalid):
            create_project(workspace, name=name, by=ada)


def test_two_workspaces_of_one_name_have_two_addresses(ada):
    first, second = create_workspace("Acme", owner=ada), create_workspace("Acme", owner=ada)
    assert first.slug != second.slug
    assert Workspace.objects.count() == 2


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("request_item_number", 0),
        ("request_item_number", 201),
        ("request_item_number", True),
        ("request_item_number", "10"),
        ("request_item_number", 1.5),
        ("request_policy", "all"),
        ("instructions", "a\0b"),
        ("instructions", 5),
        ("name", " "),
        ("type", "video"),
        ("slug", "mine"),
    ],
)
def test_a_bad_setting_changes_nothing(project, ada, setting, value):
    with pytest.raises(Invalid):
        update_project(project, {"is_on_hold": True, setting: value}, by=ada)
    assert not Project.objects.get(pk=project.pk).is_on_hold


def test_classes_have_free_names_and_keys(project, ada):
    car = create_class(project, name="Car", color="#ff0000", key="2", by=ada)
    for wrong in [
        {"name": "Car", "color": "#00ff00", "key": ""},
        {"name": "Bus", "color": "red", "key": ""},
        {"name": "Bus", "color": "#00ff00", "key": "2"},
        {"name": "Bus", "color": "#00ff00", "key": "0"},
        {"name": "", "color": "#00ff00", "key": ""},
    ]:
        with pytest.raises(Refused):
            create_class(project, **wrong, by=ada)
    update_class(car, name="Bus", color="#00ff00", key="", by=ada)
    assert set(project.classes.values_list("name", flat=True)) == {"Object", "Bus"}


def test_a_class_in_use_is_neither_renamed_nor_deleted(project, ana, ada):
    make_batch(project, make_items(project, n=1))
    [task] = request_tasks(project, by=ana).tasks
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    used = AnnotationClass.objects.get(project=project)
    create_class(project, name="Car", color="#ff0000", by=ada)
    for change in [
        lambda: delete_class(used, by=ada),
        lambda: update_class(used, name="Thing", color=used.color, key=used.key, by=ada),
    ]:
        with pytest.raises(Refused) as refused:
            change()
        assert "Object" in refused.value.sentence
    update_class(used, name="Object", color="#123456", key="9", by=ada)
    assert AnnotationClass.objects.get(pk=used.pk).color == "#123456"


def test_a_set_of_classes_replaces_the_old_one(project, ada):
    rows = [{"name": "Car", "color": "#ff0000", "key": "1"}, {"name": "Bus", "color": "#00ff00", "key": ""}]
    assert [one.name for one in set_classes(project, rows, by=ada)] == ["Car", "Bus"]
    assert set(project.classes.values_list("name", flat=True)) == {"Car", "Bus"}
