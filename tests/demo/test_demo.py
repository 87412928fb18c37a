"""The README's first command, in the real thing: processes, ports, signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for[T](what: Callable[[], T | None], seconds: float = 60) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("It did not happen in time.")


class Demo:
    def __init__(self, data: Path, *arguments: str) -> None:
        self.port = free_port()
        keep = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("METE_", "DJANGO_", "DATABASE", "CELERY"))
        }
        self.log = data / f"demo-{self.port}.log"
        data.mkdir(exist_ok=True)
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "demo", "--port", str(self.port), *arguments],
                cwd=settings.BASE_DIR,
                env=keep | {"METE_DATA_DIR": str(data)},
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "Mete runs at" in self.log.read_text()

    def children(self, word: str) -> list[int]:
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", word], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in found.stdout.split()]

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    running: list[Demo] = []

    def begin(*arguments: str) -> Demo:
        demo = Demo(tmp_path / "data", *arguments)
        running.append(demo)
        return demo

    yield begin
    for demo in running:
        if demo.process.poll() is None:
            demo.process.kill()


@pytest.mark.sqlite
def test_the_demo_starts_heals_itself_and_stops_cleanly(start):
    demo = start()
    wait_for(demo.is_up, 120)
    printed = demo.log.read_text()
    for name in ("ada", "ana", "ben", "quinn"):
        assert f"{name}@example.com" in printed
    assert "mete-demo" in printed
    assert demo.get("/healthz") == (200, '{"status": "ok"}')
    assert "Sign in" in demo.get("/sign-in")[1]

    worker = wait_for(lambda: demo.children("celery.*worker"))[0]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: [pid for pid in demo.children("celery.*worker") if pid != worker])
    assert re.search(r"The worker ended .* starting it again", demo.log.read_text())

    children = demo.children("config")
    assert demo.stop() == 0
    for pid in children:
        wait_for(lambda pid=pid: not Path(f"/proc/{pid}").exists())

    again = start()
    wait_for(again.is_up, 60)
    assert "Drawing" not in again.log.read_text()
    assert again.stop(signal.SIGINT) == 0


@pytest.mark.sqlite
def test_a_taken_port_is_said_with_another_to_try(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start("--port", str(port))
        assert demo.process.wait(30) == 1
        assert (
            f"Port {port} is taken. Choose another: manage.py demo --port {port + 1}" in demo.log.read_text()
        )
