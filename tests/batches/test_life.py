"""The life of a batch: launched, paused, resumed, cancelled, completed, and every no in between."""

from __future__ import annotations

import pytest

from annotation import background
from annotation.batches import life
from annotation.batches.create import create_batch, create_open_batch
from annotation.batches.history import history_of_batch
from annotation.batches.operations import cancel_operation
from annotation.distribution.requests import request_tasks
from annotation.errors import IllegalMove, NothingToGive, Refused
from annotation.models import Batch, Event, Item, Task
from annotation.workflow import counts
from annotation.workflow.accept import accept
from annotation.workflow.give import give
from annotation.workflow.reject import reject
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from tests.batches.build import build, cancel
from tests.factories import make_items


@pytest.fixture
def items(project) -> list[Item]:
    project.request_item_number = 2
    project.save()
    return make_items(project, n=5)


@pytest.fixture
def batch(project, ada, items) -> Batch:
    return build(project, ada, launch=True)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What happens after the commit, which a test never reaches, happens at the end of `with committed():`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def status(batch: Batch) -> str:
    return Batch.objects.get(pk=batch.pk).status


def test_launching_hands_its_images_out(project, ada, ana, items):
    batch = build(project, ada)
    launched = life.launch(batch, by=ada)
    assert (launched.status, launched.is_open) == ("in_progress", False)
    assert request_tasks(project, by=ana).given == 2


def test_one_that_is_being_built_is_launched_when_it_is_built(project, ada, items):
    batch, operation = create_batch(project, "Week 1", by=ada)
    assert life.launch(batch, by=ada).status == "building"
    background.run_now(operation)
    assert status(batch) == "in_progress"


def test_an_empty_one_cannot_be_launched(project, ada):
    batch = create_open_batch(project, "Open", by=ada)
    with pytest.raises(IllegalMove, match="Open is empty, so there is nothing to launch"):
        life.launch(batch, by=ada)
    assert status(batch) == "staging"


def test_paused_it_hands_out_nothing_and_holders_go_on(project, ada, ana, ben, batch):
    mine = request_tasks(project, by=ana).tasks[0]
    life.pause(batch, by=ada)
    with pytest.raises(NothingToGive) as nothing:
        request_tasks(project, by=ben)
    assert nothing.value.facts["reasons"]["batch_paused"] == 3
    assert submit(mine.pk, by=ana).status == "submitted"
    life.resume(batch, by=ada)
    assert request_tasks(project, by=ben).given == 2


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        ("building", ["pause", "resume"]),
        ("staging", ["pause", "resume"]),
        ("in_progress", ["launch", "resume"]),
        ("paused", ["launch", "pause"]),
        ("completed", ["launch", "pause", "resume", "cancel"]),
        ("cancelled", ["launch", "pause", "resume", "cancel"]),
    ],
)
def test_whatever_does_not_follow_is_refused_with_the_state(batch, ada, state, refused):
    Batch.objects.update(status=state)
    for verb in refused:
        with pytest.raises(IllegalMove) as no:
            getattr(life, verb)(batch, by=ada)
        assert no.value.facts["status"] == state
        assert life.WORDS[state] in no.value.sentence
    assert status(batch) == state


@pytest.mark.parametrize("state", ["staging", "in_progress", "paused"])
def test_cancelled_it_hands_out_nothing_and_its_images_are_free_again(project, ada, ana, items, state):
    batch = build(project, ada)
    if state != "staging":
        life.launch(batch, by=ada)
    if state == "paused":
        life.pause(batch, by=ada)
    ended = cancel(batch, ada)
    assert (ended.status, ended.is_open) == ("cancelled", False)
    assert ended.ended_at is not None
    assert set(Task.objects.values_list("status", "is_live")) == {("cancelled", False)}
    assert set(Item.objects.values_list("status", flat=True)) == {"not_started"}
    with pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    assert build(project, ada, "Again").target_count == 5
    assert counts.drift(project.pk) == []


@pytest.mark.parametrize("state", ["in_progress", "paused"])
def test_while_it_is_being_cancelled_nothing_of_it_is_handed_out(project, ada, ana, batch, state):
    if state == "paused":
        life.pause(batch, by=ada)
    operation = life.cancel(batch, by=ada)
    with pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    for verb in (life.launch, life.pause, life.resume):
        with pytest.raises(IllegalMove, match="it is being cancelled"):
            verb(batch, by=ada)
    background.run_now(operation)
    assert status(batch) == "cancelled"


def test_what_is_held_or_started_runs_to_its_end_and_then_it_is_cancelled(
    project, ada, ana, ben, quinn, batch, committed
):
    first, second = request_tasks(project, by=ana).tasks
    third = request_tasks(project, by=ben).tasks[0]
    start(third.pk, by=ben)
    submit(second.pk, by=ana)
    Task.objects.filter(assignee=ben).exclude(pk=third.pk).update(assignee=None)
    ending = cancel(batch, ada)
    assert ending.status == "in_progress"
    assert set(Task.objects.filter(is_live=True).values_list("item_id", flat=True)) == {
        first.item_id, second.item_id, third.item_id,
    }  # fmt: skip

    review = request_tasks(project, by=quinn).tasks[0]
    assert review.item_id == second.item_id
    with committed():
        reject(review.pk, by=quinn, reason="The left car is missing.")
        submit(second.pk, by=ana)
        skip(first.pk, by=ana, reason="black")
        submit(third.pk, by=ben)
    assert status(batch) == "in_progress"
    with committed():
        accept(second.pk, by=quinn)
        accept(request_tasks(project, by=quinn).task_ids[0], by=quinn)
    assert status(batch) == "cancelled"
    assert counts.drift(project.pk) == []
    assert [line.sentence for line in history_of_batch(batch.pk, 9)][:2] == [
        "Mete cancelled it", "Ada cancelled it",
    ]  # fmt: skip


def test_a_started_image_that_nobody_holds_goes_on_too(project, ada, ana, ben, batch, committed):
    task = request_tasks(project, by=ana).tasks[0]
    start(task.pk, by=ana)
    Task.objects.update(assignee=None)
    assert cancel(batch, ada).status == "in_progress"
    assert request_tasks(project, by=ben).task_ids == [task.pk]


def test_also_what_is_started_ends_everything(project, ada, ana, batch):
    task = request_tasks(project, by=ana).tasks[0]
    start(task.pk, by=ana)
    submit(task.pk, by=ana)
    assert cancel(batch, ada, also_started=True).status == "cancelled"
    assert not Task.objects.filter(is_live=True).exists()
    with pytest.raises(Refused):
        submit(Task.objects.filter(assignee=ana).exclude(pk=task.pk).first().pk, by=ana)
    assert counts.drift(project.pk) == []


def test_one_that_runs_out_can_be_cut_short(project, ada, ana, batch):
    request_tasks(project, by=ana)
    assert cancel(batch, ada).status == "in_progress"
    assert cancel(batch, ada, also_started=True).status == "cancelled"


def test_in_staging_what_an_admin_gave_away_runs_to_its_end(project, ada, ana, items, committed):
    batch = build(project, ada)
    given = Task.objects.filter(stage_kind="annotate").first()
    give([given.pk], to=ana, by=ada)
    assert cancel(batch, ada).status == "in_progress"
    with committed():
        skip(given.pk, by=ana, reason="black")
    assert status(batch) == "cancelled"


def test_cancelled_while_building_it_takes_back_what_it_made(project, ada, quinn, items, monkeypatch):
    monkeypatch.setattr("annotation.batches.fill.STEP", {"sqlite": 2, "postgresql": 2})
    batch, operation = create_batch(project, "Week 1", by=ada, launch=True)
    step = background.STEPS["fill_batch"]
    operation.batch = batch
    assert step(operation)
    assert Task.objects.count() == 4
    operation.save()
    assert life.cancel(batch, by=quinn) is None
    assert background.run_now(operation).status == "cancelled"
    batch.refresh_from_db()
    assert (batch.status, batch.is_open, batch.launched_at) == ("cancelled", False, None)
    assert not Task.objects.filter(is_live=True).exists()
    assert set(Item.objects.values_list("status", flat=True)) == {"not_started"}
    assert counts.drift(project.pk) == []
    assert history_of_batch(batch.pk, 1)[0].sentence == "Quinn cancelled it"
    assert build(project, ada, "Week 2").target_count == 5


def test_cancelled_before_its_building_began_it_makes_nothing(project, ada, items):
    batch, operation = create_batch(project, "Week 1", by=ada)
    cancel_operation(operation, by=ada)
    background.run_now(operation)
    assert (status(batch), Task.objects.count()) == ("cancelled", 0)


def test_one_whose_building_failed_can_only_be_cancelled(project, ada, items):
    batch, operation = create_batch(project, "Week 1", by=ada)
    type(operation).objects.update(status="failed")
    with pytest.raises(IllegalMove, match="cannot be launched"):
        life.launch(batch, by=ada)
    assert cancel(batch, ada).status == "cancelled"


def test_the_cancelling_of_a_batch_cannot_be_cancelled(project, ada, batch):
    operation = life.cancel(batch, by=ada)
    with pytest.raises(Refused, match="cannot be kept"):
        cancel_operation(operation, by=ada)


def test_an_operation_that_ended_cannot_be_cancelled(project, ada, items):
    operation = build(project, ada).operations.get()
    with pytest.raises(Refused, match="has ended already: done"):
        cancel_operation(operation, by=ada)


def test_completed_with_its_last_image(project, ada, ana, batch, committed):
    tasks = list(Task.objects.filter(stage_kind="annotate"))
    give([task.pk for task in tasks], to=ana, by=ada)
    with committed():
        for task in tasks[1:]:
            skip(task.pk, by=ana, reason="black")
    assert status(batch) == "in_progress"
    with committed():
        skip(tasks[0].pk, by=ana, reason="black")
    batch.refresh_from_db()
    assert (batch.status, batch.is_open) == ("completed", False)
    assert batch.ended_at is not None
    assert Event.objects.filter(kind="batch_completed").count() == 1


def test_what_the_worker_missed_the_sweep_completes(project, ada, batch):
    Task.objects.update(status="skipped", is_live=False)
    assert status(batch) == "in_progress"
    background.sweep()
    background.sweep()
    assert status(batch) == "completed"
    assert Event.objects.filter(kind="batch_completed").count() == 1


@pytest.mark.parametrize("state", ["building", "staging", "cancelled", "completed"])
def test_the_sweep_leaves_the_others_alone(batch, state):
    Task.objects.update(status="skipped", is_live=False)
    Batch.objects.update(status=state)
    background.sweep()
    assert status(batch) == state


def test_history_is_told_in_sentences_newest_first(project, ada, quinn, batch, django_assert_num_queries):
    life.pause(batch, by=quinn)
    life.resume(batch, by=ada)
    with django_assert_num_queries(2):
        told = [line.sentence for line in history_of_batch(batch.pk, 50)]
    assert told == [
        "Ada resumed it",
        "Quinn paused it",
        "Ada launched it",
        "Built with 5 images",
        "Ada made it",
    ]
    assert len(history_of_batch(batch.pk, 2)) == 2


def test_history_outlives_who_made_it(project, ada, quinn, batch):
    life.pause(batch, by=quinn)
    quinn.delete()
    assert history_of_batch(batch.pk, 1)[0].sentence == "Mete paused it"
