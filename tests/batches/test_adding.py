"""Adding to an open batch, and pictures that come in straight into one."""

from __future__ import annotations

import io

import pytest

from annotation import background
from annotation.batches import life
from annotation.batches.add import add_items, open_batch_named
from annotation.batches.create import create_open_batch
from annotation.batches.direct import Direct, add_addresses_directly, add_files_directly
from annotation.catalog.addresses import Address
from annotation.distribution.requests import request_tasks
from annotation.errors import BatchClosed, Invalid
from annotation.models import Batch, Event, Folder, Item, Project, Task, Upload
from annotation.workflow import counts
from tests.batches.build import build, cancel, names
from tests.catalog.files import picture
from tests.factories import make_items

URL = "https://pictures.example/"


@pytest.fixture
def items(project) -> list[Item]:
    return make_items(project, n=4)


def ids(items: list[Item]) -> list[int]:
    return [item.pk for item in items]


def test_items_join_an_open_batch(project, ada, items):
    batch = create_open_batch(project, "Open", by=ada)
    made = add_items(batch, [*ids(items[:2]), items[0].pk], by=ada)
    assert made.item_ids == ids(items[:2])
    assert made.left_out == {}
    again = add_items(batch, ids(items[:3]), by=ada)
    assert (again.item_ids, again.left_out) == ([items[2].pk], {"in_batch": 2})
    batch.refresh_from_db()
    assert (batch.status, batch.target_count, batch.task_count) == ("staging", 3, 6)
    assert counts.drift(project.pk) == []
    told = Event.objects.filter(kind="batch_added").order_by("id")
    assert [line.detail["targets"] for line in told] == [2, 1]


def test_what_is_at_work_elsewhere_gone_or_of_another_project_is_left_out(project, ada, mallory, items):
    build(project, ada, method="pick", item_ids=[items[0].pk])
    Item.objects.filter(pk=items[1].pk).update(archived_at="2026-01-01T00:00Z")
    hers = make_items(Project.objects.get(name="Hers"))[0]
    batch = create_open_batch(project, "Open", by=ada)
    made = add_items(batch, [*ids(items[:3]), hers.pk, 10**9], by=ada)
    assert (made.item_ids, made.left_out) == ([items[2].pk], {"at_work": 1, "gone": 3})


def test_a_batch_that_stays_open_takes_and_hands_out_at_once(project, ada, ana, items):
    batch = build(project, ada, method="pick", item_ids=[items[0].pk], launch=True, stays_open=True)
    assert (batch.status, batch.is_open) == ("in_progress", True)
    add_items(batch, ids(items[1:3]), by=ada)
    assert request_tasks(project, by=ana).given == 3


def test_one_that_is_open_is_not_completed_while_it_waits_for_more(project, ada, items):
    batch = build(project, ada, method="pick", item_ids=[items[0].pk], launch=True, stays_open=True)
    Task.objects.update(is_live=False, status="skipped")
    background.sweep()
    batch.refresh_from_db()
    assert batch.status == "in_progress"
    Batch.objects.update(is_open=False)
    background.sweep()
    batch.refresh_from_db()
    assert batch.status == "completed"


@pytest.mark.parametrize("how", ["launched", "cancelled", "being cancelled", "completed"])
def test_a_closed_batch_takes_nothing_more(project, ada, items, how):
    batch = build(project, ada, method="pick", item_ids=[items[0].pk], stays_open=how != "launched")
    life.launch(batch, by=ada)
    match how:
        case "cancelled":
            cancel(batch, ada)
        case "being cancelled":
            life.cancel(batch, by=ada)
        case "completed":
            Batch.objects.update(status="completed")
    for closed in (lambda: add_items(batch, ids(items[1:]), by=ada), lambda: again(project, ada)):
        with pytest.raises(BatchClosed, match=r"Week 1 is closed: it takes no more images\."):
            closed()
    assert names(batch) == ["img-001.jpg"]


def again(project: Project, ada) -> Batch:
    return open_batch_named(project, "Week 1", by=ada)


def test_more_than_a_thousand_are_added_in_several_transactions(project, ada):
    batch = create_open_batch(project, "Open", by=ada)
    made = add_items(batch, ids(make_items(project, n=2100)), by=ada)
    assert (len(made.item_ids), Task.objects.count()) == (2100, 4200)
    assert Event.objects.filter(kind="batch_added").count() == 3
    assert counts.drift(project.pk) == []


def test_by_address_straight_into_a_launched_batch(project, ada, ana):
    rows = [Address("a.jpg", URL + "a", "night"), Address("b.jpg", URL + "b")]
    added, work = add_addresses_directly(project, rows, by=ada, direct=Direct("Monday", "Drop", True))
    assert work is not None
    assert (len(added.items), work.batch.name, work.batch.status) == (2, "Drop", "in_progress")
    assert set(Item.objects.values_list("upload__name", flat=True)) == {"Monday"}
    assert request_tasks(project, by=ana).given == 2


def test_the_same_call_again_adds_nothing_and_is_no_error_while_the_batch_is_open(project, ada):
    rows = [Address("a.jpg", URL + "a")]
    add_addresses_directly(project, rows, by=ada, direct=Direct(None, "Drop"))
    added, work = add_addresses_directly(project, rows, by=ada, direct=Direct(None, "Drop"))
    assert ([item.name for item in added.there], added.items) == (["a.jpg"], [])
    assert work is not None
    assert (work.made.item_ids, work.made.left_out) == ([], {"in_batch": 1})
    assert Task.objects.count() == 2


def test_a_wrong_row_or_name_makes_neither_batch_nor_upload_nor_folder(project, ada):
    good, bad = Address("a.jpg", URL, "new"), Address("b.jpg", "nothing", "new")
    for rows, direct in (
        ([good, bad], Direct("Monday", "Drop")),
        ([good], Direct("..", "Drop")),
        ([good], Direct("Monday", "  ")),
        ([good], Direct("Monday", None, launches=True)),
    ):
        with pytest.raises(Invalid):
            add_addresses_directly(project, rows, by=ada, direct=direct)
    assert not Batch.objects.exists()
    assert not Upload.objects.exists()
    assert not Item.objects.exists()
    assert not Folder.objects.filter(is_root=False).exists()


def test_a_closed_batch_refuses_the_call_and_nothing_comes_in(project, ada, items):
    build(project, ada, "Drop", launch=True)
    with pytest.raises(BatchClosed):
        add_addresses_directly(project, [Address("a.jpg", URL)], by=ada, direct=Direct("Monday", "Drop"))
    assert Item.objects.count() == 4
    assert not Upload.objects.exists()


def test_files_come_straight_into_a_batch_each_answered_for_itself(project, ada):
    def send():
        files = [
            (io.BytesIO(picture(colour="navy")), "a.jpg"),
            (io.BytesIO(picture(colour="navy")), "again.jpg"),
            (io.BytesIO(b"text"), "b.jpg"),
            (io.BytesIO(picture(colour="red")), "c.jpg"),
        ]
        direct = Direct("Monday", "Drop")
        return add_files_directly(project, files, by=ada, folder="night", direct=direct)

    done, work = send()
    assert [one.outcome for one in done] == ["added", "duplicate", "refused", "added"]
    assert work is not None
    assert names(work.batch) == ["a.jpg", "c.jpg"]
    repeated, work = send()
    assert [one.outcome for one in repeated] == ["duplicate", "duplicate", "refused", "duplicate"]
    assert names(work.batch) == ["a.jpg", "c.jpg"]
    assert set(Item.objects.values_list("folder__name", flat=True)) == {"night"}
