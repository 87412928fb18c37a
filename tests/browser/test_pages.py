"""Every page in a real browser: it fits a desk and a phone, in light and dark, breaks no policy of the browser, and
works without JavaScript (the editor excepted)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Folder, Project, ProjectMembership, Task
from annotation.workflow.reject import reject
from annotation.workflow.submit import submit
from tests.access.world import store_picture
from tests.factories import assign, make_batch, make_folder, make_items

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1280, 800), (390, 844)]


@pytest.fixture
def work(project: Project, ana, ben, quinn) -> Task:
    """A folder with long names, images in several statuses; answers a returned task of Ana's."""
    folder = make_folder(project, "a-folder-with-a-rather-long-name/and-a-sub-folder-of-it")
    assign(folder, ana)
    assign(folder, quinn, role="qa")
    long_name = "an-image-with-a-very-long-name-0123456789-0123456789"
    for item in make_items(project, folder, 12, prefix=long_name):
        store_picture(item)
    make_batch(project)
    tasks = request_tasks(project, by=ana).tasks
    for task in tasks[:2]:
        submit(task.pk, by=ana)
    [review, _] = request_tasks(project, by=quinn).tasks
    reject(review.pk, by=quinn, reason="The box on the left cuts the handle off. " * 8)
    return Task.objects.get(item=review.item_id, stage_kind="annotate")


def paths(project: Project, task: Task) -> dict[str, list[str]]:
    at = f"/w/{project.workspace.slug}/p/{project.slug}/"
    folder = Folder.objects.get(project=project, is_root=False)
    return {
        "ada": [
            "/", "/w/new", f"/w/{project.workspace.slug}/new-project", at, f"{at}?folder={folder.pk}",
            f"{at}upload", f"{at}folders/new", f"/folders/{folder.pk}/assign", f"{at}batches", f"{at}batches/new",
            f"/batches/{task.batch_id}", f"{at}members", f"{at}settings", f"{at}instructions",
            f"/items/{task.item_id}", f"/tasks/{task.pk}/", "/no-such-page",
        ],
        "ana": ["/", at, f"{at}instructions", f"/tasks/{task.pk}/"],
        "quinn": ["/", at, f"/tasks/{task.pk}/", f"{at}members"],
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_fits_and_is_quiet(project, work, signed_in: Callable[..., Page], width, height, scheme):
    loud: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 40" not in message.text:
            loud.append(f"{message.location['url']}: {message.text}")

    for who, addresses in paths(project, work).items():
        page = signed_in(f"{who}@example.com", width=width, height=height, color_scheme=scheme)
        page.on("console", hear)
        page.on("pageerror", lambda error: loud.append(str(error)))
        for address in addresses:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{address} is {over} pixels too wide for {width}"
            assert page.get_by_role("heading", level=1).count() == 1, address
    assert loud == []


def test_the_main_job_without_javascript(
    project, ana, quinn, worker, photographs: list[Path], signed_in: Callable[..., Page]
):
    at = f"/w/{project.workspace.slug}/p/{project.slug}/"
    page = signed_in("ada@example.com", java_script_enabled=False)

    page.goto(at + "upload")
    page.get_by_label("Files", exact=True).set_input_files(photographs[:3])
    page.get_by_label("Or a new folder").fill("Night")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text(re.compile("3 images added"))).to_be_visible()

    page.goto(at + "batches/new")
    page.get_by_label("Name").fill("By hand")
    page.get_by_role("button", name="Launch 3 images").click()
    page.wait_for_url(re.compile(r"/batches/\d+"))
    batch = Batch.objects.get(project=project)

    def built() -> bool:
        batch.refresh_from_db()
        page.reload()
        return batch.status == "in_progress"

    for _ in range(120):
        if built():
            break
        page.wait_for_timeout(500)
    assert (batch.status, batch.target_count) == ("in_progress", 3)

    page.goto(at + "members")
    page.get_by_label("E-mail addresses").fill("nora@example.com")
    page.get_by_role("button", name="Add people").click()
    expect(page.get_by_role("cell", name=re.compile("nora@example.com"))).to_be_visible()
    assert ProjectMembership.objects.filter(user__email="nora@example.com", role="annotator").exists()

    page.goto(at + "settings")
    page.get_by_label("Request item number").fill("2")
    page.get_by_role("button", name="Save").first.click()
    project.refresh_from_db()
    assert project.request_item_number == 2

    hers = signed_in("ana@example.com", java_script_enabled=False)
    hers.goto(at)
    hers.get_by_role("button", name="Request Tasks (2)").click()
    hers.wait_for_url(re.compile(r"/tasks/\d+/"))
    assert Task.objects.filter(assignee=ana).count() == 2
    hers.goto(at)
    expect(hers.locator("#offer")).to_contain_text("You hold 2")

    page.goto(f"/batches/{batch.pk}")
    page.get_by_role("button", name="Pause").click()
    batch.refresh_from_db()
    assert batch.status == "paused"
