"""Set status and reopen: what is told, who holds it then, what becomes of the batch."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.errors import Invalid, Refused
from annotation.members.people import remove_from_project, set_project_role
from annotation.models import AnnotationVersion, Batch, Event, Item, Task
from annotation.workflow import counts
from annotation.workflow.cancel import cancel_chains
from annotation.workflow.complete import complete
from annotation.workflow.ending import sweep_batches
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from tests.batches.build import build, cancel
from tests.editor.test_saves import box
from tests.factories import make_batch, make_items


def test_reopening_an_image_reopens_its_batch(held, ada, project):
    for task in held:
        complete(task.pk, by=ada)
    sweep_batches()
    moved = set_status([held[0].item_id], "in_progress", by=ada)
    assert moved.done == [held[0].item_id]
    batch = Batch.objects.get()
    assert (batch.status, batch.ended_at) == ("in_progress", None)
    assert counts.drift(project.pk) == []


@pytest.mark.parametrize(
    "status", ["not_started", "in_progress", "quality_check", "returned", "completed", "skipped"]
)
def test_set_status_gives_the_shape_and_keeps_holders(project, held, ana, ada, status):
    moved = set_status([task.item_id for task in held], status, by=ada)
    assert len(moved.done) == 3
    assert set(Item.objects.values_list("status", flat=True)) == {status}
    assert set(Task.objects.filter(stage_kind="annotate").values_list("assignee", flat=True)) == {ana.pk}
    assert set(Task.objects.values_list("is_live", flat=True)) == {status not in {"completed", "skipped"}}
    assert counts.drift(project.pk) == []


def test_set_status_says_of_each_what_it_could_not(project, held, ada):
    [loose] = make_items(project, n=1, prefix="loose")
    moved = set_status([held[0].item_id, loose.pk, 999_999], "completed", by=ada)
    assert moved.done == [held[0].item_id]
    assert [pk for pk, _ in moved.refused] == [loose.pk, 999_999]
    assert "put it in a batch first" in moved.refused[0][1]
    with pytest.raises(Invalid):
        set_status([held[0].item_id], "done", by=ada)
    with pytest.raises(Refused):
        set_status([held[0].item_id], "skipped", by=held[0].assignee)


def test_an_item_in_another_batch_is_not_reopened_in_the_old_one(project, held, ada):
    complete(held[0].pk, by=ada)
    make_batch(project, [held[0].item], name="Second")
    set_status([held[0].item_id], "in_progress", by=ada)
    live = Task.objects.filter(item=held[0].item_id, is_live=True)
    assert set(live.values_list("batch__name", flat=True)) == {"Second"}


def test_history_names_the_admin_once_for_each_task_that_changed(held, ada):
    set_status([held[0].item_id], "quality_check", by=ada, door="api")
    told = Event.objects.filter(kind="set_status").order_by("task_id")
    assert {e.item_id for e in told} == {held[0].item_id}
    assert [(e.from_status, e.to_status) for e in told] == [("ready", "submitted"), ("waiting", "ready")]
    assert {(e.actor_id, e.door) for e in told} == {(ada.pk, "api")}


def test_a_review_that_an_admin_makes_ready_knows_whose_work_it_is(project, held, ana, ada, quinn):
    set_status([task.item_id for task in held], "quality_check", by=ada)
    assert set(Task.objects.filter(stage_kind="review").values_list("author", "previous_by")) == {
        (ana.pk, ana.pk)
    }
    set_project_role(project, ana, "qa", by=ada)
    assert request_tasks(project, by=quinn).given == 3


def test_work_set_to_completed_is_frozen_as_a_version(held, ana, ada):
    save_annotations(held[0].pk, by=ana, version=0, objects=[box()])
    set_status([held[0].item_id], "completed", by=ada)
    assert [(one.event, one.author, one.version) for one in AnnotationVersion.objects.all()] == [
        ("set_status", ada, 1)
    ]


def test_an_ended_image_of_somebody_who_left_is_nobodys_when_it_is_reopened(project, held, ana, ben, ada):
    complete(held[0].pk, by=ada)
    assert Task.objects.get(pk=held[0].pk).assignee == ana
    remove_from_project(project, ana, by=ada)
    set_status([held[0].item_id], "returned", by=ada)
    assert Task.objects.get(pk=held[0].pk).assignee is None
    assert held[0].pk in request_tasks(project, by=ben).task_ids


def test_somebody_who_changed_their_role_and_stayed_gets_it_back(project, held, ana, ada):
    complete(held[0].pk, by=ada)
    set_project_role(project, ana, "qa", by=ada)
    set_status([held[0].item_id], "returned", by=ada)
    assert Task.objects.get(pk=held[0].pk).assignee == ana


def test_a_batch_reopens_once_however_many_of_its_images_do(held, ada):
    for task in held:
        complete(task.pk, by=ada)
    sweep_batches()
    set_status([task.item_id for task in held], "in_progress", by=ada)
    assert Event.objects.filter(kind="batch_reopened", actor_id=ada.pk).count() == 1


@pytest.mark.parametrize("status", ["completed", "skipped"])
def test_another_end_reopens_no_batch(held, ada, status):
    for task in held:
        complete(task.pk, by=ada)
    sweep_batches()
    set_status([held[0].item_id], status, by=ada)
    assert (Batch.objects.get().status, Item.objects.get(pk=held[0].item_id).status) == ("completed", status)


def test_an_image_of_a_cancelled_batch_lives_again_and_then_its_batch_is_cancelled_again(
    project, ana, ada, django_capture_on_commit_callbacks
):
    make_items(project, n=2)
    batch = cancel(build(project, ada, launch=True), ada)
    item = Item.objects.earliest("pk")
    assert set_status([item.pk], "not_started", by=ada).done == [item.pk]
    batch.refresh_from_db()
    assert (batch.status, batch.ended_at) == ("in_progress", None)
    [task] = request_tasks(project, by=ana).tasks
    assert task.item_id == item.pk
    with django_capture_on_commit_callbacks(execute=True):
        skip(task.pk, by=ana, reason="Too dark.")
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert counts.drift(project.pk) == []


def test_what_ended_is_reopened_rather_than_what_was_cancelled_after_it(project, held, ada):
    complete(held[0].pk, by=ada)
    later = make_batch(project, [held[0].item], name="Later")
    cancel_chains(later.pk, also_started=True, by=ada)
    set_status([held[0].item_id], "returned", by=ada)
    assert Task.objects.get(item=held[0].item_id, is_live=True, stage_order=1).batch_id == held[0].batch_id


def test_the_chain_made_last_is_reopened_though_its_batch_is_older(project, held, ada):
    """A batch that stays open may get an image after it ended in a younger one."""
    older = make_batch(project, [], name="Stays open")
    younger = make_batch(project, make_items(project, n=1, prefix="twice"), name="Younger")
    first = Task.objects.get(batch=younger, stage_order=1)
    complete(first.pk, by=ada)
    for stage in Task.objects.chain_of(first):
        stage.pk, stage.batch, stage.is_live = None, older, True
        stage.status = "ready" if stage.stage_order == 1 else "waiting"
        stage.save()
    counts.recount(project.pk)
    again = Task.objects.get(batch=older, stage_order=1)
    skip(again.pk, by=ada, reason="Too dark.")
    set_status([first.item_id], "in_progress", by=ada)
    assert Task.objects.get(item=first.item_id, is_live=True, stage_order=1).pk == again.pk


def test_an_archived_image_is_no_image(project, held, ada):
    Item.objects.filter(pk=held[0].item_id).update(archived_at="2026-11-01T00:00Z")
    moved = set_status([held[0].item_id], "completed", by=ada)
    assert moved.refused == [(held[0].item_id, "There is no such image.")]


def test_setting_the_same_status_twice_changes_nothing_and_is_told(project, held, ana, ada):
    submit(held[0].pk, by=ana)
    rows = list(Task.objects.values("status", "assignee", "done_by", "author", "is_live"))
    set_status([held[0].item_id], "quality_check", by=ada)
    assert list(Task.objects.values("status", "assignee", "done_by", "author", "is_live")) == rows
    assert Event.objects.filter(kind="set_status").count() == 1
