"""Folders and uploads: their names, and the root, which is neither renamed nor made twice."""

from __future__ import annotations

import pytest

from annotation.catalog.folders import (
    create_folder,
    folder_name,
    get_or_create_folders,
    rename_folder,
    root_of,
    set_folder_hold,
)
from annotation.catalog.uploads import get_or_create_upload
from annotation.distribution.requests import request_tasks
from annotation.errors import Invalid, NothingToGive, Taken
from annotation.models import Event, Folder, Project, Upload
from tests.factories import make_batch, make_items


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("night", "night"),
        ("  night  ", "night"),
        ("/night/cam-2/", "night/cam-2"),
        ("night / cam-2", "night/cam-2"),
        ("Ko\u0308ln", "K\u00f6ln"),
        ("root/old", "root/old"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_name_is_tidied(typed, name):
    assert folder_name(typed) == name


@pytest.mark.parametrize(
    "name",
    [
        *["", "   ", "/", "//", "a//b", "..", "../x", "a/../b", ".", "a\0b", "a\nb", "\ud800"],
        *["x" * 256, "a/" * 200 + "a", None, 7, ["a"]],
    ],
    ids=repr,
)
def test_a_bad_name_is_refused(project, ada, name):
    with pytest.raises(Invalid) as refused:
        create_folder(project, name, by=ada)
    assert refused.value.facts["field"] == "folder"
    assert Folder.objects.count() == 1


@pytest.mark.parametrize("name", ["root", "Root", " ROOT ", "/root/"])
def test_no_folder_is_called_root(project, ada, name):
    with pytest.raises(Invalid, match="“root” means the images outside every folder"):
        create_folder(project, name, by=ada)


def test_a_used_name_is_taken_also_in_the_other_spelling(project, ada):
    folder = create_folder(project, "K\u00f6ln", by=ada)
    other = create_folder(project, "Bonn", by=ada)
    with pytest.raises(Taken, match="already has a folder called K\u00f6ln"):
        create_folder(project, "Ko\u0308ln", by=ada)
    with pytest.raises(Taken):
        rename_folder(other, "Ko\u0308ln", by=ada)
    other.refresh_from_db()
    assert (other.name, Folder.objects.filter(name=folder.name).count()) == ("Bonn", 1)


def test_two_projects_may_have_a_folder_of_one_name(project, ada, mallory):
    create_folder(project, "night", by=ada)
    create_folder(Project.objects.get(name="Hers"), "night", by=mallory)
    assert Folder.objects.filter(name="night").count() == 2


def test_the_root_keeps_its_name(project, ada):
    with pytest.raises(Invalid, match="The root keeps its name"):
        rename_folder(root_of(project), "night", by=ada)


def test_history_tells_what_was_made_renamed_and_held(project, ada):
    folder = create_folder(project, "night", by=ada)
    rename_folder(folder, "evening", by=ada)
    rename_folder(folder, "evening", by=ada)
    for on in (True, True, False):
        set_folder_hold(folder, on, by=ada)
    lines = Event.objects.filter(kind__startswith="folder").order_by("id")
    assert [line.kind for line in lines] == [
        "folder_added", "folder_renamed", "folder_hold", "folder_resumed",
    ]  # fmt: skip
    assert lines[1].detail == {"folder": folder.pk, "name": "evening", "from": "night"}


def test_a_renamed_folder_changes_its_place_in_the_queue(project, ada, ana):
    first, second = (create_folder(project, name, by=ada) for name in ("A", "B"))
    make_items(project, first, prefix="a")
    make_items(project, second, prefix="b")
    make_batch(project)
    rename_folder(first, "C", by=ada)
    given = request_tasks(project, by=ana).tasks
    assert [task.item.name for task in given] == ["b-001.jpg", "a-001.jpg"]


def test_on_hold_nothing_of_it_is_handed_out_and_holders_go_on(project, ada, ana, ben):
    project.request_item_number = 1
    project.save()
    folder = create_folder(project, "A", by=ada)
    make_batch(project, make_items(project, folder, n=2))
    mine = request_tasks(project, by=ana).tasks[0]
    set_folder_hold(folder, True, by=ada)
    with pytest.raises(NothingToGive) as nothing:
        request_tasks(project, by=ben)
    assert nothing.value.facts["reasons"]["folder_on_hold"] >= 1
    mine.refresh_from_db()
    assert mine.assignee == ana
    set_folder_hold(folder, False, by=ada)
    assert request_tasks(project, by=ben).given == 1


def test_folders_are_made_once_by_name(project, ada):
    before = create_folder(project, "a", by=ada)
    found = get_or_create_folders(project, ["a", "b", "b"], by=ada, door="api")
    assert found["a"] == before
    assert sorted(found) == ["a", "b"]
    assert Folder.objects.filter(is_root=False).count() == 2


def test_an_upload_of_a_name_is_the_same_for_ever(project, ada, ben):
    first = get_or_create_upload(project, "  26/11/2026  ", by=ada)
    assert (first.name, first.created_by) == ("26-11-2026", ada)
    assert get_or_create_upload(project, "26-11-2026", by=ben) == first
    assert Upload.objects.get().created_by == ada


@pytest.mark.parametrize("name", ["", "  ", "..", "a\0", "x" * 256, None, 5], ids=repr)
def test_an_uploads_bad_name_is_refused(project, ada, name):
    with pytest.raises(Invalid) as refused:
        get_or_create_upload(project, name, by=ada)
    assert refused.value.facts["field"] == "upload"
    assert not Upload.objects.exists()
