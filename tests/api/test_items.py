"""Items by address: all of a call or none, batches made on the way, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from annotation import background
from annotation.models import Batch, Folder, Item, Project, Task, Upload
from annotation.workflow.counts import drift, folder_counts
from tests.access.world import store_picture
from tests.api.conftest import Program
from tests.factories import make_batch, make_folder, make_items

As = Callable[..., Program]


def row(name: str = "a.jpg", **more: Any) -> dict[str, Any]:
    return {"name": name, "url": f"https://pictures.example/{name}", **more}


@pytest.fixture
def to(as_: As, ada: User, project: Project) -> Callable[..., Any]:
    return lambda *rows, **more: as_(ada).post(f"/projects/{project.pk}/items", {"items": list(rows), **more})


def test_items_come_in_with_folder_priority_and_metadata(to, project):
    answer = to(
        row("a.jpg"), row("b.jpg", folder="Night/one", priority=2.5, metadata={"camera": "c1"}), upload="Mon"
    )
    assert answer.status == 201
    a, b = answer.json["added"]
    assert (a["folder"], a["priority"], a["status"]) == (None, None, "not_started")
    assert (b["folder"], b["priority"], b["metadata"]) == ("Night/one", 2.5, {"camera": "c1"})
    assert (b["upload"], b["url"]) == ("Mon", "https://pictures.example/b.jpg")
    assert answer.json["batch"] is None
    assert not Task.objects.exists()
    assert folder_counts(project.pk)[Folder.objects.get(name="Night/one").pk]["not_started"] == 1


def test_a_repeated_call_finds_what_it_added(to, project):
    first = to(row("a.jpg"), batch="B")
    again = to(row("a.jpg"), batch="B")
    assert [i["id"] for i in again.json["existing"]] == [i["id"] for i in first.json["added"]]
    assert again.json["added"] == []
    assert again.json["left_out"] == {"in_batch": 1}
    assert Task.objects.filter(stage_order=1).count() == 1


def test_a_used_name_with_another_address_is_skipped_and_said(to):
    to(row("a.jpg"))
    answer = to(row("a.jpg", url="https://elsewhere.example/a.jpg"), row("b.jpg"))
    assert [i["name"] for i in answer.json["added"]] == ["b.jpg"]
    [skipped] = answer.json["skipped"]
    assert (skipped["index"], skipped["name"]) == (0, "a.jpg")
    assert "another name" in skipped["sentence"].lower()


def test_into_a_new_batch_which_is_launched_after_the_call(to, as_, ana, project):
    answer = to(row("a.jpg"), row("b.jpg"), batch="Monday", launch=True)
    batch = answer.json["batch"]
    assert (batch["name"], batch["status"], batch["target_count"]) == ("Monday", "in_progress", 2)
    tasks = as_(ana).post(f"/projects/{project.pk}/request-tasks").json["tasks"]
    assert [t["item"]["name"] for t in tasks] == ["a.jpg", "b.jpg"]


def test_a_batch_in_staging_grows_call_by_call(to):
    assert to(row("a.jpg"), batch="Grows").json["batch"]["status"] == "staging"
    assert to(row("b.jpg"), batch="Grows").json["batch"]["target_count"] == 2


def test_a_launched_batch_takes_no_more_and_nothing_is_added(to, project):
    to(row("a.jpg"), batch="Monday", launch=True)
    answer = to(row("b.jpg"), batch="Monday", upload="New")
    assert (answer.status, answer.code) == (409, "batch_closed")
    assert not Item.objects.filter(name="b.jpg").exists()
    assert not Upload.objects.exists()


def test_what_was_sent_out_is_not_sent_again_by_a_repeated_address(to, as_, ada):
    to(row("a.jpg"), batch="First", launch=True)
    assert as_(ada).post(f"/tasks/{Task.objects.get(stage_order=1).pk}/complete").status == 200
    answer = to(row("a.jpg"), row("b.jpg"), batch="Second")
    assert answer.json["left_out"] == {"sent_out": 1}
    assert answer.json["batch"]["target_count"] == 1


def test_launching_needs_a_batch(to):
    answer = to(row(), launch=True)
    assert (answer.status, answer.json["field"]) == (422, "batch")
    assert not Item.objects.exists()


BAD_ROWS = [
    row(url="javascript:alert(1)"),
    row(url="file:///etc/passwd"),
    row(url="data:image/png;base64,AAAA"),
    row(url="ftp://pictures.example/a.jpg"),
    row(url="//pictures.example/a.jpg"),
    row(url="https://"),
    row(url="https://user:secret@pictures.example/a.jpg"),
    row(url="https://pictures.example/a b.jpg"),
    row(url="https://pictures.example:99999/"),
    row(url="https://pictures.example/" + "x" * 3000),
    row(url=5),
    row(name="x" * 300, url="https://pictures.example/x"),
    row(name="   "),
    row(name=".."),
    row(name="a/b.jpg", url="https://pictures.example/x"),
    row(name="a\0b", url="https://pictures.example/x"),
    row(name="a\nb", url="https://pictures.example/x"),
    row(folder="../up"),
    row(folder="ROOT"),
    row(folder="a//b"),
    row(folder="x" * 300),
    row(priority="high"),
    row(priority=1e10),
    row(priority=True),
    row(metadata={"a": {"b": 1}}),
    row(metadata={"a": [1]}),
    row(metadata={f"k{i}": i for i in range(101)}),
    row(metadata=["a"]),
    row(colour="red"),
    {"name": "a.jpg"},
    "a.jpg",
]


@pytest.mark.parametrize("bad", BAD_ROWS, ids=lambda bad: str(bad)[:60])
def test_a_wrong_row_refuses_the_call_and_nothing_is_added(to, bad):
    answer = to(row("good.jpg", folder="New"), bad, batch="B", upload="U")
    assert answer.status == 422
    assert not Item.objects.exists()
    assert not Folder.objects.filter(is_root=False).exists()
    assert not Batch.objects.exists()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_priority_that_is_not_finite_is_refused(as_, ada, project, number):
    body = f'{{"items": [{{"name": "a", "url": "https://p.example/a", "priority": {number}}}]}}'.encode()
    assert as_(ada).post(f"/projects/{project.pk}/items", body).status == 422
    assert not Item.objects.exists()


def test_two_rows_of_one_name_are_refused_by_row(to):
    answer = to(row("a.jpg"), row("a.jpg", url="https://elsewhere.example/a.jpg"))
    assert answer.status == 422
    assert answer.json["errors"] == [
        {"index": 1, "field": "name", "sentence": "Row 0 has the same name. Names are unique in a folder."}
    ]


def test_names_that_look_alike_are_one_name(to):
    """é as one character and as e with an accent."""
    answer = to(
        row("caf\u00e9.jpg", url="https://p.example/1"), row("cafe\u0301.jpg", url="https://p.example/2")
    )
    assert answer.status == 422


@pytest.mark.parametrize("items", [[], [row(f"{i}.jpg") for i in range(10_001)]], ids=["none", "10001"])
def test_too_few_and_too_many(to, items):
    assert to(*items).status == 422
    assert not Item.objects.exists()


def test_ten_thousand_in_one_call(to, project):
    answer = to(*[row(f"{i}.jpg") for i in range(10_000)], batch="All")
    assert (answer.status, len(answer.json["added"])) == (201, 10_000)
    assert Task.objects.filter(stage_order=1).count() == 10_000
    assert drift(project.pk) == []


def test_pages_follow_one_another_by_name(as_, ada, project):
    make_items(project, n=5)
    found, after = [], ""
    while after is not None:
        page = as_(ada).get(f"/projects/{project.pk}/items?limit=2&after={after}").json
        found += [i["name"] for i in page["items"]]
        after = page["next"]
    assert found == [f"img-00{n}.jpg" for n in range(1, 6)]


def test_the_list_is_narrowed_by_folder_status_and_name(as_, ada, project):
    night = make_folder(project, "Night")
    make_items(project, night, 2, prefix="n")
    make_items(project, n=2, prefix="r")
    Item.objects.filter(name="n-002.jpg").update(status="completed")

    def names(query: str) -> list[str]:
        return [i["name"] for i in as_(ada).get(f"/projects/{project.pk}/items?{query}").json["items"]]

    assert names("folder=Night") == ["n-001.jpg", "n-002.jpg"]
    assert names("folder=root") == ["r-001.jpg", "r-002.jpg"]
    assert names("status=completed") == ["n-002.jpg"]
    assert names("name=R-0") == ["r-001.jpg", "r-002.jpg"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "status=done", "folder=nowhere"])
def test_a_bad_filter_is_422(as_, ada, project, query):
    assert as_(ada).get(f"/projects/{project.pk}/items?{query}").status == 422


def test_a_cursor_that_is_not_ours_begins_at_a(as_, ada, project):
    make_items(project, n=1)
    assert len(as_(ada).get(f"/projects/{project.pk}/items?after=forged").json["items"]) == 1


def test_an_annotator_lists_what_they_worked_on_and_a_qa_everything(as_, ana, quinn, project):
    make_items(project, n=3)
    make_batch(project, list(project.items.all()[:1]))
    as_(ana).post(f"/projects/{project.pk}/request-tasks")
    assert [i["name"] for i in as_(ana).get(f"/projects/{project.pk}/items").json["items"]] == ["img-001.jpg"]
    assert len(as_(quinn).get(f"/projects/{project.pk}/items").json["items"]) == 3


def test_an_item_is_renamed_and_moved_and_its_tasks_with_it(as_, ada, project):
    [item] = make_items(project, n=1)
    make_batch(project)
    night = make_folder(project, "Night")
    answer = as_(ada).patch(f"/items/{item.pk}", {"name": "z.jpg", "folder": "Night", "metadata": {"a": 1}})
    assert (answer.json["name"], answer.json["folder"], answer.json["metadata"]) == (
        "z.jpg",
        "Night",
        {"a": 1},
    )
    assert {t.folder_id for t in Task.objects.all()} == {night.pk}
    assert drift(project.pk) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "img-002.jpg"}, 409),
        ({"name": " "}, 422),
        ({"name": "a/b"}, 422),
        ({"folder": "nowhere"}, 422),
        ({"metadata": {"a": [1]}}, 422),
        ({"status": "completed"}, 422),
        ({"name": None, "folder": None}, 200),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(as_, ada, project, body, status):
    item, _ = make_items(project, n=2)
    assert as_(ada).patch(f"/items/{item.pk}", body).status == status
    item.refresh_from_db()
    assert (item.name, item.folder.is_root, item.metadata) == ("img-001.jpg", True, {})


def test_the_image_is_served_to_its_worker_and_to_nobody_else(as_, ana, ben, ada, project):
    [item] = make_items(project, n=1)
    store_picture(item)
    make_batch(project)
    as_(ana).post(f"/projects/{project.pk}/request-tasks")
    seen = as_(ana).client.get(f"/api/v1/items/{item.pk}/image")
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert as_(ben).get(f"/items/{item.pk}/image").status == 404


def test_an_operation_of_the_api_is_visible_through_it(as_, ada, project, monkeypatch):
    make_items(project, n=2)
    monkeypatch.setattr(background, "queue", background.run_now)
    made = as_(ada).post(f"/projects/{project.pk}/batches", {"name": "All"}).json
    told = as_(ada).get(f"/operations/{made['operation']['id']}").json
    assert (told["status"], told["done"], told["total"], told["error"]) == ("done", 2, 2, "")
