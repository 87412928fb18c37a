"""The Request Tasks button: what it brings, and each no as a sentence where the images would be."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.batches import life
from annotation.distribution.requests import request_tasks
from annotation.models import Project, Task
from annotation.workflow.submit import submit
from tests.factories import assign, make_batch, make_folder, make_items
from tests.views.pages import HTMX, browser, buttons, of, text


@pytest.fixture
def work(project) -> Project:
    make_batch(project, make_items(project, n=12))
    return project


def press(user, project, **said):
    headers = said.pop("headers", {})
    return browser(user).post(of("request_tasks", project), said, headers=headers)


def held(user) -> int:
    return Task.objects.open().filter(assignee=user).count()


def test_it_brings_the_next_ones_and_opens_the_first(work, ana):
    response = press(ana, work)
    first = Task.objects.get(item__name="img-001.jpg", stage_kind="annotate")
    assert (response.status_code, response["Location"]) == (302, reverse("task_editor", args=[first.pk]))
    assert held(ana) == 10
    assert browser(ana).get(response["Location"]).status_code == 200


def test_the_same_form_sent_twice_brings_the_same_images(work, ana):
    key = str(uuid4())
    assert (
        press(ana, work, idempotency_key=key)["Location"] == press(ana, work, idempotency_key=key)["Location"]
    )
    assert held(ana) == 10


@pytest.mark.parametrize("key", ["", "x" * 5000, "\0", "é", "' OR 1=1"])
def test_any_key_does(work, ana, key):
    assert press(ana, work, idempotency_key=key).status_code == 302


def test_who_holds_work_is_told_to_finish_it_and_led_on(work, ana):
    press(ana, work)
    response = press(ana, work)
    assert response.status_code == 409
    assert "Nothing was handed out" in text(response)
    assert (
        "You hold 10 of 10 in Street scenes: 10 in the root. Finish these 10 images, then request the next 10."
        in text(response)
    )
    assert "Continue" in text(response)
    assert held(ana) == 10


def test_where_nothing_is_left_the_reasons_stand_with_their_numbers(work, ada, ana, ben, quinn):
    Project.objects.update(request_item_number=7)
    work.refresh_from_db()
    mine = request_tasks(work, by=ana).tasks
    submit(mine[0].pk, by=ana)
    request_tasks(work, by=ben)
    kept = make_folder(work, "kept")
    make_items(work, kept, n=3)
    assign(kept, ana)
    Task.objects.filter(assignee=ben).update(assignee=ada)
    Task.objects.filter(assignee=ana, status="ready").update(assignee=ben)
    Project.objects.update(request_policy="top_up", request_item_number=20)
    response = press(ben, work)
    assert response.status_code == 409
    page = text(response)
    assert "Nothing to hand out to you right now" in page
    assert "1 waits for a quality check" in page
    assert "3 are in folders assigned to others" in page
    assert "6 are held by you" in page
    assert "Try again" in buttons(response)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("no image", "no image of Street scenes needs work"),
        ("no batch", "2 are in no batch that has started An admin has to launch a batch."),
        ("staging", "2 are in no batch that has started An admin has to launch a batch."),
        ("paused", "2 are in a paused batch An admin has to resume it."),
        ("folder on hold", "2 are in a folder on hold"),
    ],
)
def test_each_reason_says_who_can_help(project, ada, ana, state, sentence):
    if state != "no image":
        items = make_items(project, n=2)
    if state in {"staging", "paused", "folder on hold"}:
        batch = make_batch(project, items, status="staging" if state == "staging" else "in_progress")
        if state == "paused":
            life.pause(batch, by=ada)
    project.folders.update(is_on_hold=state == "folder on hold")
    response = press(ana, project)
    assert response.status_code == 409
    assert sentence in text(response)
    assert held(ana) == 0


def test_a_qa_without_anything_to_check_learns_what_comes_later(work, quinn):
    response = press(quinn, work)
    assert response.status_code == 409
    assert "12 are not annotated yet They come to QAs once they are submitted." in text(response)


def test_a_qa_gets_what_waits_for_a_check(work, ana, quinn):
    task = request_tasks(work, by=ana).tasks[0]
    submit(task.pk, by=ana)
    assert press(quinn, work).status_code == 302
    assert Task.objects.get(assignee=quinn).item_id == task.item_id


def test_an_admin_may_not_request(work, ada):
    response = press(ada, work)
    assert response.status_code == 403
    assert "Nothing was handed out" in text(response)
    assert held(ada) == 0


@pytest.mark.parametrize("state", ["paused", "on hold"])
def test_who_may_not_request_gets_403_with_the_reason(work, ana, state):
    if state == "paused":
        work.memberships.filter(user=ana).update(is_paused=True)
    else:
        Project.objects.update(is_on_hold=True)
    response = press(ana, work)
    assert response.status_code == 403
    said = "You are paused in Street scenes" if state == "paused" else "Street scenes is on hold"
    assert said in text(response)
    assert held(ana) == 0


def test_strangers_and_visitors_get_nothing(work, mallory):
    assert press(mallory, work).status_code == 404
    assert Client().post(of("request_tasks", work))["Location"].startswith("/sign-in")
    assert not Task.objects.exclude(assignee=None).exists()


def test_it_is_a_button_and_no_link(work, ana):
    assert browser(ana).get(of("request_tasks", work)).status_code == 405
    assert held(ana) == 0


def test_without_a_token_it_is_refused(work, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post(of("request_tasks", work)).status_code == 403
    assert held(ana) == 0


def test_with_htmx_a_refusal_is_the_whole_page_too(work, ana):
    press(ana, work)
    response = press(ana, work, headers=HTMX | {"hx-target": "rows"})
    assert response.status_code == 409
    assert "Finish these 10 images" in text(response)
    assert b"<html" in response.content
