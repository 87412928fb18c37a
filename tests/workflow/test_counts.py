"""What is kept equals what the rows say, and history tells how they came to be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from annotation.errors import Refused
from annotation.members.people import remove_from_project, set_project_role
from annotation.models import Batch, Count, CountDelta, Event, Folder, Item, Project, Stage, Task
from annotation.workflow import counts
from annotation.workflow.accept import accept
from annotation.workflow.cancel import cancel_item
from annotation.workflow.complete import complete
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.start import start
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.factories import make_batch, make_folder, make_items

LINES = [["annotate"], ["annotate", "review"], ["annotate", "annotate", "review", "review"]]
STATUSES = ["not_started", "in_progress", "quality_check", "returned", "completed", "skipped"]


@pytest.fixture(params=LINES, ids=["one stage", "two stages", "four stages"])
def images(request, project: Project, ana: User, ada: User) -> list[Task]:
    """The tasks of ten images of two batches in two folders, all in the hands of Ana."""
    Stage.objects.filter(project=project).delete()
    for order, kind in enumerate(request.param, 1):
        Stage.objects.create(project=project, name=f"Stage {order}", kind=kind, order=order)
    make_batch(project, make_items(project, make_folder(project, "A"), 5), name="One")
    make_batch(project, make_items(project, n=5), name="Two")
    give(list(Task.objects.values_list("pk", flat=True)), to=ana, by=ada)
    return list(Task.objects.select_related("item"))


def play(project: Project, images: list[Task], people: list[User], ada: User, seed: int, steps: int) -> int:
    """Anything by anybody in any order; how much of it was not refused."""
    chance, done = random.Random(seed), 0
    annotators = people[:2]
    for step in range(steps):
        task, by = chance.choice(images), chance.choice([*people, ada])
        someone = chance.choice(annotators)
        moves: list[Callable[[], Any]] = [
            *[partial(start, task.pk, by=by)] * 4,
            *[partial(submit, task.pk, by=by)] * 6,
            *[partial(accept, task.pk, by=by)] * 3,
            partial(accept, task.pk, by=by, keep_working=True),
            partial(withdraw, task.pk, by=by),
            *[partial(reject, task.pk, by=by, reason="Look again.")] * 2,
            partial(send_back, task.pk, by=by, stage_id=images[0].stage_id, reason="Look again."),
            partial(skip, task.pk, by=by, reason="Too dark."),
            partial(complete, task.pk, by=by),
            partial(give, [task.pk], to=someone, by=ada),
            partial(release, [task.pk], by=ada),
            *[partial(set_status, [task.item_id], chance.choice(STATUSES), by=ada)] * 2,
            partial(cancel_item, task.item_id, by=ada),
        ]
        try:
            chance.choice(moves)()
            done += 1
        except Refused:
            pass
        if step % 60 == 59:
            remove_from_project(project, someone, by=ada)
            set_project_role(project, someone, "annotator", by=ada)
        if step % 40 == 0:
            counts.fold(limit=5)
    return done


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_are_those_of_the_rows_after_any_moves_and_after_folding(
    project, images, ana, ben, quinn, ada, seed
):
    assert play(project, images, [ana, ben, quinn], ada, seed, 240) > 50
    kept_is_what_rows_say(project)
    while counts.fold():
        pass
    assert not CountDelta.objects.exists()
    kept_is_what_rows_say(project)


def kept_is_what_rows_say(project: Project) -> None:
    """Counted here one by one. Of each image one batch knows, so the batch says what the image says, cancelled ones
    left out."""
    assert counts.drift(project.pk) == []
    for folder in Folder.objects.all():
        rows = Counter(folder.items.values_list("status", flat=True))
        assert counts.folder_counts(project.pk).get(folder.pk, {}) == rows
    assert counts.counts_of_projects([project.pk])[project.pk] == Counter(
        Item.objects.values_list("status", flat=True)
    )
    for batch in Batch.objects.all():
        here = Task.objects.filter(batch=batch).exclude(status="cancelled").values("item")
        rows = Counter(Item.objects.filter(pk__in=here).values_list("status", flat=True))
        assert counts.batch_counts([batch.pk]).get(batch.pk, {}) == rows


def test_replaying_history_gives_the_state(project, images, ana, ben, quinn, ada):
    play(project, images, [ana, ben, quinn], ada, seed=4, steps=240)
    first = min(task.stage_order for task in images)
    stands = {task.pk: ("ready" if task.stage_order == first else "waiting", None) for task in images}
    for event in Event.objects.exclude(task_id=None).order_by("pk"):
        assert (event.from_status, event.from_holder_id) == stands[event.task_id], event.kind
        stands[event.task_id] = event.to_status, event.to_holder_id
    assert {task.pk: (task.status, task.assignee_id) for task in Task.objects.all()} == stands


def test_whatever_happened_a_live_chain_has_one_open_task_and_what_is_done_has_a_doer(
    project, images, ana, ben, quinn, ada
):
    play(project, images, [ana, ben, quinn], ada, seed=5, steps=240)
    for item in Item.objects.all():
        live = Task.objects.filter(item=item, is_live=True)
        assert live.open().count() == (1 if live.exists() else 0)
    done = Task.objects.filter(status__in=["submitted", "accepted", "skipped"])
    assert done.exists()
    assert not done.filter(done_by=None).exists()
    ready = Task.objects.filter(stage_kind="review", status__in=["ready", "in_progress"])
    assert not ready.filter(previous_by=None).exists()
    assert not ready.filter(author=None).exists()


def test_counts_that_went_wrong_are_found_and_mended(project):
    make_items(project, n=3)
    counts.fold()
    Count.objects.update(n=7)
    assert [(one.kept, one.rows) for one in counts.drift(project.pk)] == [(7, 3)]
    counts.recount(project.pk)
    assert counts.drift(project.pk) == []


def test_recounting_keeps_what_is_not_folded_yet(project, ana, ada):
    """A delta that waits is not counted twice when it is folded."""
    make_batch(project, make_items(project, n=3))
    counts.fold()
    complete(Task.objects.filter(stage_order=1).earliest("pk").pk, by=ada)
    assert CountDelta.objects.exists()
    counts.recount(project.pk)
    assert counts.drift(project.pk) == []
    counts.fold()
    assert counts.drift(project.pk) == []
    assert counts.counts_of_projects([project.pk])[project.pk] == {"completed": 1, "not_started": 2}


def test_a_delta_of_nothing_is_not_written(project):
    counts.add_deltas(project.pk, [("folder", 1, "completed", 1), ("folder", 1, "completed", -1)])
    assert not CountDelta.objects.exists()


def test_nothing_is_counted_for_nobody():
    assert counts.counts_of_projects([]) == {}
    assert counts.batch_counts([]) == {}
