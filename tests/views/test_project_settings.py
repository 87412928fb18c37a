"""Settings of a project and its classes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.members.classes import create_class
from annotation.members.people import set_project_role
from annotation.models import AnnotationClass, Event, Project
from tests.factories import make_batch, make_items

REQUEST = {"panel": "request", "request_item_number": "10", "request_policy": "finish_first"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(project: Project, name: str = "project_settings", *more: Any) -> str:
    return reverse(name, args=[project.workspace.slug, project.slug, *more])


def save(user: User, project: Project, **typed: str) -> Any:
    return browser(user).post(url(project), typed)


@pytest.fixture
def car(project: Project, ada: User) -> AnnotationClass:
    return create_class(project, name="Car", color="#ffb000", key="2", by=ada)


def draw(project: Project, user: User) -> None:
    """`user` draws one object of the class Object."""
    make_items(project)
    make_batch(project)
    task = request_tasks(project, by=user).tasks[0]
    box = {"id": str(uuid.uuid4()), "class": "Object", "type": "rectangle", "points": [[1, 1], [9, 9]]}
    save_annotations(task.pk, by=user, version=0, objects=[box])


def test_the_page_shows_what_is_stored(project, ada, car):
    page = browser(ada).get(url(project)).content.decode()
    assert 'name="request_item_number" value="10"' in page
    assert "2 classes" in page
    assert "Put the project on hold" in page


def test_only_admins_open_it(project, ana, quinn, mallory, car):
    addresses = [
        url(project),
        url(project, "class_add"),
        url(project, "class_edit", car.pk),
        url(project, "class_delete", car.pk),
    ]
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        for address in addresses:
            assert browser(user).post(address, REQUEST | {"name": "X"}).status_code == status
        assert browser(user).get(url(project)).status_code == status
        assert browser(user).get(url(project, "class_edit", car.pk)).status_code == status
    assert AnnotationClass.objects.filter(project=project).count() == 2


def test_an_admin_of_the_project_alone_may(project, ana, ada):
    set_project_role(project, ana, "admin", by=ada)
    assert save(ana, project, **REQUEST | {"request_item_number": "20"}).status_code == 302


def test_a_visitor_is_asked_to_sign_in(project):
    assert Client().get(url(project))["Location"].startswith("/sign-in")


@pytest.mark.parametrize("number", ["1", "20", "200"])
def test_the_request_panel_is_saved(project, ada, number):
    response = save(
        ada,
        project,
        panel="request",
        request_item_number=number,
        request_policy="top_up",
        allows_self_review="on",
    )
    assert response["Location"] == url(project) + "?saved=request#request"
    project.refresh_from_db()
    assert (project.request_item_number, project.request_policy) == (int(number), "top_up")
    assert (project.allows_self_review, project.annotator_may_complete) == (True, False)
    assert "Saved" in browser(ada).get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "0 is too few. Choose a number from 1 to 200."),
        ("201", "201 is too many. Choose a number from 1 to 200."),
        ("-3", "-3 is too few."),
        ("ten", "must be a whole number"),
        ("1.5", "must be a whole number"),
        ("", "must be a whole number"),
        ("٣", "must be a whole number"),
        ("9" * 400, "must be a whole number"),
    ],
)
def test_a_wrong_number_is_said_at_its_field_and_stays(project, ada, typed, sentence):
    response = save(ada, project, **REQUEST | {"request_item_number": typed, "request_policy": "top_up"})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert f'name="request_item_number" value="{typed}"' in page or not typed
    assert response.context["request_form"]["request_policy"].value() == "top_up"
    project.refresh_from_db()
    assert (project.request_item_number, project.request_policy) == (10, "finish_first")


def test_an_unknown_policy_or_panel_is_refused(project, ada):
    response = save(ada, project, **REQUEST | {"request_policy": "lottery"})
    assert response.status_code == 422
    assert b"The request policy is finish_first or top_up." in response.content
    assert save(ada, project, panel="secrets", name="x").status_code == 422
    assert save(ada, project).status_code == 422


def test_one_panel_leaves_the_others_alone(project, ada):
    save(ada, project, **REQUEST | {"allows_self_review": "on", "request_item_number": "33"})
    save(ada, project, panel="name", name="Street views", request_item_number="7", is_on_hold="true")
    project.refresh_from_db()
    assert (project.name, project.slug) == ("Street views", "street-scenes")
    assert (project.request_item_number, project.allows_self_review, project.is_on_hold) == (33, True, False)


def test_a_project_without_a_name_is_refused_and_the_bar_keeps_the_old_one(project, ada):
    response = save(ada, project, panel="name", name=" ")
    assert response.status_code == 422
    assert b"The project needs a name." in response.content
    assert '<b class="cut">Street scenes</b>' in response.content.decode()


def test_instructions_keep_their_lines_and_an_unchanged_save_tells_no_story(project, ada):
    save(ada, project, panel="instructions", instructions="One box.\r\n\r\nNo shadows.")
    project.refresh_from_db()
    assert project.instructions == "One box.\n\nNo shadows."
    save(ada, project, panel="instructions", instructions="One box.\r\n\r\nNo shadows.")
    assert Event.objects.filter(project_id=project.pk, kind="settings").count() == 1


def test_instructions_that_are_too_long_are_refused(project, ada):
    response = save(ada, project, panel="instructions", instructions="x" * 100_001)
    assert response.status_code == 422
    assert b"Use at most 100,000." in response.content


def test_the_project_goes_on_hold_and_off(project, ada):
    save(ada, project, panel="hold", is_on_hold="true")
    project.refresh_from_db()
    assert project.is_on_hold
    assert b"Take the project off hold" in browser(ada).get(url(project)).content
    save(ada, project, panel="hold", is_on_hold="false")
    project.refresh_from_db()
    assert not project.is_on_hold


def test_a_class_is_added_with_what_the_form_offers(project, ada):
    form = browser(ada).get(url(project)).context["class_form"]
    assert (form["color"].value(), form["key"].value()) == ("#19d3c5", "2")
    response = browser(ada).post(url(project, "class_add"), {"name": "Car", "color": "#19d3c5", "key": "2"})
    assert response["Location"] == url(project) + "?saved=classes#classes"
    assert list(project.classes.values_list("name", "color", "key")) == [
        ("Object", "#3aa5ff", "1"),
        ("Car", "#19d3c5", "2"),
    ]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "The class needs a name."),
        ("name", "Car", "This project already has a class called Car."),
        ("color", "red", "The colour must look like #3aa5ff."),
        ("color", "", "The colour must look like #3aa5ff."),
        ("key", "2", "The key 2 belongs to Car. Choose another."),
        ("key", "0", "The key is one digit from 1 to 9, or none."),
        ("key", "12", "The key is one digit from 1 to 9, or none."),
    ],
)
def test_a_class_that_cannot_be_is_refused_at_its_field(project, ada, car, field, typed, sentence):
    good = {"name": "Van", "color": "#00ff00", "key": "3"}
    response = browser(ada).post(url(project, "class_add"), good | {field: typed})
    assert response.status_code == 422
    assert list(response.context["class_form"].errors) == [field]
    assert sentence in response.content.decode()
    assert field == "name" or 'value="Van"' in response.content.decode()
    assert project.classes.count() == 2
    mine = project.classes.get(name="Object")
    response = browser(ada).post(url(project, "class_edit", mine.pk), good | {field: typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_class_changes_and_goes(project, ada, car):
    address = url(project, "class_edit", car.pk)
    assert 'value="Car"' in browser(ada).get(address).content.decode()
    assert browser(ada).post(address, {"name": "Van", "color": "#00FF00", "key": ""}).status_code == 302
    car.refresh_from_db()
    assert (car.name, car.color, car.key) == ("Van", "#00FF00", "")
    assert browser(ada).post(url(project, "class_delete", car.pk)).status_code == 302
    assert not project.classes.filter(pk=car.pk).exists()
    assert browser(ada).get(address).status_code == 404


def test_a_class_in_use_keeps_its_name_and_stays(project, ada, ana):
    draw(project, ana)
    used = project.classes.get(name="Object")
    response = browser(ada).post(
        url(project, "class_edit", used.pk), {"name": "Thing", "color": "#3aa5ff", "key": "1"}
    )
    assert response.status_code == 422
    assert "Object is used in annotations, so it cannot be renamed." in response.content.decode()
    response = browser(ada).post(url(project, "class_delete", used.pk))
    assert response.status_code == 422
    assert "so it cannot be deleted" in response.content.decode()
    assert project.classes.filter(name="Object").exists()
    recolour = {"name": "Object", "color": "#123456", "key": "5"}
    assert browser(ada).post(url(project, "class_edit", used.pk), recolour).status_code == 302


def test_a_class_of_another_project_is_not_found(project, ada, mallory):
    hers = AnnotationClass.objects.exclude(project=project).get()
    for name in ("class_edit", "class_delete"):
        assert browser(ada).post(url(project, name, hers.pk), {"name": "X"}).status_code == 404


def test_a_project_without_classes_says_so(project, ada):
    project.classes.all().delete()
    assert b"Nothing can be drawn without a class." in browser(ada).get(url(project)).content


def test_opening_the_page_asks_for_few_things(project, ada, django_assert_max_num_queries):
    for number in range(30):
        create_class(project, name=f"Class {number}", color="#123456", by=ada)
    client = browser(ada)
    with django_assert_max_num_queries(8):
        client.get(url(project))
