"""The main job, played by three people on real photographs: from uploading them to the last completed one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotation.models import AnnotationSet, AnnotationVersion, Batch, Event, Item, Project, Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "The box cuts the cup’s handle off."


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw on the image; places are shares of its width and height."""
    frame = page.locator(".ed-stage .frame")
    expect(frame).to_be_visible()
    box = frame.bounding_box()
    assert box is not None
    (x1, y1), (x2, y2) = (
        (box["x"] + box["width"] * sx, box["y"] + box["height"] * sy) for sx, sy in (start, end)
    )
    page.keyboard.press("r")
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=4)
    page.mouse.move(x2, y2, steps=4)
    page.mouse.up()


def on_image(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def box_and_submit(page: Page, name: str) -> None:
    on_image(page, name)
    drag(page, (0.2, 0.2), (0.6, 0.7))
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(page.locator("[data-count]")).to_have_text("1")
    page.keyboard.press("Control+Enter")


def statuses() -> dict[str, str]:
    return dict(Item.objects.values_list("name", "status"))


def test_from_upload_to_completed(
    project: Project, ana, quinn, worker, photographs: list[Path], signed_in: Callable[..., Page]
):
    names = sorted(photograph.name for photograph in photographs)
    project_url = f"/w/{project.workspace.slug}/p/{project.slug}/"

    ada_page = signed_in("ada@example.com")
    ada_page.goto(project_url + "upload")
    ada_page.get_by_label("Files", exact=True).set_input_files(photographs)
    ada_page.get_by_label("Put them into a batch").check()
    ada_page.get_by_role("button", name="Upload").click()
    expect(ada_page.get_by_text(re.compile(r"holds 6 images now"))).to_be_visible()
    expect(ada_page.locator(".page-head")).to_contain_text("In progress")
    batch = Batch.objects.get(project=project)
    assert (batch.target_count, batch.task_count) == (6, 12)
    assert set(statuses()) == set(names)
    assert all(item.sha256 and item.width and item.height for item in Item.objects.all())

    ana_page = signed_in("ana@example.com")
    ana_page.goto(project_url)
    ana_page.get_by_role("button", name="Request Tasks (6)").click()
    ana_page.wait_for_url(re.compile(r"/tasks/\d+/"))
    held = Task.objects.filter(assignee=ana).order_by("sort_key")
    assert [task.item.name for task in held.select_related("item")] == names
    for name in names[:2]:
        box_and_submit(ana_page, name)
    on_image(ana_page, names[2])
    assert statuses()[names[0]] == statuses()[names[1]] == "quality_check"
    drawn = AnnotationSet.objects.select_related("item").get(item__name=names[0])
    (x1, y1), (x2, y2) = drawn.objects_json[0]["points"]
    width, height = drawn.item.width, drawn.item.height
    assert (x1 / width, y1 / height) == pytest.approx((0.2, 0.2), abs=0.01)
    assert (x2 / width, y2 / height) == pytest.approx((0.6, 0.7), abs=0.01)

    quinn_page = signed_in("quinn@example.com")
    quinn_page.goto(project_url)
    quinn_page.get_by_role("button", name="Request Tasks (2)").click()
    on_image(quinn_page, names[0])
    expect(quinn_page.locator("[data-count]")).to_have_text("1")
    quinn_page.keyboard.press("Control+Enter")
    on_image(quinn_page, names[1])
    assert statuses()[names[0]] == "completed"
    quinn_page.get_by_role("button", name="Return…").click()
    quinn_page.get_by_label("What should Ana change?").fill(REASON)
    quinn_page.get_by_role("button", name="Return to Ana").click()
    quinn_page.wait_for_url(re.compile(project_url))
    assert statuses()[names[1]] == "returned"
    assert Task.objects.get(item__name=names[1], stage_kind="annotate").assignee == ana

    ana_page.goto("/")
    expect(ana_page.get_by_text(REASON)).to_be_visible()
    ana_page.get_by_role("link", name=re.compile(re.escape(names[1]))).click()
    on_image(ana_page, names[1])
    expect(ana_page.get_by_text(REASON)).to_be_visible()
    drag(ana_page, (0.62, 0.2), (0.9, 0.8))
    expect(ana_page.locator("[data-count]")).to_have_text("2")
    expect(ana_page.locator("[data-saved]")).to_contain_text("Saved")
    ana_page.get_by_role("button", name="Submit again").click()
    ana_page.wait_for_url(lambda url: not url.endswith(f"/tasks/{held.get(item__name=names[1]).pk}/"))

    quinn_page.goto(project_url)
    expect(quinn_page.locator("#offer")).to_contain_text("You hold 1")
    quinn_page.get_by_role("link", name="Continue").click()
    on_image(quinn_page, names[1])
    expect(quinn_page.locator("[data-count]")).to_have_text("2")
    quinn_page.get_by_role("button", name="Accept").click()
    quinn_page.wait_for_url(re.compile(project_url))
    assert statuses()[names[1]] == "completed"

    told = Event.objects.filter(item_id=drawn.item_id, task_id__isnull=False).order_by("id")
    kinds = list(dict.fromkeys(told.values_list("kind", flat=True)))
    assert kinds == ["claim", "start", "submit", "accept"]
    versions = AnnotationVersion.objects.filter(annotation_set__item__name=names[1]).order_by("id")
    assert [(v.event, len(v.objects_json)) for v in versions] == [("submit", 1), ("submit", 2), ("accept", 2)]


def test_the_plus_in_the_image_panel_brings_more(
    project: Project, ana, worker, photographs: list[Path], signed_in: Callable[..., Page]
):
    """Top up: with one submitted, + brings the next one into the strip without leaving the image."""
    project.request_policy, project.request_item_number = "top_up", 3
    project.save(update_fields=["request_policy", "request_item_number"])
    ada_page = signed_in("ada@example.com")
    ada_page.goto(f"/w/{project.workspace.slug}/p/{project.slug}/upload")
    ada_page.get_by_label("Files", exact=True).set_input_files(photographs)
    ada_page.get_by_label("Put them into a batch").check()
    ada_page.get_by_role("button", name="Upload").click()
    expect(ada_page.locator(".page-head")).to_contain_text("In progress")

    page = signed_in("ana@example.com")
    page.goto("/")
    page.get_by_role("button", name="Request Tasks (3)").click()
    strip = page.locator(".ed-strip li")
    expect(strip).to_have_count(3)
    expect(page.locator(".ed-stage .frame")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(strip).to_have_count(2)
    page.get_by_role("button", name=re.compile("Request.*1 more")).click()
    expect(strip).to_have_count(3)
    assert Task.objects.held_by(ana.pk).count() == 3
