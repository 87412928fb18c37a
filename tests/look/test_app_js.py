"""What app.js adds, seen in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from tests.look import gallery

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.look.gallery"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(chromium: Browser, live_server, client) -> Iterator[Page]:
    client.force_login(User.objects.create_user("eve@example.com", name="Eve Holm"))
    context = chromium.new_context(
        base_url=live_server.url, timezone_id="Asia/Tokyo", color_scheme="light", locale="en-GB"
    )
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    page.route("**/operations/**", lambda route: route.fulfill(status=204))
    gallery.sent.clear()
    page.goto("/gallery")
    yield page
    context.close()
    assert errors == []


def cookie(page: Page, name: str) -> str | None:
    return next((one["value"] for one in page.context.cookies() if one["name"] == name), None)


def test_the_appearance_changes_at_once_and_stays(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Dark").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("/gallery")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="System").click()
    expect(root).not_to_have_attribute("data-theme", "dark")
    assert cookie(page, "mete_theme") is None


def test_escape_and_a_press_elsewhere_close_the_menu(page: Page) -> None:
    menu = page.locator("details.menu")
    summary = menu.locator("summary")
    summary.click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    expect(menu).to_have_attribute("open", "")
    page.get_by_role("heading", name="Gallery").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_server_learns_the_time_zone(page: Page) -> None:
    assert cookie(page, "mete_tz") == "Asia%2FTokyo"
    page.reload()
    shown = page.locator("time").get_attribute("datetime")
    assert shown
    assert shown.endswith("+09:00")


@pytest.mark.parametrize("form", ["once", "once-htmx"])
def test_four_presses_are_one_request_that_carries_the_buttons_value(page: Page, form: str) -> None:
    button = page.locator(f"#{form} button")
    button.evaluate("button => { for (let n = 0; n < 4; n += 1) button.click(); }")
    page.wait_for_load_state("networkidle")
    assert gallery.sent == [("42", [])]


def test_a_button_is_off_in_flight_and_on_after_htmx_has_its_answer(page: Page) -> None:
    held: list[Route] = []
    page.route("**/gallery/slow", lambda route: held.append(route))
    button = page.locator("#once-htmx button")
    button.click()
    expect(button).to_be_disabled()
    held[0].fulfill(status=204)
    expect(button).to_be_enabled()


def test_a_dialog_asks_first_and_can_be_left(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="Release 17 images?")
    opener = page.get_by_role("button", name="Release 17 images…")
    expect(dialog).to_be_hidden()
    opener.click()
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.matches(':modal')")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    opener.click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert gallery.sent == []


def test_without_javascript_the_dialog_still_opens_and_closes(
    chromium: Browser, live_server, page: Page
) -> None:
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto("/gallery")
    dialog = plain.get_by_role("dialog", name="Release 17 images?")
    expect(dialog).to_be_hidden()
    plain.get_by_role("button", name="Release 17 images…").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(plain.get_by_label("Choose all")).to_be_hidden()
    context.close()


def test_one_box_chooses_all_and_knows_some(page: Page) -> None:
    every = page.get_by_label("Choose all")
    boxes = page.locator("[name=items]")
    count = page.locator("[data-chosen]")
    every.check()
    expect(count).to_have_text("5")
    boxes.nth(2).uncheck()
    expect(count).to_have_text("4")
    assert every.evaluate("box => box.indeterminate && !box.checked")
    every.check()
    every.uncheck()
    expect(count).to_have_text("0")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(count).to_have_text("3")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "notes.txt")]
    for path in paths:
        path.write_bytes(b"picture")
    return paths


def test_files_go_one_by_one_and_the_form_leads_on(page: Page, files: list[Path]) -> None:
    page.get_by_label("Images", exact=True).set_input_files(files[:4])
    page.locator("#uploads button").click()
    expect(page.get_by_role("heading", name="Uploaded")).to_be_visible()
    assert sorted(names for _, names in gallery.sent[:-1]) == [["a.jpg"], ["b.jpg"], ["c.jpg"], ["d.jpg"]]
    assert gallery.sent[-1] == ("Monday drop/launch", [])
    assert {words for words, _ in gallery.sent} == {"Monday drop/launch"}


def test_a_refused_file_is_named_before_going_on(page: Page, files: list[Path]) -> None:
    page.get_by_label("Images", exact=True).set_input_files(files)
    button = page.locator("#uploads button")
    button.click()
    expect(page.get_by_text("notes.txt: This is a text file.")).to_be_visible()
    expect(page.get_by_text("5 of 5 files sent")).to_be_visible()
    expect(button).to_have_text("Go on with the others")
    button.click()
    expect(page.get_by_role("heading", name="Uploaded")).to_be_visible()


def test_a_file_is_sent_again_when_the_server_did_not_answer(page: Page, files: list[Path]) -> None:
    tries = 0

    def flaky(route: Route) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            route.abort()
        else:
            route.fallback()

    page.route("**/gallery/upload", flaky)
    page.get_by_label("Images", exact=True).set_input_files(files[:1])
    page.locator("#uploads button").click()
    expect(page.get_by_role("heading", name="Uploaded")).to_be_visible()
    assert gallery.sent[0][1] == ["a.jpg"]


def test_a_refusal_is_a_notice_and_leaves_the_page_alone(page: Page) -> None:
    page.locator("#refuse").click()
    expect(page.locator("#notice")).to_have_text("You are paused here. Ask Ada.")
    expect(page.locator("#fragment")).to_have_text("old")


def test_a_server_that_breaks_is_said_and_nothing_is_swapped_in(page: Page) -> None:
    page.locator("#break").click()
    expect(page.locator("#notice")).to_contain_text("The server did not answer.")
    expect(page.locator("#fragment")).to_have_text("old")
