"""Cancelling chains: of a batch in slices, and of one image."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Event, Item, Task
from annotation.workflow import counts
from annotation.workflow.cancel import cancel_chains, cancel_item, held_by_batch
from annotation.workflow.complete import complete
from annotation.workflow.give import release
from annotation.workflow.set_status import set_status
from annotation.workflow.submit import submit
from tests.batches.build import build
from tests.factories import make_batch, make_items


def test_cancelling_a_batch_leaves_what_is_held_unless_asked(project, held, ana, ada):
    batch = held[0].batch
    release([held[0].pk], by=ada)
    assert held_by_batch(batch.pk) == {ana.pk: 2}
    assert cancel_chains(batch.pk, also_started=False, by=ada).done == 1
    assert Task.objects.filter(is_live=True).count() == 4
    assert cancel_chains(batch.pk, also_started=True, by=ada).done == 2
    assert cancel_chains(batch.pk, also_started=True, by=ada).done == 0
    assert counts.drift(project.pk) == []


def test_a_cancelled_image_shows_what_the_chain_before_left(project, held, ada):
    complete(held[0].pk, by=ada)
    make_batch(project, [held[0].item], name="Second")
    Item.objects.filter(pk=held[0].item_id).update(status="not_started")
    counts.recount(project.pk)
    assert cancel_item(held[0].item_id, by=ada) == 1
    assert Item.objects.get(pk=held[0].item_id).status == "completed"
    assert counts.drift(project.pk) == []


def test_a_slice_costs_the_same_few_statements_however_many_chains_it_ends(
    project, ada, django_assert_max_num_queries
):
    batch = make_batch(project, make_items(project, n=120))
    with django_assert_max_num_queries(12):
        assert cancel_chains(batch.pk, also_started=False, limit=10, by=ada).done == 10
    with django_assert_max_num_queries(12):
        assert cancel_chains(batch.pk, also_started=True, limit=100, by=ada).done == 100


@pytest.mark.parametrize("also_started", [True, False])
def test_slices_go_on_where_the_last_one_ended(project, held, ana, ada, also_started):
    """Three are held; nine are nobody's."""
    batch = make_batch(project, make_items(project, n=9, prefix="free"), name="Second")
    Task.objects.filter(pk__in=[task.pk for task in held]).update(batch=batch)
    Task.objects.filter(item__in=[task.item_id for task in held]).update(batch=batch)
    counts.recount(project.pk)
    after, done, slices = 0, 0, 0
    while True:
        sliced = cancel_chains(batch.pk, also_started=also_started, limit=4, after_id=after, by=ada)
        after, done, slices = sliced.last_id, done + sliced.done, slices + 1
        if not sliced.more:
            break
    assert done == (12 if also_started else 9)
    assert 3 <= slices <= 7
    assert Task.objects.filter(is_live=True).count() == (0 if also_started else 6)
    assert counts.drift(project.pk) == []


def test_history_says_of_each_task_what_it_was_and_who_held_it(held, ana, ada):
    submit(held[0].pk, by=ana)
    cancel_chains(held[0].batch_id, also_started=True, by=ada, door="api")
    told = Event.objects.filter(kind="cancel", item_id=held[0].item_id).order_by("task_id")
    assert [(e.from_status, e.to_status) for e in told] == [
        ("submitted", "cancelled"),
        ("ready", "cancelled"),
    ]
    assert [(e.from_holder_id, e.to_holder_id) for e in told] == [(ana.pk, ana.pk), (None, None)]
    assert {(e.actor_id, e.door) for e in told} == {(ada.pk, "api")}


def test_what_the_chain_before_left_is_shown_of_each_in_one_slice(project, ada):
    items = make_items(project, n=4)
    make_batch(project, items[:3], name="First")
    for item, status in zip(items, ["completed", "skipped"], strict=False):
        set_status([item.pk], status, by=ada)
    cancel_item(items[2].pk, by=ada)
    batch = build(project, ada, "Second")
    assert set(Item.objects.values_list("status", flat=True)) == {"not_started"}
    assert cancel_chains(batch.pk, also_started=False, by=ada).done == 4
    assert list(Item.objects.order_by("pk").values_list("status", flat=True)) == [
        "completed",
        "skipped",
        "not_started",
        "not_started",
    ]
    assert counts.drift(project.pk) == []


def test_a_parallel_lane_that_is_cancelled_does_not_speak_for_the_image(project, held, ada):
    parallel = make_batch(project, [], name="Parallel")
    for task in Task.objects.filter(item=held[0].item_id).order_by("pk"):
        task.pk, task.batch, task.lane, task.assignee = None, parallel, 1, None
        task.save()
    set_status([held[0].item_id], "returned", by=ada)
    counts.recount(project.pk)
    assert cancel_chains(parallel.pk, also_started=False, by=ada).done == 1
    assert Item.objects.get(pk=held[0].item_id).status == "returned"
    assert counts.drift(project.pk) == []


def test_cancelling_the_last_images_ends_the_batch(held, ada, django_capture_on_commit_callbacks):
    for task in held:
        with django_capture_on_commit_callbacks(execute=True):
            cancel_item(task.item_id, by=ada)
    assert Batch.objects.get().status == "completed"


def test_a_cancelled_image_is_free_for_another_batch(project, held, ben, ada):
    cancel_item(held[0].item_id, by=ada)
    build(project, ada, "Second", launch=True)
    assert [task.item_id for task in request_tasks(project, by=ben).tasks] == [held[0].item_id]
