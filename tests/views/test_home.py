"""My work: what each person holds, may request, and sees of their projects."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from annotation.distribution.requests import request_tasks
from annotation.members.people import set_project_role, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Project, Task
from annotation.workflow.give import give
from annotation.workflow.reject import reject
from annotation.workflow.submit import submit
from tests.cast import person
from tests.factories import assign, make_batch, make_folder, make_items
from tests.views.pages import browser, buttons, of, text


def look(user):
    response = browser(user).get(reverse("home"))
    assert response.status_code == 200
    return response


@pytest.fixture
def work(project: Project) -> Project:
    make_batch(project, make_items(project, n=12))
    return project


def test_a_visitor_is_asked_to_sign_in(db):
    assert Client().get("/")["Location"] == "/sign-in?next=/"


def test_who_is_nowhere_is_told_whom_to_ask(db):
    page = text(look(person("Zoe")))
    assert "You are in no project. Ask whoever runs your workspace to add you" in page
    assert "Request Tasks" not in page


def test_who_runs_an_empty_workspace_is_led_to_the_first_project(workspace, ada):
    response = look(ada)
    assert "No project yet" in text(response)
    assert reverse("project_new", args=[workspace.slug]) in response.content.decode()


def test_an_annotator_with_nothing_in_hand_may_request(work, ana):
    response = look(ana)
    assert "You hold nothing open. The next 10 come from the root." in text(response)
    assert "Request Tasks (10)" in buttons(response)
    assert "Continue" not in text(response)


def test_without_work_the_button_is_off_and_says_why(project, ana):
    response = look(ana)
    assert not [word for word in buttons(response) if "Request" in word]
    assert "You hold nothing open. Nothing can come to you right now." in text(response)
    assert 'aria-disabled="true"' in response.content.decode()


def test_what_is_held_is_listed_with_continue_first(work, ana):
    given = request_tasks(work, by=ana).tasks
    response = look(ana)
    page = text(response)
    assert "You hold 10 images." in page
    assert [task.item.name in page for task in given] == [True] * 5 + [False] * 5
    assert "And 5 more. You hold 10 of 10. Finish these 10 images, then request the next 10." in page
    assert f'href="{reverse("task_editor", args=[given[0].pk])}">Continue<' in response.content.decode()
    assert not [word for word in buttons(response) if "Request" in word]


def test_returned_images_come_first_with_the_words_that_came_back(work, ana, quinn):
    given = request_tasks(work, by=ana).tasks
    submit(given[7].pk, by=ana)
    [review] = request_tasks(work, by=quinn).tasks
    reject(review.pk, by=quinn, reason="The <left> car is missing.")
    response = look(ana)
    assert "You hold 10 images, 1 of them returned." in text(response)
    assert "“The <left> car is missing.”" in text(response)
    assert b"<left>" not in response.content
    assert f'{reverse("task_editor", args=[given[7].pk])}">Continue<' in response.content.decode()


def test_a_qa_is_offered_what_waits_for_a_check(work, ana, quinn):
    for task in request_tasks(work, by=ana).tasks[:3]:
        submit(task.pk, by=ana)
    response = look(quinn)
    assert "Request Tasks (3)" in buttons(response)
    assert "QA" in text(response)


def test_an_admin_has_projects_and_no_request_button(work, ada):
    response = look(ada)
    assert not [word for word in buttons(response) if "Request" in word]
    page = text(response)
    assert "My projects" in page
    assert "Admin of the workspace" in page
    assert "12" in page
    assert reverse("project_new", args=["demo"]) in response.content.decode()


def test_what_was_given_to_an_admin_stands_there_too(work, ada):
    [task, *_] = Task.objects.filter(stage_kind="annotate")
    give([task.pk], to=ada, by=ada)
    page = text(look(ada))
    assert "Given to you" in page
    assert task.item.name in page


@pytest.mark.parametrize("state", ["paused", "project on hold"])
def test_who_may_not_request_is_told_why(work, ana, state):
    if state == "paused":
        work.memberships.filter(user=ana).update(is_paused=True)
    else:
        Project.objects.update(is_on_hold=True)
    response = look(ana)
    assert not [word for word in buttons(response) if "Request" in word]
    said = "You are paused in Street scenes" if state == "paused" else "Street scenes is on hold"
    assert said in text(response)


def test_with_top_up_held_work_does_not_stand_in_the_way(work, ana):
    Project.objects.update(request_policy="top_up", request_item_number=3)
    given = request_tasks(work, by=ana).tasks
    submit(given[0].pk, by=ana)
    assert "Request Tasks (1)" in buttons(look(ana))


def test_each_project_has_its_own_panel_those_with_held_work_first(work, ada, ana):
    other = create_project(work.workspace, name="Aerial", by=ada)
    set_project_role(other, ana, "annotator", by=ada)
    request_tasks(work, by=ana)
    page = look(ana).content.decode()
    panels = page[: page.index("My projects")]
    assert 0 < panels.index(of("project_data", work)) < panels.index(of("project_data", other))


def test_nothing_of_other_workspaces_is_seen(work, ana, mallory):
    assert "Street scenes" not in text(look(mallory))
    assert "Hers" not in text(look(ana))


def test_a_person_of_two_workspaces_sees_both(work, ana):
    owner = person("Olga")
    second = create_workspace("Second", owner=owner)
    project = create_project(second, name="Birds", by=owner)
    set_workspace_role(second, ana, "member", by=owner)
    set_project_role(project, ana, "qa", by=owner)
    page = text(look(ana))
    assert "Birds Second" in page
    assert "Street scenes Demo" in page


def test_the_folder_that_is_mine_is_named(work, ana):
    folder = make_folder(work, "night")
    make_batch(work, make_items(work, folder, n=2, prefix="cam"), name="B")
    assign(folder, ana)
    assert "The next 10 come from night, your folder and the root." in text(look(ana))


@pytest.mark.parametrize("who", ["ana", "ada"])
def test_sixty_images_cost_no_more_than_five(project, ana, ada, who, django_assert_max_num_queries):
    Project.objects.update(request_item_number=50)
    make_batch(project, make_items(project, n=5))
    request_tasks(project, by=ana)
    client = browser({"ana": ana, "ada": ada}[who])
    with django_assert_max_num_queries(40) as first:
        client.get("/")
    make_batch(project, make_items(project, n=55, prefix="more"), name="More")
    Task.objects.filter(assignee=None, stage_kind="annotate").update(assignee=ana)
    with django_assert_max_num_queries(len(first)):
        client.get("/")


def test_it_is_never_kept_by_the_browser(work, ana):
    assert "no-store" in look(ana)["Cache-Control"]
