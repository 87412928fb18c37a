"""Builders of batches that want the same images at once: each image is in one live chain, and sums are right."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from accounts.models import User
from annotation import background
from annotation.batches import life
from annotation.batches.add import add_items
from annotation.batches.create import create_batch, create_open_batch
from annotation.batches.operations import run_slice
from annotation.catalog.folders import get_or_create_folders, root_of
from annotation.catalog.items import change_item
from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.errors import IllegalMove, Taken
from annotation.models import Batch, Event, Item, Operation, Project, Task
from annotation.models.library import priority_key
from tests.concurrency.together import held_open, together, until_waiting, won
from tests.concurrency.truth import check
from tests.factories import make_items

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

N = 60


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotation.batches.fill.STEP", {"postgresql": 5})


@pytest.fixture
def items(project: Project) -> list[Item]:
    return make_items(project, n=N)


def wanted(project: Project, ada: User, name: str, **how) -> Operation:
    return create_batch(project, name, by=ada, **how)[1]


def sums_are_right(project: Project) -> None:
    check(project)
    for batch in Batch.objects.filter(project=project):
        tasks = Task.objects.filter(batch=batch)
        assert (batch.task_count, batch.target_count) == (
            tasks.count(),
            tasks.values("item").distinct().count(),
        )
    live = Task.objects.filter(project=project, is_live=True)
    assert live.count() == live.values("item", "stage", "lane").distinct().count()


def test_two_builders_of_all_images_share_them(project, ada, items):
    operations = [wanted(project, ada, name) for name in ("One", "Two")]
    together(*[partial(background.run_now, operation) for operation in operations])
    sums_are_right(project)
    assert Task.objects.filter(is_live=True).count() == 2 * N
    for batch in Batch.objects.all():
        assert batch.target_count + batch.left_out.get("at_work", 0) == N
    assert sum(Batch.objects.values_list("target_count", flat=True)) == N


@pytest.mark.parametrize("turn", range(5))
def test_builders_whose_picks_overlap_the_other_way_round_do_not_wait_for_each_other(
    project, ada, items, turn
):
    ids = [item.pk for item in items]
    picks = [ids[: N * 2 // 3], ids[N // 3 :][::-1], ids[::2], ids[1::3]]
    operations = [
        wanted(project, ada, f"Batch {number}", method="pick", item_ids=pick)
        for number, pick in enumerate(picks)
    ]
    together(*[partial(background.run_now, operation) for operation in operations])
    sums_are_right(project)
    assert Task.objects.filter(is_live=True, stage_kind="annotate").count() == N
    assert set(Operation.objects.values_list("status", flat=True)) <= {"done", "failed"}
    for operation in Operation.objects.filter(status="failed"):
        assert "at work already" in operation.error


def test_the_second_waits_for_the_first_and_leaves_out_what_it_took(project, ada, items):
    first, second = create_open_batch(project, "One", by=ada), create_open_batch(project, "Two", by=ada)
    ids = [item.pk for item in items]
    with held_open(lambda: add_items(first, ids[:40], by=ada)) as commit:
        answers: list = []
        waiting = threading.Thread(
            target=lambda: answers.extend(together(partial(add_items, second, ids[20:], by=ada)))
        )
        waiting.start()
        until_waiting(1)
        commit()
        waiting.join(30)
    assert (len(answers[0].item_ids), answers[0].left_out) == (20, {"at_work": 20})
    sums_are_right(project)


def test_one_operation_in_the_hands_of_four_workers_is_done_once(project, ada, items):
    operation = wanted(project, ada, "One")
    together(*[partial(run_slice, operation.pk, background.STEPS) for _ in range(4)])
    operation.refresh_from_db()
    assert (operation.status, operation.done) == ("done", N)
    assert Task.objects.count() == 2 * N
    assert Event.objects.filter(kind="batch_built").count() == 1
    sums_are_right(project)


@pytest.mark.parametrize("turn", range(5))
def test_cancelling_what_is_being_built_never_deadlocks_and_leaves_nothing_behind(project, ada, items, turn):
    """Whether the builder or the cancelling came first: everything ends."""
    operation = wanted(project, ada, "One", launch=True)
    batch = Batch.objects.get()
    _, cancelling = together(
        partial(background.run_now, operation), partial(life.cancel, batch, by=ada, also_started=True)
    )
    for left in Operation.objects.filter(status__in=["queued", "running"]):
        background.run_now(left)
    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert not Task.objects.filter(is_live=True).exists()
    assert (cancelling is None) == (not Operation.objects.filter(kind="cancel_batch").exists())
    sums_are_right(project)


def test_launched_while_being_built_it_is_launched_once(project, ada, items):
    operation = wanted(project, ada, "One")
    batch = Batch.objects.get()
    together(partial(background.run_now, operation), partial(life.launch, batch, by=ada))
    batch.refresh_from_db()
    assert (batch.status, batch.is_open) == ("in_progress", False)
    assert Event.objects.filter(kind="batch_launched").count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_items_that_change_while_they_are_put_into_a_batch_are_the_same_there(project, ada, items, turn):
    """Priorities, names and folders stand on items and on tasks."""
    night = get_or_create_folders(project, ["night"], by=ada, door="page")["night"]
    rows = [PriorityRow(item.name, None, number) for number, item in enumerate(items[: N // 2], 1)]

    def move() -> None:
        for item in items[N // 2 :]:
            change_item(Item.objects.get(pk=item.pk), by=ada, folder=night, name=f"moved-{item.pk}.jpg")

    operation = wanted(project, ada, "One")
    together(
        partial(background.run_now, operation),
        partial(set_priorities, project, rows, by=ada),
        move,
    )
    operation.refresh_from_db()
    assert operation.status == "done"
    for task in Task.objects.select_related("item"):
        assert (task.folder_id, task.sort_key) == (task.item.folder_id, task.item.sort_key)
        assert task.priority_key == priority_key(task.item.priority)
    assert Item.objects.filter(folder=night).count() == N // 2
    sums_are_right(project)


def test_of_two_batches_of_one_name_at_once_one_is_made(project, ada, items):
    answers = together(*[partial(create_batch, project, "One", by=ada) for _ in range(4)])
    assert len(won(answers)) == 1
    assert {type(answer) for answer in answers} == {tuple, Taken}
    assert Batch.objects.count() == Operation.objects.count() == 1


@pytest.mark.parametrize("verb", ["launch", "pause", "cancel"])
def test_of_the_same_button_pressed_at_once_one_counts(project, ada, items, verb):
    background.run_now(wanted(project, ada, "One", launch=verb != "launch"))
    batch = Batch.objects.get()
    answers = together(*[partial(getattr(life, verb), batch, by=ada) for _ in range(4)])
    if verb == "cancel":
        for operation in won(answers):
            background.run_now(operation)
        batch.refresh_from_db()
        assert batch.status == "cancelled"
    else:
        assert len(won(answers)) == 1
        assert {type(answer) for answer in answers} == {Batch, IllegalMove}
    sums_are_right(project)


def test_folders_asked_for_at_once_are_made_once(project, ada):
    names = [f"folder {number}" for number in range(8)]
    answers = together(
        *[
            partial(get_or_create_folders, project, names[:: 1 - 2 * (n % 2)], by=ada, door="api")
            for n in range(4)
        ]
    )
    assert all(sorted(found) == names for found in answers)
    assert project.folders.exclude(pk=root_of(project).pk).count() == 8
