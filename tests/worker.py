"""A real Celery worker beside the test, on the test's database, broker and files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The test database, as another process must name it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    at = connection.settings_dict
    who = at["USER"] + (f":{at['PASSWORD']}" if at["PASSWORD"] else "")
    return f"postgres://{who}@{at['HOST']}:{at['PORT'] or 5432}/{name}"


def environment(data: Path) -> dict[str, str]:
    """What a process needs to work on the same database, queue and pictures (under `data`/media) as this test."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith("DJANGO_")}
    return mine | {
        "DATABASE_URL": database_url(),
        "METE_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def start_worker(data: Path) -> subprocess.Popen[bytes]:
    broker = data / "broker"
    if not broker.exists():
        broker.symlink_to(Path(settings.DATA_DIR) / "broker")
    command = [sys.executable, "-m", "celery", "-A", "config", "--quiet", "worker", "--pool", "solo"]
    return subprocess.Popen(
        [*command, "--loglevel", "warning", "--without-mingle", "--without-gossip"],
        cwd=settings.BASE_DIR,
        env=environment(data),
    )


@pytest.fixture
def worker(transactional_db, tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    process = start_worker(tmp_path)
    yield process
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
