"""Folders: made, renamed, given to people, put on hold, by admins alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from annotation.distribution.requests import request_tasks
from annotation.members.people import remove_from_project
from annotation.models import Event, Folder, FolderAssignment, Project
from tests.factories import assign, make_batch, make_folder, make_items
from tests.views.pages import browser, of, text


@pytest.fixture
def night(project) -> Folder:
    return make_folder(project, "night")


def url(name: str, folder: Folder) -> str:
    return reverse(name, args=[folder.pk])


def create(user, project, name):
    return browser(user).post(of("folder_create", project), {"name": name}, follow=True)


def save(user, folder, **form):
    said = {"name": folder.name} | form
    return browser(user).post(url("folder_assign", folder), said, follow=True)


def people(folder: Folder) -> set[tuple[str, str]]:
    return set(FolderAssignment.objects.filter(folder=folder).values_list("user__name", "role"))


def test_only_admins_may(project, night, ada, ana, quinn, mallory):
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert browser(user).get(of("folder_create", project)).status_code == status
        assert create(user, project, "theirs").status_code == status
        assert browser(user).get(url("folder_assign", night)).status_code == status
        assert save(user, night, name="theirs", annotators=[ana.pk]).status_code == status
        assert browser(user).post(url("folder_hold", night), {"on": "1"}).status_code == status
    for page in (of("folder_create", project), url("folder_assign", night), url("folder_hold", night)):
        assert Client().post(page)["Location"].startswith("/sign-in")
    night.refresh_from_db()
    assert (night.name, night.is_on_hold, people(night)) == ("night", False, set())
    assert Folder.objects.filter(project=project).count() == 2


def test_a_folder_is_made_and_led_to(project, ada):
    response = create(ada, project, " night/cam-2 ")
    folder = Folder.objects.get(name="night/cam-2")
    assert response.redirect_chain == [(f"{of('project_data', project)}?folder={folder.pk}", 302)]
    assert "The folder night/cam-2 is made. Upload images into it." in text(response)


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("", 422, "The folder needs a name."),
        ("  ", 422, "The folder needs a name."),
        ("root", 422, "“root” means the images outside every folder"),
        ("../x", 422, "This cannot be a folder"),
        ("a//b", 422, "This cannot be a folder"),
        ("x" * 300, 422, "The name has 300 characters"),
        ("x" * 2001, 422, "at most 2000 characters"),
        ("a\0", 422, "Null characters are not allowed"),
        ("night", 409, "This project already has a folder called night."),
    ],
)
def test_a_bad_name_is_said_and_stays_in_the_form(project, night, ada, name, status, sentence):
    response = create(ada, project, name)
    assert response.status_code == status
    assert sentence in text(response)
    assert Folder.objects.filter(project=project).count() == 2
    if name.strip() and "\0" not in name:
        assert f'value="{name}"' in response.content.decode()


def test_the_page_offers_the_people_of_each_role(project, night, ada, ana, ben, quinn):
    assign(night, ben)
    response = browser(ada).get(url("folder_assign", night))
    page = response.content.decode()
    assert "Ana (ana@example.com)" in text(response)
    assert "Quinn (quinn@example.com)" in text(response)
    assert "Ada (" not in text(response)
    assert page.count(" checked") == 1
    assert "Nobody ticked: every annotator of the project gets its images." in text(response)


def test_a_project_without_people_says_where_they_are_added(project, night, ada):
    page = text(browser(ada).get(url("folder_assign", night)))
    assert "The project has no annotators yet. Add them on the Members page." in page
    assert "The project has no QAs yet." in page


def test_a_folder_is_given_to_people_and_named_at_once(project, night, ada, ana, ben, quinn):
    response = save(ada, night, name="evening", annotators=[ana.pk, ben.pk], qas=[quinn.pk])
    night.refresh_from_db()
    assert "evening is saved." in text(response)
    assert (night.name, people(night)) == (
        "evening", {("Ana", "annotator"), ("Ben", "annotator"), ("Quinn", "qa")},
    )  # fmt: skip


def test_nobody_ticked_opens_it_to_all(project, night, ada, ana, ben):
    assign(night, ana)
    make_batch(project, make_items(project, night, n=2))
    save(ada, night)
    assert people(night) == set()
    assert request_tasks(project, by=ben).given == 2


def test_what_people_hold_they_keep(project, night, ada, ana, ben):
    make_batch(project, make_items(project, night, n=1))
    [task] = request_tasks(project, by=ana).tasks
    save(ada, night, annotators=[ben.pk])
    task.refresh_from_db()
    assert task.assignee == ana


@pytest.mark.parametrize(
    "form",
    [
        {"annotators": ["999999"]},
        {"annotators": ["abc"]},
        {"annotators": ["9" * 30]},
        {"annotators": ["\0"]},
        {"qas": ["-1"]},
        {"annotators": "quinn"},
        {"qas": "ana"},
        {"annotators": "ada"},
        {"annotators": "mallory"},
    ],
    ids=str,
)
def test_only_people_of_the_role_can_be_chosen(project, night, ada, ana, quinn, mallory, form):
    cast = {"ana": ana, "quinn": quinn, "ada": ada, "mallory": mallory}
    said = {
        key: cast[value].pk if value in cast else value
        for key, value in form.items()
        if isinstance(value, str)
    }
    response = save(ada, night, name="changed", **(said or form))
    assert response.status_code == 422
    night.refresh_from_db()
    assert (night.name, people(night)) == ("night", set())


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("", 422, "The name is empty"),
        ("root", 422, "“root” means the images outside every folder"),
        ("a\0", 422, "control character"),
        ("x" * 300, 422, "The name has 300 characters"),
        ("day", 409, "This project already has a folder called day."),
    ],
)
def test_a_name_that_cannot_be_changes_nothing_else_either(project, night, ada, ana, name, status, sentence):
    make_folder(project, "day")
    response = save(ada, night, name=name, annotators=[ana.pk])
    assert response.status_code == status
    assert sentence in text(response)
    night.refresh_from_db()
    assert (night.name, people(night)) == ("night", set())
    assert not Event.objects.filter(kind__in=["assign_folder", "folder_renamed"]).exists()


def test_who_left_meanwhile_cannot_be_chosen(project, night, ada, ana):
    remove_from_project(project, ana, by=ada)
    assert save(ada, night, annotators=[ana.pk]).status_code == 422


def test_the_root_is_given_to_nobody(project, ada, ana):
    root = project.folders.get(is_root=True)
    for response in (browser(ada).get(url("folder_assign", root)), save(ada, root, annotators=[ana.pk])):
        assert response.status_code == 422
        assert "The root is open to everybody. Put the images into a folder" in text(response)
    assert people(root) == set()


def test_hold_and_hand_out_again(project, night, ada):
    for on, said in (
        ("1", "night is on hold: nothing of it is handed out."),
        ("0", "night is handed out again."),
    ):
        response = browser(ada).post(url("folder_hold", night), {"on": on}, follow=True)
        assert said in text(response)
        night.refresh_from_db()
        assert night.is_on_hold == (on == "1")
    assert browser(ada).get(url("folder_hold", night)).status_code == 405


@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_a_folder_that_is_not_there_is_not_found(ada, pk):
    for name in ("folder_assign", "folder_hold"):
        assert browser(ada).post(reverse(name, args=[pk]), {"name": "x"}).status_code == 404


def test_a_folder_of_another_workspace_is_not_there(ada, mallory):
    hers = make_folder(Project.objects.get(name="Hers"), "hers")
    assert browser(ada).get(url("folder_assign", hers)).status_code == 404
    assert save(ada, hers, name="ours").status_code == 404


def test_sixty_images_and_people_cost_no_more_than_five(
    project, night, ada, ana, django_assert_max_num_queries
):
    client = browser(ada)
    make_items(project, night, n=5)
    with django_assert_max_num_queries(20) as first:
        client.get(url("folder_assign", night))
    make_items(project, night, n=55, prefix="more")
    with django_assert_max_num_queries(len(first)):
        client.get(url("folder_assign", night))
