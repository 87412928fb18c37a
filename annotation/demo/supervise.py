"""The demo's processes: web, worker, beat. A dead one is started again; Ctrl-C and SIGTERM stop all of them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

CALM = 30.0
"""Seconds a process must live before its next death counts as the first."""


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0

    def start(self, environment: Mapping[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command, env=dict(environment), preexec_fn=_die_with_parent, start_new_session=True
        )


@dataclass
class Supervisor:
    """Runs children until told to stop. `say` gets a sentence when one had to be started again."""

    children: list[Child]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        for child in self.children:
            child.start(self.environment)
        try:
            while not self.stopping.wait(0.5):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._stop()

    def _look_after(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        lived = time.monotonic() - child.started_at
        child.deaths = 1 if lived > CALM else child.deaths + 1
        if child.deaths > 5:
            self.say(f"The {child.name} ended five times in a row; see its last lines above. Stopping.")
            self.stopping.set()
            return
        self.say(f"The {child.name} ended (code {child.process.returncode}); starting it again.")
        if not self.stopping.wait(min(child.deaths - 1, 4)):
            child.start(self.environment)

    def _stop(self) -> None:
        running = [c.process for c in self.children if c.process is not None and c.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + 10
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children(port: int) -> list[Child]:
    celery = [sys.executable, "-m", "celery", "-A", "config", "--quiet"]
    return [
        Child(
            "web server",
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"),
                *("--log-level", "warning", "--timeout", "120"),
            ],
        ),
        Child("worker", [*celery, "worker", "--pool", "solo", "--loglevel", "warning", "--without-mingle"]),
        Child("clock", [*celery, "beat", "--loglevel", "warning", "--pidfile", ""]),
    ]


def _die_with_parent() -> None:
    """On Linux a child gets SIGTERM when the demo is killed; elsewhere it would have to be stopped by hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(0)
