"""Which tests run where. Tests for the other database, or for a Chromium that is not there, skip aloud; in CI
(`METE_CI=1`) the other database's tests are left to its own run and every remaining skip fails the run."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

pytest_plugins = ["tests.cast", "tests.worker", "tests.browser.chromium", "tests.browser.photographs"]

IN_CI = bool(os.environ.get("METE_CI"))
skipped: list[str] = []


def _chromium() -> str | None:
    return os.environ.get("METE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    engine = "postgresql" if "postgresql" in settings.DATABASES["default"]["ENGINE"] else "sqlite"
    other = "sqlite" if engine == "postgresql" else "postgresql"
    elsewhere = [item for item in items if item.get_closest_marker(other)]
    if IN_CI:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    else:
        how = "Set DATABASE_URL to run it." if other == "postgresql" else "Unset DATABASE_URL to run it."
        for item in elsewhere:
            item.add_marker(pytest.mark.skip(reason=f"is for {other}. {how}"))
    if _chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(
                    pytest.mark.skip(reason="Chromium is not installed (apt-get install chromium).")
                )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if IN_CI and skipped and not hasattr(session.config, "workerinput"):
        print("\nA skip is a failure in CI:\n  " + "\n  ".join(skipped))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
