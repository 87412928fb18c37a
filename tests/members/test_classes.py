"""The classes of a project: free names and keys, colours, and none that is in use goes away."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.errors import Invalid, Refused
from annotation.members.classes import MOST, create_class, delete_class, set_classes, update_class
from annotation.members.projects import create_project
from annotation.models import AnnotationClass, Event
from tests.editor.test_saves import box
from tests.factories import make_batch, make_items


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


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Car", "color": "#ff000"},
        {"name": "Car", "color": "#gg0000"},
        {"name": "Car", "color": 5},
        {"name": "Car", "color": "#ff0000\n"},
        {"name": "Car", "color": "#ff0000", "key": "10"},
        {"name": "Car", "color": "#ff0000", "key": "a"},
        {"name": "Car", "color": "#ff0000", "key": 1},
        {"name": "Car", "color": "#ff0000", "key": "²"},
        {"name": "x" * 101, "color": "#ff0000"},
        {"name": "a\0b", "color": "#ff0000"},
        {"name": None, "color": "#ff0000"},
    ],
)
def test_what_cannot_be_a_class_changes_nothing(project, ada, row):
    for make in [
        lambda: create_class(project, **row, by=ada),
        lambda: set_classes(project, [{"name": "Bus"}, row], by=ada),
    ]:
        with pytest.raises(Invalid) as refused:
            make()
        assert refused.value.facts["field"] in {"name", "color", "key"}
        assert [one.name for one in project.classes.all()] == ["Object"]


def test_two_projects_have_classes_of_their_own(workspace, project, ada):
    other = create_project(workspace, name="Other", by=ada)
    for each in [project, other]:
        create_class(each, name="Car", color="#ff0000", key="2", by=ada)
    assert AnnotationClass.objects.filter(name="Car").count() == 2


def test_a_key_is_free_again_when_its_class_is_deleted(project, ada):
    delete_class(create_class(project, name="Car", color="#ff0000", key="2", by=ada), by=ada)
    assert create_class(project, name="Bus", color="#ff0000", key="2", by=ada).key == "2"


def test_keys_can_be_exchanged_in_one_set(project, ada):
    rows = [{"name": "Car", "key": "1"}, {"name": "Bus", "key": "2"}]
    set_classes(project, rows, by=ada)
    set_classes(project, [{"name": "Bus", "key": "1"}, {"name": "Car", "key": "2"}], by=ada)
    assert [(one.name, one.key) for one in project.classes.all()] == [("Bus", "1"), ("Car", "2")]


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "Car"}, {"name": "Car"}],
        [{"name": "Car", "key": "1"}, {"name": "Bus", "key": "1"}],
        [{"name": f"Class {n}"} for n in range(MOST + 1)],
    ],
    ids=["one name twice", "one key twice", "too many"],
)
def test_a_set_that_cannot_be_is_refused_whole(project, ada, rows):
    with pytest.raises(Refused):
        set_classes(project, rows, by=ada)
    assert [(one.name, one.key) for one in project.classes.all()] == [("Object", "1")]


def test_a_set_that_leaves_out_a_class_in_use_is_refused_whole(project, ana, ada):
    make_batch(project, make_items(project, n=1))
    [task] = request_tasks(project, by=ana).tasks
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    with pytest.raises(Refused, match="Object is used"):
        set_classes(project, [{"name": "Car"}], by=ada)
    assert [one.name for one in project.classes.all()] == ["Object"]


def test_a_project_has_at_most_so_many(project, ada):
    AnnotationClass.objects.bulk_create(
        AnnotationClass(project=project, name=f"Class {n}", order=n) for n in range(1, MOST)
    )
    with pytest.raises(Refused, match=f"{MOST} classes"):
        create_class(project, name="One more", color="#ff0000", by=ada)


def test_history_tells_of_each(project, ada):
    car = create_class(project, name="Car", color="#ff0000", by=ada)
    delete_class(update_class(car, name="Bus", color="#ff0000", by=ada), by=ada)
    told = Event.objects.filter(kind__startswith="class_").order_by("pk")
    assert [(event.kind, event.detail["name"]) for event in told] == [
        ("class_added", "Car"),
        ("class_changed", "Bus"),
        ("class_deleted", "Bus"),
    ]
