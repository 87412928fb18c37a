"""Projects, workspaces and classes: how they are named, what they begin with, what is refused."""

from __future__ import annotations

import pytest

from annotation.errors import Invalid
from annotation.members.projects import create_project, update_project
from annotation.members.workspaces import create_workspace
from annotation.models import Event, Folder, Project, Workspace


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


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("request_item_number", 1),
        ("request_item_number", 200),
        ("request_policy", "top_up"),
        ("instructions", "x" * 100_000),
        ("allows_self_review", True),
        ("annotator_may_complete", True),
        ("name", "  Night drives "),
    ],
)
def test_a_good_setting_is_kept_and_told_once(project, ada, setting, value):
    for _ in range(2):
        update_project(project, {setting: value}, by=ada, door="api")
    kept = getattr(Project.objects.get(pk=project.pk), setting)
    assert kept == (value.strip() if setting == "name" else value)
    told = Event.objects.get(kind="settings")
    assert (told.actor_id, told.door, told.detail) == (ada.pk, "api", {"changed": [setting]})


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_a_flag_is_true_or_false(project, ada, value):
    for flag in ["allows_self_review", "annotator_may_complete", "is_on_hold"]:
        with pytest.raises(Invalid) as refused:
            update_project(project, {flag: value}, by=ada)
        assert refused.value.facts["field"] == flag


@pytest.mark.parametrize("name", ["", "   ", None, 5, "a\0b", "x" * 201, "line\nbreak", "\x85", "\ud800"])
def test_what_cannot_be_a_name_makes_no_project(workspace, ada, name):
    with pytest.raises(Invalid):
        create_project(workspace, name=name, by=ada)
    assert not Project.objects.exists()
    with pytest.raises(Invalid):
        create_workspace(name, owner=ada)
    assert Workspace.objects.count() == 1


def test_a_project_of_a_bad_setting_is_not_made_at_all(workspace, ada):
    with pytest.raises(Invalid):
        create_project(workspace, name="Night", by=ada, request_item_number=201)
    with pytest.raises(Invalid):
        create_project(workspace, name="Night", by=ada, type="video")
    assert not Project.objects.exists()
    assert not Folder.objects.exists()


def test_whoever_makes_a_project_gets_no_role_in_it(project, ada, ana):
    assert set(project.memberships.values_list("user", flat=True)) == {ana.pk}


def test_the_same_name_in_two_workspaces_is_the_same_address_in_each(ada):
    made = [
        create_project(create_workspace(name, owner=ada), name="Night", by=ada) for name in ["One", "Two"]
    ]
    assert [project.slug for project in made] == ["night", "night"]


@pytest.mark.parametrize("name", ["New", "admin", "API", "static"])
def test_a_workspace_keeps_clear_of_the_addresses_of_the_house(ada, name):
    assert create_workspace(name, owner=ada).slug == f"{name.lower()}-2"
