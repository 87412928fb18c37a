"""What moves leave behind besides the statuses: who did it, why, versions, the end of a batch, what leaving takes."""

from __future__ import annotations

import random

import pytest

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.errors import Invalid, NothingToGive, Refused
from annotation.members.people import remove_from_project, set_project_role
from annotation.models import AnnotationVersion, Batch, Count, CountDelta, Event, Item, Project, Task
from annotation.workflow import counts
from annotation.workflow.accept import accept
from annotation.workflow.cancel import cancel_chains, cancel_item, held_by_batch
from annotation.workflow.complete import complete
from annotation.workflow.ending import complete_batch_if_done, sweep_batches
from annotation.workflow.give import give, release
from annotation.workflow.leaving import held_by_person, take_away
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.editor.test_saves import box
from tests.factories import assign, make_batch, make_folder, make_items


@pytest.fixture
def held(project: Project, ana: User) -> list[Task]:
    """Three images of one batch in Ana's hands."""
    make_batch(project, make_items(project, n=3))
    return request_tasks(project, by=ana).tasks


def review_of(task: Task) -> Task:
    return Task.objects.chain_of(task).get(stage_kind="review")


def test_a_submit_says_who_did_it_and_who_drew(held, ana, ada):
    submit(held[0].pk, by=ana)
    assert Task.objects.get(pk=held[0].pk).done_by == ana
    assert (review_of(held[0]).author, review_of(held[0]).previous_by) == (ana, ana)
    submit(held[1].pk, by=ada)
    assert Task.objects.get(pk=held[1].pk).done_by == ada
    assert (review_of(held[1]).author, review_of(held[1]).previous_by) == (ana, ada)


def test_the_event_of_an_admin_names_the_admin_and_the_door(held, ada):
    submit(held[0].pk, by=ada, door="api")
    event = Event.objects.get(task_id=held[0].pk, kind="submit")
    assert (event.actor_id, event.door, event.from_status, event.to_status) == (
        ada.pk,
        "api",
        "ready",
        "submitted",
    )


def test_nobody_checks_their_own_work(project, held, ana, ada, quinn):
    """Ana drew it; as a QA she does not get it, Quinn does."""
    for task in held:
        submit(task.pk, by=ana)
    set_project_role(project, ana, "qa", by=ada)
    with pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    assert request_tasks(project, by=quinn).given == 3


def test_a_project_may_allow_it(project, held, ana, ada):
    Project.objects.update(allows_self_review=True)
    for task in held:
        submit(task.pk, by=ana)
    set_project_role(project, ana, "qa", by=ada)
    project.refresh_from_db()
    assert request_tasks(project, by=ana).given == 3


def test_a_returned_image_comes_back_to_who_drew_it_with_the_reason_and_keeps_its_reviewer(
    project, held, ana, quinn
):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    reject(held[0].pk, by=quinn, reason="  One is missing.  ")
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.status, task.reason) == (ana, "rejected", "One is missing.")
    submit(held[0].pk, by=ana)
    assert (review_of(task).assignee, review_of(task).status) == (quinn, "ready")


def test_a_returned_image_of_somebody_who_left_is_free_for_the_next(project, held, ana, ben, quinn, ada):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    remove_from_project(project, ana, by=ada)
    reject(held[0].pk, by=quinn, reason="One is missing.")
    assert Task.objects.get(pk=held[0].pk).assignee is None
    assert held[0].pk in request_tasks(project, by=ben).task_ids


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\0b", None, 5])
def test_a_reason_is_a_text_of_at_most_2000_characters(project, held, ana, quinn, reason):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    for move in [
        lambda: reject(held[0].pk, by=quinn, reason=reason),
        lambda: send_back(held[0].pk, by=quinn, stage_id=held[0].stage_id, reason=reason),
        lambda: skip(held[1].pk, by=ana, reason=reason),
    ]:
        with pytest.raises(Invalid) as refused:
            move()
        assert refused.value.facts["field"] == "reason"
    assert Item.objects.exclude(status__in=["quality_check", "not_started"]).count() == 0


def test_sending_back_needs_an_earlier_stage(project, held, ana, quinn):
    submit(held[0].pk, by=ana)
    [review] = request_tasks(project, by=quinn).tasks
    for stage_id in [review.stage_id, 0]:
        with pytest.raises(Invalid):
            send_back(review.pk, by=quinn, stage_id=stage_id, reason="Again.")


def test_what_was_submitted_accepted_and_completed_is_frozen_as_a_version(project, held, ana, quinn):
    save_annotations(held[0].pk, by=ana, version=0, objects=[box()])
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    accept(held[0].pk, by=quinn)
    frozen = AnnotationVersion.objects.order_by("pk")
    assert [(one.event, one.author, len(one.objects_json)) for one in frozen] == [
        ("submit", ana, 1),
        ("accept", quinn, 1),
    ]


def test_the_last_image_completes_its_batch(held, ada, django_capture_on_commit_callbacks):
    for task in held:
        assert Batch.objects.get().status == "in_progress"
        with django_capture_on_commit_callbacks(execute=True):
            complete(task.pk, by=ada)
    assert Batch.objects.get().status == "completed"
    assert Event.objects.filter(kind="batch_completed").count() == 1
    assert not complete_batch_if_done(Batch.objects.get().pk)


def test_a_batch_that_nobody_asked_about_is_found_by_the_sweep(held, ada):
    for task in held:
        complete(task.pk, by=ada)
    assert Batch.objects.get().status == "in_progress"
    assert sweep_batches() == 1
    assert (sweep_batches(), Batch.objects.get().status) == (0, "completed")


def test_a_batch_in_staging_or_empty_is_never_completed(project):
    make_batch(project, [], name="Empty")
    make_batch(project, make_items(project, n=1), name="Staging", status="staging")
    Task.objects.update(is_live=False, status="cancelled")
    assert sweep_batches() == 0


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


def test_giving_says_of_each_what_it_could_not(held, ben, ada, mallory):
    complete(held[0].pk, by=ada)
    moved = give([held[0].pk, held[1].pk, 999_999], to=ben, by=ada)
    assert moved.done == [held[1].pk]
    assert {pk for pk, _ in moved.refused} == {held[0].pk, 999_999}
    with pytest.raises(Invalid):
        give([held[1].pk], to=mallory, by=ada)
    with pytest.raises(Refused):
        give([held[1].pk], to=ben, by=ben)
    assert Task.objects.get(pk=held[1].pk).assignee == ben


def test_releasing_twice_tells_once(held, ada):
    release([held[0].pk], by=ada)
    release([held[0].pk], by=ada)
    assert Event.objects.filter(task_id=held[0].pk, kind="release").count() == 1
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.given_at) == (None, None)


def test_leaving_takes_away_everything_that_has_not_ended(project, ana, ada):
    folder = make_folder(project, "A")
    assign(folder, ana)
    make_batch(project, make_items(project, folder, 4))
    Project.objects.update(request_policy="top_up")
    project.refresh_from_db()
    tasks = request_tasks(project, by=ana).tasks
    submit(tasks[0].pk, by=ana)
    complete(tasks[1].pk, by=ada)
    assert held_by_person(project, ana) == 3
    assert take_away(project, ana, by=ada) == 3
    assert Task.objects.get(pk=tasks[0].pk).done_by == ana
    assert Task.objects.get(pk=tasks[1].pk).assignee == ana
    assert not folder.assignments.exists()
    assert Event.objects.filter(kind="leave").count() == 3


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


def test_counts_are_those_of_the_rows_after_any_moves_and_after_folding(project, ana, quinn, ada):
    chance = random.Random(11)
    make_batch(project, make_items(project, make_folder(project, "A"), 6), name="One")
    make_batch(project, make_items(project, n=6), name="Two")
    tasks = list(Task.objects.filter(stage_kind="annotate").values_list("pk", flat=True))
    give(tasks, to=ana, by=ada)
    moves = [
        lambda pk: submit(pk, by=ana),
        lambda pk: withdraw(pk, by=ana),
        lambda pk: accept(pk, by=ada),
        lambda pk: reject(pk, by=ada, reason="No."),
        lambda pk: skip(pk, by=ana, reason="Dark."),
        lambda pk: complete(pk, by=ada),
        lambda pk: set_status([Task.objects.get(pk=pk).item_id], "returned", by=ada),
    ]
    done = 0
    for step in range(200):
        try:
            chance.choice(moves)(chance.choice(tasks))
            done += 1
        except Refused:
            pass
        if step % 40 == 0:
            counts.fold(limit=5)
    assert done > 30
    assert counts.drift(project.pk) == []
    while counts.fold():
        pass
    assert not CountDelta.objects.exists()
    assert counts.drift(project.pk) == []
    shown = counts.counts_of_projects([project.pk])[project.pk]
    rows = dict.fromkeys(shown, 0)
    for status in Item.objects.values_list("status", flat=True):
        rows[status] += 1
    assert shown == rows


def test_counts_that_went_wrong_are_found_and_mended(project):
    make_items(project, n=3)
    counts.fold()
    Count.objects.update(n=7)
    assert [(one.kept, one.rows) for one in counts.drift(project.pk)] == [(7, 3)]
    counts.recount(project.pk)
    assert counts.drift(project.pk) == []
