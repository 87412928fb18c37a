"""An item's page and its picture: for whom it is, and never as anything but a picture."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from annotation.catalog.addresses import Address, add_addresses
from annotation.catalog.folders import root_of
from annotation.catalog.intake import add_file
from annotation.catalog.thumbnails import make_thumbnail
from annotation.distribution.requests import request_tasks
from annotation.members.people import remove_from_project
from annotation.models import Item, Project, Task
from annotation.workflow.give import release
from annotation.workflow.reject import reject
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from tests.catalog.elsewhere import elsewhere  # noqa: F401 - a fixture
from tests.catalog.files import picture
from tests.factories import make_batch, make_items
from tests.views.pages import HTMX, JSON, browser, text

PAGES = ("item_detail", "item_image", "item_thumbnail")


@pytest.fixture
def item(project, ada) -> Item:
    data = io.BytesIO(picture("PNG", (64, 48)))
    added = add_file(project, data, "a.html", folder=root_of(project), upload=None, by=ada)
    assert added.item is not None
    make_thumbnail(added.item.pk)
    return Item.objects.get()


@pytest.fixture
def by_address(project, ada, elsewhere) -> Item:  # noqa: F811
    row = Address("far.jpg", "http://pictures.example/far.jpg")
    return add_addresses(project, [row], upload=None, by=ada).items[0]


def get(user, name: str, item: Item, **headers):
    return browser(user).get(reverse(name, args=[item.pk]), headers=headers)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def statuses(user, item: Item) -> list[int]:
    return [get(user, name, item).status_code for name in PAGES]


def test_admins_and_qas_see_every_image_and_strangers_none(item, ada, quinn, mallory):
    assert statuses(ada, item) == [200] * 3
    assert statuses(quinn, item) == [200] * 3
    assert statuses(mallory, item) == [404] * 3
    for name in PAGES:
        assert Client().get(reverse(name, args=[item.pk]))["Location"].startswith("/sign-in")


def test_annotators_see_what_they_hold_or_did_and_nothing_else(project, item, ana, ben):
    assert statuses(ana, item) == [404] * 3
    make_batch(project)
    [task] = request_tasks(project, by=ana).tasks
    assert statuses(ana, item) == [200] * 3
    assert statuses(ben, item) == [404] * 3
    skip(task.pk, by=ana, reason="black")
    assert statuses(ana, item) == [200] * 3
    assert statuses(ben, item) == [404] * 3


def test_who_never_touched_what_was_taken_away_sees_it_no_more(project, item, ada, ana):
    make_batch(project)
    [task] = request_tasks(project, by=ana).tasks
    release([task.pk], by=ada)
    assert statuses(ana, item) == [404] * 3


def test_the_worker_still_sees_it_while_others_check_it(project, item, ana, quinn):
    make_batch(project)
    [task] = request_tasks(project, by=ana).tasks
    submit(task.pk, by=ana)
    request_tasks(project, by=quinn)
    assert statuses(ana, item) == [200] * 3


def test_who_left_the_project_sees_nothing_any_more(project, item, ada, ana):
    make_batch(project)
    [task] = request_tasks(project, by=ana).tasks
    submit(task.pk, by=ana)
    remove_from_project(project, ana, by=ada)
    assert statuses(ana, item) == [404] * 3


def test_an_archived_image_is_gone_for_all(item, ada):
    Item.objects.update(archived_at="2026-01-01T00:00Z")
    assert statuses(ada, item) == [404] * 3


@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_an_image_that_is_not_there_is_not_found(ada, pk):
    assert [browser(ada).get(reverse(name, args=[pk])).status_code for name in PAGES] == [404] * 3


def test_the_picture_is_served_as_it_came_and_only_as_a_picture(item, ada):
    response = get(ada, "item_image", item)
    assert body(response) == picture("PNG", (64, 48))
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in response["Cache-Control"]
    small = get(ada, "item_thumbnail", item)
    assert (small["Content-Type"], small["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert Image.open(io.BytesIO(body(small))).size == (64, 48)


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "", "application/javascript"])
def test_whatever_a_row_says_it_is_never_a_page(item, ada, kind):
    Item.objects.update(content_type=kind)
    response = get(ada, "item_image", item)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_browser_that_has_it_is_told_so(item, ada, ana):
    response = get(ada, "item_image", item)
    again = get(ada, "item_image", item, **{"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = get(ada, "item_image", item, **{"if-none-match": '"something else"'})
    assert other.status_code == 200
    assert get(ana, "item_image", item, **{"if-none-match": response["ETag"]}).status_code == 404


def test_until_the_small_picture_is_made_the_picture_itself_is_shown(item, ada):
    Item.objects.update(thumbnail="")
    response = get(ada, "item_thumbnail", item)
    assert (response.status_code, response["Location"]) == (302, reverse("item_image", args=[item.pk]))


def test_a_file_that_is_missing_on_the_server_is_said(item, ada):
    default_storage.delete(item.file)
    response = get(ada, "item_image", item)
    assert response.status_code == 502
    assert "The file of this image is missing on the server." in text(response)


def test_an_image_by_address_is_fetched_when_it_is_looked_at(by_address, elsewhere, ada):  # noqa: F811
    elsewhere.at("/far.jpg", picture("JPEG", (64, 48), turn=6))
    response = get(ada, "item_image", by_address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    by_address.refresh_from_db()
    assert (by_address.width, by_address.height) == (48, 64)
    assert elsewhere.asked == ["/far.jpg"]
    assert get(ada, "item_image", by_address).status_code == 200
    assert elsewhere.asked == ["/far.jpg"]


def test_nobody_has_a_server_fetch_what_they_may_not_see(by_address, elsewhere, ana, mallory):  # noqa: F811
    elsewhere.at("/far.jpg", picture())
    for user in (ana, mallory):
        assert statuses(user, by_address) == [404] * 3
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"<script>alert(1)</script>", 200, "cannot be shown: This is not a JPEG, PNG or WebP picture"),
        (b"gone", 404, "The other server answered 404."),
    ],
    ids=["html", "gone"],
)
def test_a_failed_fetch_says_why_and_shows_nothing_of_what_came(
    by_address, elsewhere, ada, data, status, sentence  # noqa: F811
):  # fmt: skip
    elsewhere.at("/far.jpg", data, status, **{"Content-Type": "text/html"})
    for headers in ({}, HTMX, JSON):
        response = get(ada, "item_image", by_address, **headers)
        assert response.status_code == 502
        assert b"alert(1)" not in response.content
    assert get(ada, "item_image", by_address, **JSON).json()["code"] == "cannot_fetch"
    assert sentence in text(get(ada, "item_image", by_address))
    by_address.refresh_from_db()
    assert (by_address.file, by_address.status) == ("", "not_started")


def test_the_page_tells_all_there_is_to_know(project, item, ada, ana, quinn):
    Item.objects.update(priority=2.5, metadata={"weather": "<rain>"})
    make_batch(project)
    [task] = request_tasks(project, by=ana).tasks
    submit(task.pk, by=ana)
    [review] = request_tasks(project, by=quinn).tasks
    reject(review.pk, by=quinn, reason="The left car is missing.")
    response = get(ada, "item_detail", item)
    page = text(response)
    for words in ("a.html", "64 × 48 px", "2.5", "weather <rain>", "Labelling", "QA", "Ana", "Quinn"):
        assert words in page
    assert "The left car is missing." in page
    assert b"<rain>" not in response.content
    assert f'href="{reverse("task_editor", args=[task.pk])}">Open in the editor' in response.content.decode()


def test_an_image_at_no_work_says_so(item, ada):
    page = text(get(ada, "item_detail", item))
    assert "Not at work This image is in no batch yet." in page
    assert "Nothing happened yet." in page
    assert "Open in the editor" not in page


def test_pages_of_images_only_look(item, ada):
    for name in PAGES:
        assert browser(ada).post(reverse(name, args=[item.pk])).status_code == 405


def test_a_long_history_costs_no_more_than_a_short_one(project, ada, ana, django_assert_max_num_queries):
    [item] = make_items(project, n=1)
    client = browser(ada)

    def work(times: range) -> None:
        for number in times:
            make_batch(project, [item], name=f"Batch {number}")
            [task] = request_tasks(project, by=ana).tasks
            skip(task.pk, by=ana, reason="black")

    def look(limit: int) -> int:
        with django_assert_max_num_queries(limit) as found:
            assert client.get(reverse("item_detail", args=[item.pk])).status_code == 200
        return len(found)

    work(range(5))
    first = look(25)
    work(range(5, 30))
    look(first)
    assert Task.objects.count() == 60
    assert Project.objects.get(pk=project.pk).items.count() == 1
