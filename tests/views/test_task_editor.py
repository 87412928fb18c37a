"""The editor's page, its JSON and its moves, as the browser asks for them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.models import Draft, Project, Task
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.submit import submit
from tests.factories import make_batch, make_items

JSON = {"content_type": "application/json", "headers": {"accept": "application/json"}}


@pytest.fixture
def tasks(project: Project, ana: User) -> list[Task]:
    """Three images that Ana holds, of four."""
    project.request_item_number = 3
    project.save(update_fields=["request_item_number"])
    make_items(project, n=4)
    make_batch(project)
    return list(request_tasks(project, by=ana).tasks)


@pytest.fixture
def task(tasks: list[Task]) -> Task:
    return tasks[0]


@pytest.fixture
def review(task: Task, project: Project, ana: User, quinn: User) -> Task:
    """Ana's first image, drawn, submitted and in Quinn's hands."""
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    submit(task.pk, by=ana)
    return request_tasks(project, by=quinn).tasks[0]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def box(x: float = 10) -> dict[str, Any]:
    points = [[x, 20], [x + 30, 60]]
    return {"id": str(uuid.uuid4()), "class": "Object", "type": "rectangle", "points": points}


def page(user: User, task: Task) -> Any:
    return browser(user).get(reverse("task_editor", args=[task.pk]))


def state_of(response: Any) -> dict[str, Any]:
    return response.context["state"]


def put(user: User, task: Task, body: Any) -> Any:
    url = reverse("task_annotations", args=[task.pk])
    return browser(user).put(url, body if isinstance(body, str) else json.dumps(body), **JSON)


def move(user: User, task: Task, verb: str, **body: Any) -> Any:
    return browser(user).post(reverse("task_move", args=[task.pk, verb]), json.dumps(body), **JSON)


def test_the_holder_gets_the_editor_with_what_is_drawn(task, ana):
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    response = page(ana, task)
    state = state_of(response)
    assert (state["mayEdit"], state["version"], len(state["objects"])) == (True, 1, 1)
    assert state["classes"] == [{"name": "Object", "color": "#3aa5ff", "key": "1"}]
    assert state["image"]["url"] == reverse("item_image", args=[task.item_id])
    assert b"Submit" in response.content
    assert b"Read-only" not in response.content


def test_looking_changes_nothing(task, ana):
    page(ana, task)
    task.refresh_from_db()
    assert (task.status, task.opened_at) == ("ready", None)


def test_opening_a_page_asks_for_few_things(task, ana, django_assert_max_num_queries):
    client = browser(ana)
    client.get(reverse("task_editor", args=[task.pk]))
    with django_assert_max_num_queries(24):
        client.get(reverse("task_editor", args=[task.pk]))


def test_the_strip_lists_what_i_hold_in_order_and_says_what_plus_would_bring(tasks, ana):
    response = page(ana, tasks[0])
    strip = response.context["strip"]
    assert [one.pk for one in strip.tasks] == [one.pk for one in tasks]
    assert strip.position == 1
    assert b"Finish 3<br>first" in response.content
    assert [one["url"] for one in state_of(page(ana, tasks[1]))["upcoming"]] == [
        reverse("task_editor", args=[tasks[i].pk]) for i in (2, 0)
    ]


def test_the_strip_alone(tasks, ana):
    response = browser(ana).get(reverse("editor_strip", args=[tasks[1].pk]))
    assert response.content.startswith(b'<section class="ed-strip"')
    assert response.content.count(b"<li>") == 3


def test_a_qa_who_does_not_hold_it_only_looks(task, quinn):
    response = page(quinn, task)
    assert state_of(response)["mayEdit"] is False
    assert b"Read-only" in response.content
    assert b"Take over" not in response.content


def test_an_admin_looks_and_may_take_over(task, ana, ada):
    response = page(ada, task)
    assert state_of(response)["mayEdit"] is False
    assert b"Take over from Ana" in response.content
    assert move(ada, task, "take-over").status_code == 200
    assert Task.objects.get(pk=task.pk).assignee == ada
    assert state_of(page(ada, task))["mayEdit"] is True


def test_only_admins_take_over(task, quinn, ana):
    assert move(quinn, task, "take-over").status_code == 403
    assert Task.objects.get(pk=task.pk).assignee == ana


def test_other_annotators_and_strangers_do_not_find_it(task, ben, mallory):
    for user in (ben, mallory):
        assert page(user, task).status_code == 404
        assert put(user, task, {"version": 0, "objects": []}).status_code == 404
        assert move(user, task, "submit").status_code == 404
        assert browser(user).get(reverse("editor_strip", args=[task.pk])).status_code == 404
        assert browser(user).post(reverse("editor_request", args=[task.pk])).status_code == 404


def test_a_visitor_is_asked_to_sign_in(task):
    response = Client().get(reverse("task_editor", args=[task.pk]))
    assert response.status_code == 302
    assert "sign-in" in response["Location"]


def test_a_task_that_does_not_exist_is_404(ana):
    assert browser(ana).get("/tasks/999999/").status_code == 404
    assert browser(ana).get(f"/tasks/{10**25}/").status_code == 404


def test_saving_answers_the_next_version(task, ana):
    assert put(ana, task, {"version": 0, "objects": [box()]}).json() == {"version": 1}
    answer = browser(ana).get(reverse("task_annotations", args=[task.pk])).json()
    assert (answer["version"], len(answer["objects"]), answer["author"]) == (1, 1, "Ana")


def test_a_stale_save_answers_the_newer_version(task, ana):
    put(ana, task, {"version": 0, "objects": [box(100)]})
    response = put(ana, task, {"version": 0, "objects": [box(200)]})
    answer = response.json()
    assert response.status_code == 409
    assert (answer["code"], answer["version"], answer["author"]) == ("stale_version", 1, "Ana")
    assert answer["objects"][0]["points"][0] == [100.0, 20.0]
    assert answer["sentence"].endswith("Take theirs, or save yours on top of it.")


def test_a_save_after_release_is_a_draft_and_409(task, ana, ada):
    release([task.pk], by=ada, door="page")
    response = put(ana, task, {"version": 0, "objects": [box()]})
    assert (response.status_code, response.json()["code"]) == (409, "not_held")
    assert Draft.objects.get().author == ana


def test_a_draft_is_offered_again_and_may_be_dropped(task, ana, ada):
    release([task.pk], by=ada, door="page")
    put(ana, task, {"version": 0, "objects": [box()]})
    give([task.pk], to=ana, by=ada, door="page")
    assert len(state_of(page(ana, task))["draft"]) == 1
    assert browser(ana).post(reverse("task_draft", args=[task.pk])).status_code == 200
    assert state_of(page(ana, task))["draft"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("\xff", 400),
        ("[" * 100_000, 400),
        ("{}", 422),
        ('{"version": 0}', 422),
        ('{"version": "0", "objects": []}', 422),
        ('{"version": 0, "objects": {}}', 422),
        ('{"version": 0, "objects": [NaN]}', 422),
        ('{"version": ' + "9" * 5000 + ', "objects": []}', 400),
        ('{"version": 1e400, "objects": []}', 422),
    ],
)
def test_a_bad_body_is_a_sentence_not_an_error(task, ana, body, status):
    response = put(ana, task, body)
    assert response.status_code == status
    assert response.json()["sentence"]


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [641, 10]],
        [[0, 0], [1e308, 1]],
        [["a", 0], [1, 1]],
        [[float("nan"), 0], [9, 9]],
        [[0, 0], [0, 0]],
    ],
)
def test_bad_coordinates_are_refused_and_nothing_is_stored(task, ana, points):
    response = put(ana, task, {"version": 0, "objects": [{**box(), "points": points}]})
    assert response.status_code == 422
    assert response.json()["sentence"].startswith("Object 1 ")
    assert Task.objects.get(pk=task.pk).status == "ready"


def test_submit_answers_the_next_image_i_hold(tasks, ana):
    answer = move(ana, tasks[1], "submit").json()
    assert answer["next"] == reverse("task_editor", args=[tasks[2].pk])
    assert answer["task"] == {"id": tasks[1].pk, "status": "submitted", "item_status": "quality_check"}


def test_after_the_last_of_the_strip_comes_the_first(tasks, ana):
    assert move(ana, tasks[2], "submit").json()["next"] == reverse("task_editor", args=[tasks[0].pk])


def test_after_the_last_image_comes_the_data_page(tasks, ana, project):
    for task in tasks:
        answer = move(ana, task, "submit").json()
    assert answer["next"] == reverse("project_data", args=[project.workspace.slug, project.slug])


def test_a_move_by_form_goes_on_to_the_next_image(tasks, ana):
    response = browser(ana).post(reverse("task_move", args=[tasks[0].pk, "submit"]))
    assert response.status_code == 302
    assert response["Location"] == reverse("task_editor", args=[tasks[1].pk])


def test_start_says_that_work_began(task, ana):
    answer = move(ana, task, "start").json()
    assert answer["task"]["item_status"] == "in_progress"
    assert answer["next"] == reverse("task_editor", args=[task.pk])


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\0b", 5, None, ["why"]])
def test_skipping_needs_words(task, ana, reason):
    response = move(ana, task, "skip", reason=reason)
    assert response.status_code == 422
    assert Task.objects.get(pk=task.pk).status == "ready"


def test_a_skipped_image_leaves_the_strip(tasks, ana):
    answer = move(ana, tasks[0], "skip", reason="Black image").json()
    assert answer["task"]["item_status"] == "skipped"
    assert tasks[0].pk not in [one.pk for one in page(ana, tasks[1]).context["strip"].tasks]


def test_a_move_the_table_does_not_have_is_409_with_a_sentence(task, ana):
    response = move(ana, task, "withdraw")
    assert response.status_code == 409
    assert response.json()["sentence"]


def test_a_verb_that_does_not_exist_is_404(task, ana):
    assert move(ana, task, "explode").status_code == 404


def test_a_reviewer_decides_and_sees_what_was_handed_in(review, quinn):
    response = page(quinn, review)
    state = state_of(response)
    assert (state["decides"], len(state["handedOver"])) == (True, 1)
    assert b"Return to Ana" in response.content
    assert b"Accept" in response.content


def test_accepting_completes_the_image(review, quinn):
    answer = move(quinn, review, "accept").json()
    assert answer["task"]["item_status"] == "completed"


def test_a_return_needs_words_and_the_annotator_reads_them(review, task, quinn, ana):
    assert move(quinn, review, "reject", reason=" ").status_code == 422
    assert move(quinn, review, "reject", reason="The van is <b>cut off</b>.").status_code == 200
    response = page(ana, task)
    assert b"Quinn returned this" in response.content
    assert b"The van is &lt;b&gt;cut off&lt;/b&gt;." in response.content
    assert b"Submit again" in response.content


def test_the_words_go_when_the_image_is_submitted_again_and_are_counted_when_it_comes_back(
    review, task, quinn, ana
):
    reject(review.pk, by=quinn, reason="First words.")
    submit(task.pk, by=ana)
    assert b"returned this" not in page(ana, task).content
    reject(review.pk, by=quinn, reason="Second words.")
    response = page(ana, task)
    assert b"Second words." in response.content
    assert b"First words." not in response.content
    assert b"2 times so far" in response.content


def test_withdrawing_is_offered_until_somebody_looks(task, ana):
    submit(task.pk, by=ana)
    assert b"Withdraw" in page(ana, task).content
    assert move(ana, task, "withdraw").json()["task"]["item_status"] == "in_progress"


def test_withdrawing_is_not_offered_once_it_is_checked(review, task, ana, quinn):
    move(quinn, review, "start")
    assert b"Withdraw" not in page(ana, task).content


def test_complete_is_offered_where_the_project_allows_it(task, ana, project):
    assert b'data-move="complete"' not in page(ana, task).content
    project.annotator_may_complete = True
    project.save(update_fields=["annotator_may_complete"])
    assert b'data-move="complete"' in page(ana, task).content
    assert move(ana, task, "complete").json()["task"]["item_status"] == "completed"


def test_plus_brings_more_by_the_same_rule(tasks, ana, project):
    url = reverse("editor_request", args=[tasks[0].pk])
    refused = browser(ana).post(url, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "unfinished")
    project.request_policy = "top_up"
    project.save(update_fields=["request_policy"])
    submit(tasks[0].pk, by=ana)
    answer = (
        browser(ana).post(url, {"idempotency_key": "once"}, headers={"accept": "application/json"}).json()
    )
    assert answer["given"] == 1
    again = browser(ana).post(url, {"idempotency_key": "once"}, headers={"accept": "application/json"}).json()
    assert again["task_ids"] == answer["task_ids"]


def test_plus_by_form_opens_the_first_of_the_new_ones(tasks, ana, project):
    for task in tasks:
        submit(task.pk, by=ana)
    response = browser(ana).post(reverse("editor_request", args=[tasks[0].pk]))
    new = Task.objects.get(assignee=ana, status="ready", stage_kind="annotate")
    assert response["Location"] == reverse("task_editor", args=[new.pk])


def test_nothing_in_the_page_needs_inline_style_or_script(review, quinn):
    text = page(quinn, review).content.decode()
    assert "style=" not in text
    assert "onclick" not in text
    assert "<style" not in text
