"""Batches: the list, one of them, making one with its preview, and its buttons."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation import background
from annotation.batches import life
from annotation.catalog.uploads import get_or_create_upload
from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Item, Operation, Project, Task
from annotation.workflow.skip import skip
from tests.batches.build import build, cancel
from tests.factories import make_batch, make_folder, make_items
from tests.views.pages import HTMX, JSON, browser, buttons, of, text


@pytest.fixture(autouse=True)
def sent(monkeypatch) -> list[str]:
    """What would go to the workers."""
    names: list[str] = []
    monkeypatch.setattr("annotation.background._send", lambda task, *arguments: names.append(task.name))
    return names


@pytest.fixture
def items(project) -> list[Item]:
    return make_items(project, n=5)


def at(batch: Batch) -> str:
    return reverse("batch_detail", args=[batch.pk])


def make(user, project, **form):
    said = {"name": "Week 1", "kind": "production", "method": "all"} | form
    return browser(user).post(of("batch_new", project), said, follow=True)


def press(user, batch, action, **more):
    address = reverse("batch_action", args=[batch.pk])
    return browser(user).post(address, {"action": action} | more, follow=True)


def test_only_admins_of_the_project_know_of_batches(project, items, ada, ana, quinn, mallory):
    batch = build(project, ada)
    pages = [
        of("project_batches", project),
        of("batch_new", project),
        of("batch_preview", project),
        at(batch),
    ]
    for user, status in ((ada, 200), (ana, 403), (quinn, 403), (mallory, 404)):
        assert [browser(user).get(page).status_code for page in pages] == [status] * 4
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert make(user, project, name="Theirs").status_code == status
        for action in ("launch", "pause", "resume", "cancel", "nonsense"):
            assert press(user, batch, action).status_code == status
    for page in pages:
        assert Client().get(page)["Location"].startswith("/sign-in")
    assert Batch.objects.get().status == "staging"


def test_without_a_batch_the_page_says_what_one_is_for(project, ada):
    response = browser(ada).get(of("project_batches", project))
    assert "No batch yet Uploading alone starts no work." in text(response)
    assert of("batch_new", project) in response.content.decode()


def test_the_list_shows_each_with_its_progress_and_its_next_button(project, items, ada, ana):
    staging = build(project, ada, "Staging", method="pick", item_ids=[items[0].pk])
    running = build(project, ada, "Running", method="pick", item_ids=[items[1].pk, items[2].pk], launch=True)
    paused = build(project, ada, "Paused", method="pick", item_ids=[items[3].pk], launch=True)
    life.pause(paused, by=ada)
    task = request_tasks(project, by=ana).tasks[0]
    skip(task.pk, by=ana, reason="black")
    response = browser(ada).get(of("project_batches", project))
    page = text(response)
    assert "1 of 2" in page
    assert [word for word in buttons(response) if word in {"Launch", "Pause", "Resume"}] == [
        "Resume", "Pause", "Launch",
    ]  # fmt: skip
    for batch in (staging, running, paused):
        assert at(batch) in response.content.decode()
    assert "All 3" in page


def test_the_list_keeps_to_a_status(project, items, ada):
    build(project, ada, "First", method="pick", item_ids=[items[0].pk])
    cancel(build(project, ada, "Second", method="pick", item_ids=[items[1].pk]), ada)

    def look(status: str) -> str:
        return text(browser(ada).get(of("project_batches", project), {"status": status}))

    assert "First" in look("staging")
    assert "Second" not in look("staging")
    assert "No batch of this status" in look("paused")
    assert "First" in look("nonsense")


@pytest.mark.parametrize("start", ["", "abc", "-5", "9" * 30, "\0", "٣"])
def test_a_start_that_makes_no_sense_is_no_error(project, ada, start):
    assert browser(ada).get(of("project_batches", project), {"from": start}).status_code == 200


def test_a_long_list_comes_in_pages(project, ada):
    Batch.objects.bulk_create(
        Batch(project=project, name=f"Batch {n:03}", status="staging") for n in range(120)
    )
    first = browser(ada).get(of("project_batches", project))
    second = browser(ada).get(of("project_batches", project), {"from": 50})
    third = browser(ada).get(of("project_batches", project), {"from": 100})
    numbers = [set(re.findall(r"Batch \d{3}", text(page))) for page in (first, second, third)]
    assert [len(found) for found in numbers] == [50, 50, 20]
    assert len(set.union(*numbers)) == 120
    assert ("Show newer" in text(first), "Show older" in text(third)) == (False, False)
    assert "from=50" in third.content.decode()


def test_sixty_batches_cost_no_more_than_five(project, ada, items, django_assert_max_num_queries):
    client = browser(ada)

    def look(limit: int) -> int:
        with django_assert_max_num_queries(limit) as found:
            assert client.get(of("project_batches", project)).status_code == 200
        return len(found)

    def add(numbers: range) -> None:
        for n in numbers:
            batch = Batch.objects.create(project=project, name=f"Batch {n}", created_by=ada)
            Operation.objects.create(project=project, batch=batch, kind="fill_batch", total=9)

    add(range(5))
    first = look(20)
    add(range(5, 40))
    look(first)


def test_sixty_images_in_a_batch_cost_no_more_than_five(project, ada, ana, django_assert_max_num_queries):
    Project.objects.update(request_item_number=100)
    client = browser(ada)

    def look(name: str, n: int, limit: int) -> int:
        batch = make_batch(project, make_items(project, n=n, prefix=name), name=name)
        Task.objects.filter(batch=batch).update(assignee=ana)
        with django_assert_max_num_queries(limit) as found:
            assert client.get(at(batch)).status_code == 200
        return len(found)

    look("large", 60, look("small", 5, 25))


def test_a_batch_in_staging_waits_for_its_launch(project, items, ada):
    response = browser(ada).get(at(build(project, ada)))
    page = text(response)
    assert "Launch 5 images" in buttons(response)
    assert "Only admins see it until it is launched." in page
    assert "0 of 5 images done" in page
    assert "Ada made it" in page


def test_a_running_one_says_who_holds_how_much(project, items, ada, ana, ben):
    Project.objects.update(request_item_number=2)
    project.refresh_from_db()
    batch = build(project, ada, launch=True)
    for user in (ana, ben):
        request_tasks(project, by=user)
    response = browser(ada).get(at(batch))
    page = text(response)
    assert "4 held by 2 people" in page
    assert "4 images are held by 2 people; they run to their end." in page
    assert {"Pause", "Cancel the batch…"} <= set(buttons(response))
    assert "Launch" not in " ".join(buttons(response))


def test_a_paused_one_can_be_resumed(project, items, ada):
    batch = build(project, ada, launch=True)
    life.pause(batch, by=ada)
    response = browser(ada).get(at(batch))
    assert "Nothing of it is handed out. Who holds an image can finish it." in text(response)
    assert "Resume" in buttons(response)


def test_one_that_is_being_built_shows_its_progress_and_can_be_stopped(project, items, ada):
    make(ada, project)
    batch, operation = Batch.objects.get(), Operation.objects.get()
    response = browser(ada).get(at(batch))
    assert reverse("operation_progress", args=[operation.pk]) in response.content.decode()
    assert "Stop building" in buttons(response)
    assert "Launch" not in " ".join(buttons(response))


def test_what_was_left_out_is_told(project, items, ada):
    build(project, ada, "First", method="pick", item_ids=[items[0].pk, items[1].pk])
    page = text(browser(ada).get(at(build(project, ada, "Second"))))
    assert "Left out 2 at work already" in page


def test_an_ended_one_has_no_buttons(project, items, ada):
    response = browser(ada).get(at(cancel(build(project, ada), ada)))
    assert not {"Pause", "Resume", "Launch", "Cancel the batch…"} & set(buttons(response))
    assert "Cancelled" in text(response)


def test_one_that_runs_out_says_so_and_can_only_be_cut_short(project, items, ada, ana):
    batch = build(project, ada, launch=True)
    Project.objects.update(request_item_number=1)
    project.refresh_from_db()
    request_tasks(project, by=ana)
    cancel(batch, ada)
    for page in (at(batch), of("project_batches", project)):
        response = browser(ada).get(page)
        assert "Cancelled" in text(response)
        assert not {"Pause", "Resume", "Launch"} & set(buttons(response))
    assert "Cancel the batch…" in buttons(browser(ada).get(at(batch)))
    assert press(ada, batch, "cancel", also_started="on").status_code == 200
    background.run_now(Operation.objects.get(kind="cancel_batch", status="queued"))
    batch.refresh_from_db()
    assert batch.status == "cancelled"


def test_one_whose_building_failed_says_why(project, items, ada):
    make(ada, project)
    Operation.objects.update(
        status="failed", error="Something failed on our side; it is in the server's log."
    )
    response = browser(ada).get(at(Batch.objects.get()))
    assert "Something failed on our side" in text(response)
    assert "Cancel the batch…" in buttons(response)


@pytest.mark.parametrize(
    ("action", "before", "after", "said"),
    [
        ("launch", "staging", "in_progress", "Week 1 is launched: people get its images now."),
        ("pause", "in_progress", "paused", "Week 1 is paused. Who holds an image of it can finish that."),
        ("resume", "paused", "in_progress", "Week 1 is handed out again."),
        ("cancel", "in_progress", "paused", "Week 1 is being cancelled."),
    ],
)
def test_each_button_does_what_it_says(project, items, ada, action, before, after, said):
    batch = build(project, ada)
    Batch.objects.update(status=before)
    response = press(ada, batch, action)
    assert response.redirect_chain == [(at(batch), 302)]
    assert said in text(response)
    batch.refresh_from_db()
    assert batch.status == after


@pytest.mark.parametrize(
    ("action", "state"),
    [("launch", "in_progress"), ("pause", "staging"), ("resume", "cancelled"), ("cancel", "completed")],
)
def test_a_button_that_does_not_fit_any_more_is_refused_with_a_sentence(project, items, ada, action, state):
    """Somebody else was faster, and the page is old."""
    batch = build(project, ada)
    Batch.objects.update(status=state)
    sentence = f"Week 1 cannot be {action.removesuffix('e').removesuffix('l')}"
    address = reverse("batch_action", args=[batch.pk])
    page = press(ada, batch, action)
    assert page.status_code == 409
    assert sentence in text(page)
    piece = browser(ada).post(address, {"action": action}, headers=HTMX)
    assert (piece.status_code, piece["HX-Retarget"]) == (409, "#notice")
    assert b"<html" not in piece.content
    data = browser(ada).post(address, {"action": action}, headers=JSON)
    assert (data.status_code, data.json()["code"], data.json()["status"]) == (409, "illegal_move", state)


@pytest.mark.parametrize("action", ["", "delete", "\0", "x" * 5000])
def test_an_action_that_is_none_is_not_found(project, items, ada, action):
    assert press(ada, build(project, ada), action).status_code == 404


def test_buttons_are_no_links(project, items, ada):
    assert browser(ada).get(reverse("batch_action", args=[build(project, ada).pk])).status_code == 405


@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_a_batch_that_is_not_there_is_not_found(ada, pk):
    for name in ("batch_detail", "batch_action"):
        url = reverse(name, args=[pk])
        assert browser(ada).get(url).status_code in {404, 405}
        assert browser(ada).post(url, {"action": "launch"}).status_code in {404, 405}


def test_made_and_launched_as_soon_as_it_is_built(
    project, items, ada, ana, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = make(ada, project, launch="1")
    batch, operation = Batch.objects.get(), Operation.objects.get()
    assert response.redirect_chain == [(at(batch), 302)]
    assert sent == ["annotation.background.run_operation"]
    background.run_now(operation)
    assert request_tasks(project, by=ana).given == 5


def test_made_to_be_launched_later(project, items, ada):
    make(ada, project, kind="calibration")
    background.run_now(Operation.objects.get())
    batch = Batch.objects.get()
    assert (batch.status, batch.kind) == ("staging", "calibration")


def test_ticked_images_are_the_pick(project, items, ada):
    ticked = {"items": [items[0].pk, items[3].pk]}
    page = browser(ada).get(of("batch_new", project), ticked)
    assert "2 chosen on the Data page" in text(page)
    assert "Launch 2 images" in buttons(page)
    make(ada, project, method="pick", items=f"{items[0].pk},{items[3].pk}")
    background.run_now(Operation.objects.get())
    assert set(Task.objects.values_list("item_id", flat=True)) == {items[0].pk, items[3].pk}


def test_the_folder_that_was_looked_at_is_chosen(project, items, ada):
    night = make_folder(project, "night")
    make_items(project, night, n=2, prefix="cam")
    page = browser(ada).get(of("batch_new", project), {"folder": night.pk})
    assert "Launch 2 images" in buttons(page)
    make(ada, project, folder=night.pk)
    assert Batch.objects.get().selection["folder_id"] == night.pk


def test_an_upload_is_chosen_by_name_and_empty_ones_are_not_offered(project, items, ada):
    full, empty = (get_or_create_upload(project, name, by=ada) for name in ("Monday", "Tuesday"))
    Item.objects.filter(pk=items[0].pk).update(upload=full)
    page = text(browser(ada).get(of("batch_new", project)))
    assert "Monday" in page
    assert "Tuesday" not in page
    assert make(ada, project, method="upload", upload=empty.pk).status_code == 422
    make(ada, project, method="upload", upload=full.pk)
    background.run_now(Operation.objects.get())
    assert Batch.objects.get().target_count == 1


def test_the_preview_says_what_the_button_will_make(project, items, ada):
    build(project, ada, "First", method="pick", item_ids=[items[0].pk], launch=True)
    asked = {"method": "all", "exclude_batched": "on", "name": "", "kind": "production"}
    piece = browser(ada).get(of("batch_preview", project), asked, headers=HTMX)
    assert b"<html" not in piece.content
    assert b'id="preview"' in piece.content
    page = text(piece)
    assert "4 images 8 tasks in Labelling and QA." in page
    assert "Left out 1 at work already" in page
    assert "The first 4" in page
    assert "Launch 4 images" in buttons(piece)
    make(ada, project, exclude_batched="on")
    background.run_now(Operation.objects.get(batch__name="Week 1"))
    assert Batch.objects.get(name="Week 1").target_count == 4


def test_an_empty_project_has_nothing_to_preview_and_no_button(project, ada):
    page = browser(ada).get(of("batch_new", project))
    assert "0 images Nothing of this can be put to work now." in text(page)
    assert not [word for word in buttons(page) if word.startswith("Launch")]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "required"),
        ({"method": "dice"}, "Select a valid choice"),
        ({"method": "pick"}, "Nothing is picked. Tick images on the Data page"),
        ({"method": "pick", "items": "1,x"}, "The pick cannot be read"),
        ({"method": "pick", "items": "1,,2"}, "The pick cannot be read"),
        ({"method": "pick", "items": "9" * 19}, "The pick cannot be read"),
        ({"method": "pick", "items": "٣"}, "The pick cannot be read"),
        ({"method": "pick", "items": "999999"}, "not in this project"),
        ({"method": "upload"}, "Choose the upload to put to work"),
        ({"method": "upload", "upload": "abc"}, "Select a valid choice"),
        ({"method": "upload", "upload": "9" * 30}, "Select a valid choice"),
        ({"method": "all", "folder": "999999"}, "Select a valid choice"),
        ({"method": "all", "folder": "9" * 30}, "Select a valid choice"),
        ({"method": "all", "folder": "\0"}, "Null characters are not allowed"),
    ],
    ids=str,
)
def test_what_cannot_be_chosen_is_said_in_the_preview_and_when_sent(project, items, ada, asked, sentence):
    piece = browser(ada).get(of("batch_preview", project), asked)
    assert piece.status_code == 200
    assert sentence in text(piece)
    sent = browser(ada).post(of("batch_new", project), {"name": "Week 1", "kind": "production"} | asked)
    assert sent.status_code == 422
    assert sentence in text(sent)
    assert not Batch.objects.exists()


@pytest.mark.parametrize("items_typed", ["x", "1,,2", "\0"])
def test_an_old_pick_does_not_stand_in_the_way_of_another_choice(project, items, ada, items_typed):
    make(ada, project, items=items_typed)
    assert Batch.objects.get().selection["method"] == "all"


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"name": ""}, 422, "The batch needs a name."),
        ({"name": "x" * 201}, 422, "The batch's name has 201 characters. Use at most 200."),
        ({"name": "a\0b"}, 422, "Null characters are not allowed"),
        ({"kind": "self_label"}, 422, "Select a valid choice"),
        ({"kind": ""}, 422, "required"),
        ({"name": "Old"}, 409, "This project already has a batch called Old. Choose another name."),
    ],
    ids=str,
)
def test_a_bad_value_is_said_and_what_was_typed_stays(project, items, ada, form, status, sentence):
    build(project, ada, "Old", method="pick", item_ids=[items[0].pk])
    response = make(ada, project, **form)
    assert response.status_code == status
    assert sentence in text(response)
    assert "Launch 4 images" in buttons(response)
    assert Batch.objects.count() == 1


def test_an_empty_batch_is_refused_with_the_reason(project, items, ada):
    build(project, ada, "First")
    response = make(ada, project)
    assert response.status_code == 409
    assert "Every image you chose is left out: 5 at work already." in text(response)
    assert Batch.objects.count() == 1


def test_nothing_of_another_project_can_be_chosen(project, items, ada, mallory):
    hers = Project.objects.get(name="Hers")
    stolen = make_items(hers, prefix="hers")[0]
    for form in (
        {"method": "pick", "items": str(stolen.pk)},
        {"folder": hers.folders.get().pk},
        {"method": "upload", "upload": get_or_create_upload(hers, "hers", by=mallory).pk},
    ):
        response = make(ada, project, **form)
        assert response.status_code == 422
        assert "hers-001.jpg" not in text(response)
    assert not Batch.objects.exists()


def test_names_are_shown_as_typed(project, items, ada):
    batch = build(project, ada, "<script>alert(1)</script>")
    for page in (at(batch), of("project_batches", project)):
        response = browser(ada).get(page)
        assert b"<script>alert" not in response.content
        assert b"&lt;script&gt;alert" in response.content
