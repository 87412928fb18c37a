"""What Celery runs: queued on commit, safe without a broker, and a real worker that is really killed."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from annotation import background
from annotation.batches.create import create_batch
from annotation.batches.operations import STALE
from annotation.catalog.folders import root_of
from annotation.catalog.intake import add_file
from annotation.models import Batch, Count, CountDelta, Item, Operation, Task
from annotation.workflow import counts
from config.celery import app
from tests.catalog.files import picture
from tests.factories import make_items
from tests.worker import start_worker


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, tuple]]:
    """What would go to the broker."""
    found: list[tuple[str, tuple]] = []
    monkeypatch.setattr(
        app.Task, "apply_async", lambda self, args=(), *more, **how: found.append((self.name, tuple(args)))
    )
    return found


def word(name: str, argument: object) -> tuple[str, tuple]:
    return f"annotation.background.{name}", (argument,)


@pytest.fixture
def operation(project, ada) -> Operation:
    make_items(project, n=3)
    return create_batch(project, "Week 1", by=ada)[1]


def test_an_operation_is_sent_once_its_row_can_be_seen(sent, operation, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        background.queue(operation)
        background.queue(None)
        background.queue_thumbnail(7)
        assert sent == []
    assert sent == [word("run_operation", str(operation.pk)), word("thumbnail", 7)]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(sent, operation):
    with transaction.atomic():
        background.queue(operation)
        transaction.set_rollback(True)
    assert sent == []


def test_a_broker_that_is_down_is_no_error_and_the_beat_finds_the_work(
    monkeypatch, operation, caplog, django_capture_on_commit_callbacks
):
    def down(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(app.Task, "apply_async", down)
    with django_capture_on_commit_callbacks(execute=True):
        background.queue(operation)
    assert "the broker is not reachable" in caplog.text
    before = timezone.now() - STALE - timedelta(seconds=1)
    Operation.objects.update(created_at=before)
    found: list[str] = []
    monkeypatch.setattr(app.Task, "apply_async", lambda self, args=(), *more, **how: found.extend(args))
    background.recover_operations()
    assert found == [str(operation.pk)]


def test_a_turn_that_is_not_the_last_queues_the_next(sent, operation, monkeypatch):
    """Each look at the clock takes two seconds: two steps are a turn."""
    clock = itertools.count(0, 2)
    monkeypatch.setattr("annotation.batches.fill.STEP", {"sqlite": 1, "postgresql": 1})
    monkeypatch.setattr("annotation.batches.operations.time.monotonic", lambda: next(clock))
    background.run_operation(str(operation.pk))
    assert sent == [word("run_operation", str(operation.pk))]
    assert Task.objects.count() == 4
    background.run_operation(str(operation.pk))
    assert len(sent) == 1
    assert Batch.objects.get().status == "staging"


def test_counts_are_folded_to_the_last(project):
    for number in range(5):
        make_items(project, n=1, prefix=f"p{number}")
    assert counts.fold(2) == 2
    background.fold_counts()
    assert not CountDelta.objects.exists()
    assert Count.objects.get(scope="folder").n == 5
    assert counts.drift(project.pk) == []


def test_small_pictures_that_are_missing_are_made(project, ada):
    for colour in ("red", "blue"):
        file = io.BytesIO(picture(colour=colour))
        add_file(project, file, f"{colour}.jpg", folder=root_of(project), upload=None, by=ada)
    broken = Item.objects.get(name="red.jpg")
    default_storage.delete(broken.file)
    background.missing_thumbnails()
    background.thumbnail(broken.pk)
    assert Item.objects.exclude(thumbnail="").get().name == "blue.jpg"
    assert Item.objects.exclude(thumbnail_error="").get() == broken


def test_servers_that_do_not_answer_keep_the_worker_only_for_a_while(project, elsewhere, monkeypatch):
    """Each look at the clock takes nine seconds; the others wait for the next beat."""
    make_items(project, n=5)
    elsewhere.names.clear()
    clock = itertools.count(0, 9)
    monkeypatch.setattr(background, "monotonic", lambda: next(clock))
    background.missing_thumbnails()
    tried = Item.objects.exclude(thumbnail_error="")
    assert {item.thumbnail_error for item in tried} == {"The host pictures.example is not known."}
    assert len(tried) == 2
    background.missing_thumbnails()
    assert tried.all().count() == 4


def test_the_beat_runs_what_there_is(settings):
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert entry["schedule"] <= 60


def eventually(what: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)


def state(operation: Operation) -> str:
    return Operation.objects.values_list("status", flat=True).get(pk=operation.pk)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_doubles_nothing(project, ada, worker, tmp_path):
    make_items(project, n=30_000)
    _, operation = create_batch(project, "Week 1", by=ada, launch=True)
    background.queue(operation)
    eventually(lambda: Operation.objects.filter(done__gt=0).exists())
    worker.kill()
    worker.wait()
    operation.refresh_from_db()
    assert operation.status == "running", "It was done before it could be killed."
    assert 0 < operation.done < 30_000

    Operation.objects.update(heartbeat_at=timezone.now() - STALE - timedelta(seconds=1))
    background.recover_operations()
    (tmp_path / "second").mkdir()
    second = start_worker(tmp_path / "second")
    try:
        eventually(lambda: state(operation) == "done")
    finally:
        second.terminate()
        second.wait(20)
    batch = Batch.objects.get()
    assert (batch.status, batch.target_count, batch.task_count) == ("in_progress", 30_000, 60_000)
    assert Task.objects.count() == 60_000
    assert Task.objects.values("item", "stage").distinct().count() == 60_000
    assert counts.drift(project.pk) == []
