"""A headless Chromium for the browser tests: one per worker, a fresh context per person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-dev-shm-usage", "--no-first-run",
]  # fmt: skip
expect.set_options(timeout=30_000)
"""What a page shows may wait for a worker that is only starting, on two busy cores."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("METE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def signed_in(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`signed_in("ana@example.com", width=390, color_scheme="dark")` → a page of that person, on the live server."""
    contexts: list[BrowserContext] = []

    def sign_in(
        email: str, password: str = "mete-test", width: int = 1280, height: int = 800, **more
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale="en-GB", **more
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()
