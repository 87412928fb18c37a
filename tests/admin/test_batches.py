"""Batches in the Django admin: made, looked at and steered through the rules."""

from __future__ import annotations

import pytest

from annotation import background
from annotation.catalog.uploads import get_or_create_upload
from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Event, Item, Task
from tests.admin.conftest import errors
from tests.factories import make_batch, make_items

BATCHES = "annotation/batch/"


@pytest.fixture(autouse=True)
def _built_at_once(monkeypatch) -> None:
    monkeypatch.setattr(background, "queue", lambda operation: operation and background.run_now(operation))


@pytest.fixture
def make(hers, project):
    def send(**fields):
        return hers.post(f"{BATCHES}add/", **{"project": project.pk, "name": "B", "method": "all", **fields})

    return send


def test_all_images_are_put_to_work_at_once(make, project, ana):
    make_items(project, n=3)
    assert make(launch="on").status_code == 302
    batch = Batch.objects.get()
    assert (batch.status, batch.target_count) == ("in_progress", 3)
    assert len(request_tasks(project, by=ana).tasks) == 3
    assert Event.objects.get(kind="batch_created").door == "admin"


def test_a_pick_and_an_upload(make, project, ada):
    a, b, _ = make_items(project, n=3)
    upload = get_or_create_upload(project, "Monday", by=ada)
    Item.objects.filter(pk=b.pk).update(upload=upload)
    make(name="Pick", method="pick", item_ids=f"{a.pk}\n")
    make(name="Upload", method="upload", upload="Monday")
    assert set(Task.objects.filter(batch__name="Pick").values_list("item_id", flat=True)) == {a.pk}
    assert set(Task.objects.filter(batch__name="Upload").values_list("item_id", flat=True)) == {b.pk}
    assert set(Batch.objects.values_list("status", flat=True)) == {"staging"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"method": "pick"}, "List the ids"),
        ({"method": "pick", "item_ids": "a, b"}, "An item id is a number"),
        ({"method": "pick", "item_ids": "999999"}, "not in this project"),
        ({"method": "upload", "upload": "nothing"}, "no upload of this name"),
        ({"method": "random"}, "Select a valid choice"),
        ({"name": "Taken"}, "already"),
        ({"name": " "}, "required"),
        ({"project": "0"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_made_is_said_in_the_form_and_what_was_typed_stays(make, project, fields, sentence):
    make_items(project, n=1)
    make_batch(project, [], name="Taken")
    response = make(**{"name": "Typed by hand", **fields})
    assert any(sentence in error for error in errors(response)), errors(response)
    if "name" not in fields:
        assert "Typed by hand" in response.content.decode()
    assert Batch.objects.count() == 1


def test_nothing_to_put_to_work_is_said(make, project):
    assert any("no image" in error for error in errors(make()))
    assert not Batch.objects.exists()


def test_the_actions_call_the_rules_row_by_row(hers, project):
    good = make_batch(project, make_items(project, n=2), name="Good", status="staging")
    ended = make_batch(project, [], name="Ended", status="completed")
    told = hers.act(BATCHES, "launch_batches", good, ended)
    assert any("Good: launched." in sentence for sentence in told)
    assert any(sentence.startswith("Ended:") and "completed" in sentence for sentence in told)
    for action, status in [("pause_batches", "paused"), ("resume_batches", "in_progress")]:
        hers.act(BATCHES, action, good)
        good.refresh_from_db()
        assert good.status == status


def test_cancelling_asks_first(hers, project):
    batch = make_batch(project, make_items(project, n=2))
    response = hers.post(BATCHES, action="cancel_batches", _selected_action=[batch.pk])
    assert "This cannot be taken back" in response.content.decode()
    assert not Task.objects.filter(is_live=False).exists()
    hers.act(BATCHES, "cancel_batches", batch, confirmed="yes")
    batch.refresh_from_db()
    assert (batch.status, Task.objects.filter(is_live=True).exists()) == ("cancelled", False)


def test_the_list_costs_the_same_for_few_and_many(hers, project, django_assert_max_num_queries):
    for n in range(3):
        make_batch(project, [], name=f"B{n}")
    hers.get(BATCHES)
    with django_assert_max_num_queries(14):
        hers.get(BATCHES)
    for n in range(3, 40):
        make_batch(project, [], name=f"B{n}")
    with django_assert_max_num_queries(14):
        hers.get(BATCHES)


def test_search_finds_a_batch_by_its_name(hers, project):
    make_batch(project, [], name="Monday")
    make_batch(project, [], name="Tuesday")
    page = hers.get(f"{BATCHES}?q=mond").content.decode()
    assert "Monday" in page
    assert "Tuesday" not in page


def test_an_action_reaches_no_batch_of_others(desk, mallory, project):
    batch = make_batch(project, [], name="Ours")
    desk(mallory).act(BATCHES, "pause_batches", batch)
    batch.refresh_from_db()
    assert batch.status == "in_progress"
    assert "Ours" not in desk(mallory).get(BATCHES).content.decode()
