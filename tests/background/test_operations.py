"""Operations: one worker at a time, found again after a crash, nothing lost and nothing done twice."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from annotation import background
from annotation.batches import life
from annotation.batches.create import create_batch
from annotation.batches.fill import fill_step
from annotation.batches.operations import STALE, cancel_operation, recoverable, run_slice
from annotation.errors import Refused
from annotation.models import Batch, Operation, Task
from annotation.workflow import counts
from tests.factories import make_items


@pytest.fixture
def operation(project, ada, monkeypatch) -> Operation:
    """A batch of 10 images, two a step."""
    monkeypatch.setattr("annotation.batches.fill.STEP", {"sqlite": 2, "postgresql": 2})
    make_items(project, n=10)
    return create_batch(project, "Week 1", by=ada)[1]


class Dies:
    """Fills, and is killed in the middle of its step number `at`: after its work, before its commit."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, operation: Operation) -> bool:
        self.left -= 1
        more = fill_step(operation)
        if self.left < 0:
            raise KeyboardInterrupt
        return more


def killed_at(operation: Operation, step: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_slice(operation.pk, {"fill_batch": Dies(step)})
    operation.refresh_from_db()


def much_later(operation: Operation) -> None:
    before = timezone.now() - STALE - timedelta(seconds=1)
    Operation.objects.filter(pk=operation.pk).update(heartbeat_at=before, created_at=before)


def is_whole(operation: Operation) -> bool:
    operation.refresh_from_db()
    batch = Batch.objects.get()
    tasks = list(Task.objects.values_list("item_id", "stage_order"))
    assert len(tasks) == len(set(tasks)) == 20
    assert (batch.status, batch.target_count, batch.task_count) == ("staging", 10, 20)
    assert counts.drift(batch.project_id) == []
    assert (operation.status, operation.done, operation.total) == ("done", 10, 10)
    assert (operation.lease, operation.error) == (None, "")
    return operation.ended_at is not None


def test_it_counts_what_it_did_as_it_goes(operation):
    seen = []

    def step(running: Operation) -> bool:
        more = fill_step(running)
        seen.append((running.done, running.total, running.status))
        return more

    assert run_slice(operation.pk, {"fill_batch": step}).is_over
    assert seen[:2] == [(2, 10, "running"), (4, 10, "running")]
    assert is_whole(operation)


def test_after_its_time_it_lets_another_one_have_a_turn(operation):
    turn = run_slice(operation.pk, background.STEPS, seconds=0)
    assert not turn.is_over
    operation.refresh_from_db()
    assert (operation.status, operation.lease, operation.done) == ("running", None, 2)
    turns = 1
    while not run_slice(operation.pk, background.STEPS, seconds=0).is_over:
        turns += 1
    assert turns == 5
    assert is_whole(operation)


@pytest.mark.parametrize("step", [0, 1, 4, 5])
def test_what_a_dead_worker_left_is_taken_up_where_it_stood(operation, step):
    killed_at(operation, step)
    assert (operation.status, operation.done, operation.lease is None) == (
        "running",
        min(2 * step, 10),
        False,
    )
    assert recoverable() == []
    assert run_slice(operation.pk, background.STEPS).is_over
    operation.refresh_from_db()
    assert operation.status == "running"

    much_later(operation)
    assert recoverable() == [operation.pk]
    assert run_slice(operation.pk, background.STEPS).is_over
    assert is_whole(operation)
    assert recoverable() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_thought_dead_stops_without_a_word(operation):
    """It slept for a minute between two steps; meanwhile another one took over."""
    seen = []

    def taken_over() -> None:
        Operation.objects.filter(pk=operation.pk).update(lease=other)

    def slow(running: Operation) -> bool:
        seen.append(running.done)
        if len(seen) == 2:
            transaction.on_commit(taken_over)
        return fill_step(running)

    other = uuid.uuid4()
    assert run_slice(operation.pk, {"fill_batch": slow}).is_over
    operation.refresh_from_db()
    assert seen == [0, 2]
    assert (operation.status, operation.error, operation.done) == ("running", "", 4)
    assert operation.lease == other


def test_two_that_are_sent_the_same_operation_do_it_once(operation):
    inside = []

    def step(running: Operation) -> bool:
        if not inside:
            inside.append(run_slice(running.pk, background.STEPS).is_over)
        return fill_step(running)

    assert run_slice(operation.pk, {"fill_batch": step}).is_over
    assert inside == [True]
    assert is_whole(operation)


def test_an_ended_one_is_left_alone(operation):
    background.run_now(operation)
    background.run_operation(str(operation.pk))
    assert is_whole(operation)


def test_a_refusal_ends_it_with_its_sentence_and_takes_back_the_step(operation):
    def step(running: Operation) -> bool:
        fill_step(running)
        raise Refused("The store room is full. Make room.")

    assert run_slice(operation.pk, {"fill_batch": step}).is_over
    operation.refresh_from_db()
    assert (operation.status, operation.error) == ("failed", "The store room is full. Make room.")
    assert operation.ended_at is not None
    assert not Task.objects.exists()


def test_an_error_of_ours_ends_it_and_shows_people_no_trace(operation, caplog):
    def step(running: Operation) -> bool:
        raise ZeroDivisionError("secret detail")

    assert run_slice(operation.pk, {"fill_batch": step}).is_over
    operation.refresh_from_db()
    assert operation.status == "failed"
    assert "in the server's log" in operation.error
    assert "secret detail" not in operation.error
    assert "secret detail" in caplog.text


def test_a_database_that_does_not_answer_ends_nothing(operation):
    def step(running: Operation) -> bool:
        raise OperationalError("the server closed the connection")

    with pytest.raises(OperationalError):
        run_slice(operation.pk, {"fill_batch": step})
    much_later(operation)
    assert recoverable() == [operation.pk]
    background.run_now(operation)
    assert is_whole(operation)


def test_what_the_broker_lost_is_found_after_a_while(operation):
    assert recoverable() == []
    much_later(operation)
    Operation.objects.update(heartbeat_at=None)
    assert recoverable() == [operation.pk]


def test_cancelled_after_its_worker_died_it_is_taken_back_by_the_next(operation, ada):
    killed_at(operation, 3)
    cancel_operation(operation, by=ada)
    much_later(operation)
    background.run_now(operation)
    assert operation.status == "cancelled"
    assert Batch.objects.get().status == "cancelled"
    assert not Task.objects.filter(is_live=True).exists()
    assert counts.drift(operation.project_id) == []


def test_cancelling_a_batch_is_taken_up_after_a_crash_too(operation, ada):
    background.run_now(operation)
    cancelling = life.cancel(Batch.objects.get(), by=ada)
    real = background.STEPS["cancel_batch"]

    def dies(running: Operation) -> bool:
        real(running)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_slice(cancelling.pk, {"cancel_batch": dies})
    assert Task.objects.filter(is_live=True).count() == 20
    much_later(cancelling)
    background.run_now(cancelling)
    assert (cancelling.status, cancelling.done, cancelling.total) == ("done", 10, 10)
    assert Batch.objects.get().status == "cancelled"
    assert counts.drift(operation.project_id) == []
