from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD_KEY = "k3J9-qpZx8Vt2mLrW7yBnD5sHfGcA1eUoT6iRw4Q"


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a fresh process with this environment alone."""
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("METE_", "DJANGO_", "DATABASE", "CELERY"))
    }
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import config.settings as s; print('DEBUG', s.DEBUG, s.SESSION_COOKIE_SECURE)",
        ],
        cwd=settings.BASE_DIR,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 50, "django-insecure-" + GOOD_KEY, "change-me-" + GOOD_KEY]
)
def test_production_refuses_a_missing_or_weak_secret_key(key, tmp_path):
    found = start(METE_SECRET_KEY=key, METE_DATA_DIR=str(tmp_path))
    assert found.returncode != 0
    assert "METE_SECRET_KEY must be a random text" in found.stderr


def test_production_refuses_debug(tmp_path):
    found = start(METE_SECRET_KEY=GOOD_KEY, METE_DEBUG="true", METE_DATA_DIR=str(tmp_path))
    assert found.returncode != 0
    assert "METE_DEBUG is on in production" in found.stderr


def test_production_starts_with_a_good_key_and_secure_cookies(tmp_path):
    found = start(METE_SECRET_KEY=GOOD_KEY, METE_DATA_DIR=str(tmp_path))
    assert found.stdout.strip() == "DEBUG False True", found.stderr


def test_the_demo_keeps_a_random_key_that_only_its_owner_may_read(tmp_path):
    assert start(METE_ENV="demo", METE_DATA_DIR=str(tmp_path)).returncode == 0
    key = tmp_path / "secret-key"
    first = key.read_text()
    assert start(METE_ENV="demo", METE_DATA_DIR=str(tmp_path)).returncode == 0
    assert key.read_text() == first
    assert len(first) > 40
    assert key.stat().st_mode & 0o077 == 0


def test_an_unknown_environment_is_refused(tmp_path):
    assert "Use production, development or demo" in start(METE_ENV="prod", METE_DATA_DIR=str(tmp_path)).stderr
