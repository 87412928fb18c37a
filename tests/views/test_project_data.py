"""Data: folders, images and Request Tasks, as each role sees them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.catalog.folders import set_folder_hold
from annotation.distribution.requests import request_tasks
from annotation.models import Item, Project, Task
from annotation.workflow import counts
from annotation.workflow.submit import submit
from tests.factories import assign, make_batch, make_folder, make_items
from tests.views.pages import HTMX, browser, buttons, of, text

ROWS = HTMX | {"hx-target": "rows"}


@pytest.fixture
def night(project):
    return make_folder(project, "night")


@pytest.fixture
def work(project, night) -> Project:
    """Three images in night, two in the root, all of them in a batch."""
    make_items(project, night, n=3, prefix="cam")
    make_items(project, n=2)
    make_batch(project)
    return project


def look(user, project, htmx=False, **asked):
    return browser(user).get(of("project_data", project), asked, headers=ROWS if htmx else {})


def shown(response) -> list[str]:
    """The names in the table."""
    return re.findall(r'class="cut"><a href="/(?:items|tasks)/\d+/?">([^<]+)<', response.content.decode())


def test_a_visitor_is_asked_to_sign_in(project):
    assert Client().get(of("project_data", project))["Location"].startswith("/sign-in")


def test_who_does_not_belong_here_finds_nothing(project, mallory):
    response = look(mallory, project)
    assert response.status_code == 404
    assert "Street scenes" not in text(response)


def test_an_admin_sees_everything_and_may_upload_and_make_batches(work, ada):
    response = look(ada, work)
    page = text(response)
    assert "5 images in 1 folder and the root" in page
    assert shown(response) == [
        "cam-001.jpg", "cam-002.jpg", "cam-003.jpg", "img-001.jpg", "img-002.jpg",
    ]  # fmt: skip
    for words in ("Upload images", "Make a batch", "Make a batch of them…"):
        assert words in page
    assert not [word for word in buttons(response) if "Request" in word]


def test_a_qa_sees_everything_and_changes_nothing(work, quinn):
    response = look(quinn, work, folder=work.folders.get(name="night").pk)
    page = text(response)
    assert len(shown(response)) == 3
    for words in ("Upload images", "Make a batch", "Assign", "Put on hold", "Add a folder"):
        assert words not in page
    assert 'name="items"' not in response.content.decode()
    assert "You hold nothing open. Nothing can come to you right now." in page


def test_an_annotator_sees_only_their_own_images(work, ana, ben):
    Project.objects.update(request_item_number=2)
    request_tasks(work, by=ben)
    work.refresh_from_db()
    request_tasks(work, by=ana)
    response = look(ana, work)
    assert sorted(shown(response)) == ["cam-003.jpg", "img-001.jpg"]
    page = text(response)
    assert "cam-001.jpg" not in page
    assert "All my images 2" in page
    for words in ("Upload images", "Make a batch", "Assign", "Ben"):
        assert words not in page


def test_what_an_annotator_has_done_stays_in_their_list(work, ana):
    task = request_tasks(work, by=ana).tasks[0]
    submit(task.pk, by=ana)
    response = look(ana, work, status="quality_check")
    assert shown(response) == [task.item.name]
    assert shown(look(ana, work, status="completed")) == []


def test_before_the_first_request_the_list_says_what_to_do(work, ana):
    response = look(ana, work)
    page = text(response)
    assert "Your images will stand here" in page
    assert "Press Request Tasks to get the next ones." in page
    assert "The next 5 come from night and the root." in page
    assert "Request Tasks (5)" in buttons(response)


def test_holding_all_that_may_be_held_there_is_continue_and_no_request(work, ana):
    given = request_tasks(work, by=ana).tasks
    response = look(ana, work)
    assert not [word for word in buttons(response) if "Request" in word]
    assert f'{reverse("task_editor", args=[given[0].pk])}">Continue<' in response.content.decode()
    assert "Finish these 5 images, then request the next 10." in text(response)


def test_an_empty_project_says_what_comes_first(project, ada, quinn, ana):
    assert "Upload JPEG, PNG or WebP files. Then make a batch of them" in text(look(ada, project))
    assert "An admin of the project has to upload some first." in text(look(quinn, project))
    assert "Your images will stand here" in text(look(ana, project))
    assert "Make a batch" not in text(look(ada, project))


def test_folder_status_and_name_narrow_the_list(work, night, ada):
    Item.objects.filter(name="cam-002.jpg").update(status="returned")
    assert len(shown(look(ada, work, folder=night.pk))) == 3
    assert shown(look(ada, work, status="returned")) == ["cam-002.jpg"]
    assert shown(look(ada, work, name="IMG")) == ["img-001.jpg", "img-002.jpg"]
    nothing = look(ada, work, folder=night.pk, name="img")
    assert shown(nothing) == []
    assert "No image matches" in text(nothing)


@pytest.mark.parametrize(
    "asked",
    [
        {"folder": "999999"},
        {"folder": "abc"},
        {"folder": "9" * 30},
        {"folder": "\0"},
        {"status": "lost"},
        {"status": "\0"},
        {"after": "nonsense"},
        {"before": "a:b:c"},
        {"after": "\0", "before": "\ud800".encode("utf-8", "surrogatepass")},
        {"name": ""},
        {"name": "\0"},
        {"page": "2"},
    ],
    ids=str,
)
@pytest.mark.parametrize("who", ["ada", "ana"])
def test_an_address_that_makes_no_sense_shows_everything(work, ada, ana, who, asked):
    request_tasks(work, by=ana)
    response = look({"ada": ada, "ana": ana}[who], work, **asked)
    assert response.status_code == 200
    assert len(shown(response)) == 5


@pytest.mark.parametrize("name", ["\ud7ff" * 500, "%", "'; --", "<script>alert(1)</script>", "💥"])
def test_a_name_that_nothing_has_is_shown_as_typed_and_harms_nobody(work, ada, name):
    response = look(ada, work, name=name)
    assert (response.status_code, shown(response)) == (200, [])
    assert b"<script>alert" not in response.content


def test_htmx_gets_the_rows_alone_and_everybody_else_the_page(work, ada, ana):
    for user in (ada, ana):
        page, rows = look(user, work), look(user, work, htmx=True)
        assert b"<html" in page.content
        assert b"<html" not in rows.content
        assert b'id="rows"' in rows.content
        assert page["Vary"] == rows["Vary"]
        assert "HX-Request" in page["Vary"]
        assert shown(page) == shown(rows)


def test_pages_lead_to_the_end_and_back(project, ada):
    make_items(project, n=120)
    first = look(ada, project)
    assert len(shown(first)) == 50
    second = browser(ada).get(of("project_data", project) + link(first, "older"))
    third = browser(ada).get(of("project_data", project) + link(second, "older"))
    assert shown(third)[-1] == "img-120.jpg"
    assert link(third, "older") is None
    back = browser(ada).get(of("project_data", project) + link(third, "newer"))
    assert shown(back) == shown(second)
    assert link(first, "newer") is None


def link(response, word: str) -> str | None:
    """Where the button towards Z (older) or A (newer) leads."""
    found = re.search(rf'href="(\?[^"]*)"[^>]*>[^<]*(?:<svg.*?</svg>)?Show {word}', response.content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_counts_are_told_per_folder_and_status(work, night, ada):
    Item.objects.filter(name="cam-002.jpg").update(status="completed")
    counts.recount(work.pk)
    page = text(look(ada, work))
    assert "All images 5" in page
    assert "night 3" in page
    assert "Completed 1" in page
    chips = text(look(ada, work, folder=night.pk))
    assert "All 3" in chips
    assert "Not started 2" in chips


def test_whose_a_folder_is(work, night, ada, ana, ben, quinn):
    assign(night, ana)
    assign(night, quinn, role="qa")
    assert "Ana · QA Quinn" in text(look(ada, work))
    assert "Ana · QA Quinn" in text(look(quinn, work))
    assert "night 0 Yours" in text(look(ana, work))
    page = text(look(ben, work))
    assert "night" not in page.partition("Folders")[2].partition("Your images")[0]
    assert "Ana" not in page
    set_folder_hold(night, True, by=ada)
    assert "On hold" in text(look(ada, work))


def test_an_admin_finds_what_to_do_with_a_folder(work, night, ada):
    response = look(ada, work, folder=night.pk)
    assert "Put on hold" in buttons(response)
    assert reverse("folder_assign", args=[night.pk]) in response.content.decode()
    assert f"{of('upload_images', work)}?folder={night.pk}" in response.content.decode()
    set_folder_hold(night, True, by=ada)
    assert "Hand out again" in buttons(look(ada, work, folder=night.pk))
    root = look(ada, work, folder=work.folders.get(is_root=True).pk)
    assert "Put on hold" not in buttons(root)


def test_rows_say_in_whose_hands_an_image_is(work, ada, ana, quinn):
    Project.objects.update(request_item_number=1)
    work.refresh_from_db()
    task = request_tasks(work, by=ana).tasks[0]
    submit(task.pk, by=ana)
    request_tasks(work, by=quinn)
    row = re.search(r"<tr>(?:(?!<tr>).)*cam-001\.jpg.*?</tr>", look(ada, work).content.decode(), re.S)
    assert row
    for words in ("Ana", "Quinn", "Batch", "Quality check"):
        assert words in row[0]


def test_ticked_images_lead_to_a_batch_of_them(work, ada):
    page = look(ada, work).content.decode()
    form = re.search(rf'<form method="get" action="{of("batch_new", work)}">.*?</form>', page, re.S)
    assert form
    assert form[0].count('type="checkbox" name="items"') == 5
    assert "Make a batch of them" in form[0]


@pytest.mark.parametrize("who", ["ada", "quinn", "ana"])
def test_sixty_images_cost_no_more_than_five(project, ada, ana, quinn, who, django_assert_max_num_queries):
    client = browser({"ada": ada, "ana": ana, "quinn": quinn}[who])
    folder = make_folder(project, "night")
    assign(folder, ana)

    def hold_all(name: str) -> None:
        make_batch(project, project.items.filter(tasks=None), name=name)
        Task.objects.filter(stage_kind="annotate").update(assignee=ana, done_by=ana)

    make_items(project, folder, n=5)
    hold_all("A")
    with django_assert_max_num_queries(30) as first:
        client.get(of("project_data", project))
    make_items(project, n=45, prefix="more")
    make_items(project, folder, n=10, prefix="some")
    hold_all("B")
    with django_assert_max_num_queries(len(first)):
        client.get(of("project_data", project))


def test_forty_folders_cost_no_more_than_two(project, ada, ana, django_assert_max_num_queries):
    def add(numbers: range) -> None:
        for number in numbers:
            folder = make_folder(project, f"folder {number}")
            make_items(project, folder, n=1)
            assign(folder, ana)

    add(range(2))
    client = browser(ada)
    with django_assert_max_num_queries(30) as first:
        client.get(of("project_data", project))
    add(range(2, 40))
    with django_assert_max_num_queries(len(first)):
        client.get(of("project_data", project))
