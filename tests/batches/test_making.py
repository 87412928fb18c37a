"""Making a batch: what is chosen, what is left out and why, and that the preview says what is built."""

from __future__ import annotations

import pytest

from annotation import background
from annotation.batches.create import create_batch
from annotation.batches.preview import preview
from annotation.batches.selection import MAX_PICK, Selection
from annotation.catalog.uploads import get_or_create_upload
from annotation.distribution.requests import request_tasks
from annotation.errors import EmptySelection, Invalid, NothingToGive, Taken
from annotation.models import Batch, Event, Item, Operation, Project, Task
from annotation.workflow import counts
from annotation.workflow.complete import complete
from annotation.workflow.submit import submit
from tests.batches.build import build, cancel, names
from tests.factories import make_batch, make_folder, make_items


@pytest.fixture
def items(project) -> list[Item]:
    return make_items(project, n=5)


def seen(project: Project, **how) -> tuple[int, dict[str, int]]:
    found = preview(project, Selection(**how))
    return found.count, found.left_out


def test_each_image_gets_one_chain_with_a_task_per_stage(project, ada, items):
    batch = build(project, ada)
    assert (batch.status, batch.target_count, batch.task_count, batch.left_out) == ("staging", 5, 10, {})
    for item in items:
        first, second = Task.objects.filter(item=item).order_by("stage_order")
        assert (first.status, first.stage_kind, second.status, second.stage_kind) == (
            "ready", "annotate", "waiting", "review",
        )  # fmt: skip
        assert (first.folder_id, first.sort_key, first.is_live) == (item.folder_id, item.sort_key, True)
    assert counts.drift(project.pk) == []
    assert counts.batch_counts([batch.pk]) == {batch.pk: {"not_started": 5}}


def test_a_batch_in_staging_hands_out_nothing(project, ada, ana, items):
    build(project, ada)
    with pytest.raises(NothingToGive) as nothing:
        request_tasks(project, by=ana)
    assert nothing.value.facts["reasons"] == {"no_batch": 5}


def test_launched_when_it_is_built_if_asked(project, ada, ana, items):
    batch = build(project, ada, launch=True)
    assert (batch.status, batch.is_open) == ("in_progress", False)
    assert batch.launched_at is not None
    assert request_tasks(project, by=ana).given == 5


def test_priorities_are_taken_along(project, ada, ana):
    make_items(project, n=2)
    make_items(project, n=1, prefix="urgent", priority=5)
    build(project, ada, launch=True)
    assert request_tasks(project, by=ana).tasks[0].item.name == "urgent-001.jpg"


def test_my_own_pick(project, ada, items):
    picked = [items[3].pk, items[1].pk, items[3].pk]
    assert seen(project, method="pick", item_ids=picked) == (2, {})
    assert names(build(project, ada, method="pick", item_ids=picked)) == ["img-002.jpg", "img-004.jpg"]


def test_one_folder(project, ada, items):
    night = make_folder(project, "night")
    make_items(project, night, n=2, prefix="cam")
    assert seen(project, folder_id=night.pk) == (2, {})
    assert names(build(project, ada, folder_id=night.pk)) == ["cam-001.jpg", "cam-002.jpg"]


def test_one_upload(project, ada, items):
    upload = get_or_create_upload(project, "Monday", by=ada)
    Item.objects.filter(pk__in=[items[0].pk, items[4].pk]).update(upload=upload)
    assert seen(project, method="upload", upload_id=upload.pk) == (2, {})
    batch = build(project, ada, method="upload", upload_id=upload.pk)
    assert names(batch) == ["img-001.jpg", "img-005.jpg"]


def test_what_is_archived_is_not_there(project, ada, items):
    Item.objects.filter(pk=items[0].pk).update(archived_at="2026-01-01T00:00Z")
    assert seen(project) == (4, {})
    assert build(project, ada).target_count == 4


@pytest.mark.parametrize("exclude_batched", [False, True])
def test_the_preview_is_what_is_built(project, ada, ana, items, exclude_batched):
    """Two at work, one sent out and finished, one whose batch was cancelled, one never touched."""
    project.request_item_number = 1
    project.save()
    build(project, ada, method="pick", item_ids=[items[0].pk], launch=True)
    complete(request_tasks(project, by=ana).task_ids[0], by=ada)
    cancel(build(project, ada, "Cancelled", method="pick", item_ids=[items[1].pk]), ada)
    build(project, ada, "At work", method="pick", item_ids=[items[2].pk, items[3].pk], launch=True)

    found = preview(project, Selection(exclude_batched=exclude_batched))
    assert (found.count, found.left_out) == (
        (2, {"at_work": 2, "sent_out": 1}) if exclude_batched else (3, {"at_work": 2})
    )
    batch = build(project, ada, "New", exclude_batched=exclude_batched)
    assert (batch.target_count, batch.left_out) == (found.count, found.left_out)
    assert names(batch) == sorted(item.name for item in found.first)
    assert counts.drift(project.pk) == []


def test_calibration_does_not_count_as_sent_out(project, ada, items):
    cancel(build(project, ada, kind="calibration", launch=True), ada)
    assert seen(project, exclude_batched=True) == (5, {})


def test_what_was_never_launched_does_not_count_as_sent_out(project, ada, items):
    cancel(build(project, ada), ada)
    assert seen(project, exclude_batched=True) == (5, {})


def test_a_finished_image_that_is_sent_out_again_is_not_started_and_keeps_its_past(project, ada, ana, items):
    first = build(project, ada, method="pick", item_ids=[items[0].pk], launch=True)
    complete(request_tasks(project, by=ana).task_ids[0], by=ada)
    second = build(project, ada, "Again", method="pick", item_ids=[items[0].pk])
    items[0].refresh_from_db()
    assert items[0].status == "not_started"
    assert counts.batch_counts([first.pk, second.pk]) == {
        first.pk: {"completed": 1}, second.pk: {"not_started": 1},
    }  # fmt: skip
    cancel(second, ada)
    items[0].refresh_from_db()
    assert items[0].status == "completed"
    assert counts.drift(project.pk) == []


def test_the_sheet_shows_the_oldest_that_come_in(project, ada):
    items = make_items(project, n=20)
    make_batch(project, items[:2])
    assert [item.pk for item in preview(project, Selection()).first] == [item.pk for item in items[2:14]]


def test_looking_at_a_selection_costs_the_same_for_5_and_for_60(project, django_assert_num_queries):
    make_items(project, n=5)
    with django_assert_num_queries(4):
        preview(project, Selection(exclude_batched=True))
    make_items(project, n=55, prefix="more")
    with django_assert_num_queries(4):
        preview(project, Selection(exclude_batched=True))


def test_nothing_to_choose_from_is_refused(project, ada):
    with pytest.raises(EmptySelection, match="There is no image to put into the batch"):
        create_batch(project, "Week 1", by=ada)
    assert not Batch.objects.exists()
    assert not Operation.objects.exists()


def test_a_batch_that_would_be_empty_is_refused_with_the_reasons(project, ada, items):
    build(project, ada)
    with pytest.raises(EmptySelection) as empty:
        create_batch(project, "Week 2", by=ada)
    assert empty.value.facts["left_out"] == {"at_work": 5}
    assert "5 at work already" in empty.value.sentence
    assert Batch.objects.count() == 1


def test_what_went_to_work_meanwhile_is_left_out_and_said(project, ada, items):
    _, operation = create_batch(project, "Late", by=ada)
    build(project, ada, "Faster", method="pick", item_ids=[items[0].pk, items[1].pk])
    Item.objects.filter(pk=items[2].pk).update(archived_at="2026-01-01T00:00Z")
    background.run_now(operation)
    late = Batch.objects.get(name="Late")
    assert (late.target_count, late.left_out) == (2, {"at_work": 2})
    assert operation.result == {"targets": 2, "left_out": {"at_work": 2}}


def test_a_batch_that_turns_out_empty_ends_with_the_reason(project, ada, items):
    batch, operation = create_batch(project, "Late", by=ada, launch=True)
    build(project, ada, "Faster")
    background.run_now(operation)
    batch.refresh_from_db()
    assert (operation.status, batch.status, batch.is_open) == ("failed", "cancelled", False)
    assert "5 at work already" in operation.error
    assert batch.ended_at is not None


@pytest.mark.parametrize("name", ["K\u00f6ln", "  K\u00f6ln ", "Ko\u0308ln"])
def test_a_name_is_used_once_in_a_project(project, ada, items, name):
    build(project, ada, "K\u00f6ln", method="pick", item_ids=[items[0].pk])
    with pytest.raises(Taken, match="already has a batch called K\u00f6ln"):
        create_batch(project, name, by=ada)


def test_another_project_may_use_it(project, ada, mallory, items):
    hers = Project.objects.get(name="Hers")
    make_items(hers)
    build(project, ada)
    assert build(hers, mallory).name == "Week 1"


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"kind": "practice"}, "kind"),
        ({"method": "dice"}, "method"),
        ({"method": "pick"}, "item_ids"),
        ({"method": "pick", "item_ids": [10**9]}, "item_ids"),
        ({"method": "pick", "item_ids": list(range(MAX_PICK + 1))}, "item_ids"),
        ({"method": "upload"}, "upload"),
        ({"method": "upload", "upload_id": 10**9}, "upload"),
        ({"folder_id": 10**9}, "folder"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_at_its_field(project, ada, items, how, field):
    with pytest.raises(Invalid) as refused:
        create_batch(project, how.pop("name", "Week 1"), by=ada, **how)
    assert refused.value.facts["field"] == field
    assert not Batch.objects.exists()


def test_nothing_of_another_project_can_be_put_in(project, ada, mallory, items):
    hers = Project.objects.get(name="Hers")
    stolen = make_items(hers)[0]
    upload = get_or_create_upload(hers, "hers", by=mallory)
    for how in (
        {"method": "pick", "item_ids": [items[0].pk, stolen.pk]},
        {"method": "upload", "upload_id": upload.pk},
        {"folder_id": hers.folders.get().pk},
    ):
        with pytest.raises(Invalid):
            create_batch(project, "Week 1", by=ada, **how)
    assert not Task.objects.exists()


def test_history_tells_who_made_it_and_what_came_of_it(project, ada, items):
    batch = build(project, ada, launch=True)
    lines = Event.objects.filter(batch_id=batch.pk, task_id=None).order_by("id")
    assert [(line.kind, line.actor_id) for line in lines] == [
        ("batch_created", ada.pk), ("batch_built", ada.pk), ("batch_launched", ada.pk),
    ]  # fmt: skip


def test_stages_that_are_added_later_touch_new_chains_only(project, ada, ana, items):
    build(project, ada, method="pick", item_ids=[items[0].pk], launch=True)
    project.stages.create(name="Second look", kind="review", order=3)
    build(project, ada, "Week 2")
    numbers = [Task.objects.filter(item=item).count() for item in items]
    assert numbers == [2, 3, 3, 3, 3]
    project.request_item_number = 1
    project.save()
    first = request_tasks(project, by=ana).tasks[0]
    submit(first.pk, by=ana)
    assert counts.drift(project.pk) == []
