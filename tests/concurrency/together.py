"""Several threads that begin at the same moment, each with a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from annotation.errors import Refused

LONG = 60.0
"""Seconds until a test that hangs fails."""


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """What each job returned, or the `Refused` it raised. Any other error fails the test."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait(LONG)
            return job()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(run, job) for job in jobs]
        return [each.result(LONG) for each in running]


def won(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, Refused)]


@contextmanager
def held_open(change: Callable[[], Any]) -> Iterator[Callable[[], None]]:
    """`change` has been made in another connection and is not committed; calling what this yields commits it."""
    made, let_go = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                change()
                made.set()
                assert let_go.wait(LONG)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            while not made.wait(0.05):
                if running.done():
                    running.result()
            committed = False

            def commit() -> None:
                nonlocal committed
                if not committed:
                    committed = True
                    let_go.set()
                    running.result(LONG)

            yield commit
            commit()
        finally:
            let_go.set()


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `second` returned, or the `Refused` it raised: it begins when `first` is made and not committed, and `first`
    is committed as soon as `second` waits for it, or has not had to."""
    with held_open(first) as commit, ThreadPoolExecutor(1) as pool:
        running = pool.submit(together, second)
        _until(lambda: running.done() or _waiting() > 0, "it neither ended nor waited for a lock")
        commit()
        return running.result(LONG)[0]


def until_waiting(n: int) -> None:
    """Returns when `n` other connections of this database wait for a lock."""
    _until(lambda: _waiting() >= n, f"{n} connections never waited for a lock")


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.005)
    raise AssertionError(otherwise)
