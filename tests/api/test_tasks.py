"""Request Tasks, every move and the annotations through the API: the same rules as the pages, in JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import AnnotationSet, Draft, Event, Project, Task
from annotation.workflow.give import release
from tests.api.conftest import Program
from tests.factories import make_batch, make_items

As = Callable[..., Program]


@pytest.fixture
def work(project: Project):
    """Three images at work."""
    make_items(project, n=3)
    return make_batch(project)


def request(program: Program, project: Project, **headers: str) -> Any:
    return program.post(f"/projects/{project.pk}/request-tasks", headers=headers)


def first(program: Program, project: Project) -> dict[str, Any]:
    return request(program, project).json["tasks"][0]


def box(**changes: Any) -> dict[str, Any]:
    points = [[10, 20], [40, 60]]
    return {"id": str(uuid.uuid4()), "class": "Object", "type": "rectangle", "points": points, **changes}


def test_a_task_says_all_that_a_program_needs(work, as_, ana, project):
    task = first(as_(ana), project)
    item = task.pop("item")
    assert task["kind"] == "annotate"
    assert (task["status"], task["assignee"], task["target"]) == ("ready", "ana@example.com", "frame")
    assert task["stage"]["name"] == "Labelling"
    assert task["batch"]["name"] == "Batch"
    assert task["job"] is None
    assert (item["name"], item["folder"], item["status"]) == ("img-001.jpg", None, "not_started")
    assert item["url"].startswith("https://")
    assert as_(ana).get(f"/tasks/{task['id']}").json == {**task, "item": item}


def test_a_second_request_says_that_work_is_unfinished(work, as_, ana, project):
    program = as_(ana)
    request(program, project)
    answer = request(program, project)
    assert (answer.status, answer.code, answer.json["held"]) == (409, "unfinished", 3)


def test_nothing_to_give_says_why(as_, ana, project):
    make_items(project, n=2)
    make_batch(project, status="paused")
    answer = request(as_(ana), project)
    assert (answer.status, answer.code) == (409, "nothing_available")
    assert sum(answer.json["reasons"].values()) == 2


def test_who_may_not_request_is_told(work, as_, ada, ana, project):
    assert (request(as_(ada), project).status, request(as_(ada), project).code) == (403, "may_not_request")
    as_(ada).put(f"/projects/{project.pk}/members/ana@example.com", {"role": "annotator", "is_paused": True})
    answer = request(as_(ana), project)
    assert (answer.status, answer.code) == (403, "may_not_request")


def test_a_repeated_call_with_its_key_gets_the_same_answer(work, as_, ana, project):
    program = as_(ana)
    once = request(program, project, **{"Idempotency-Key": "k1"}).json
    assert request(program, project, **{"Idempotency-Key": "k1"}).json == once
    assert request(program, project, **{"Idempotency-Key": "k2"}).status == 409
    assert request(program, project, **{"Idempotency-Key": "x" * 101}).status == 422


def test_the_story_of_an_image_and_its_events(work, as_, ana, quinn, project):
    """Submitted, returned with a reason, corrected, accepted."""
    annotator, reviewer = as_(ana), as_(quinn)
    pk = first(annotator, project)["id"]
    assert annotator.post(f"/tasks/{pk}/start").json["item"]["status"] == "in_progress"
    saved = annotator.put(f"/tasks/{pk}/annotations", {"version": 0, "objects": [box()]})
    assert (saved.status, saved.json["version"]) == (200, 1)
    assert annotator.post(f"/tasks/{pk}/submit").json["item"]["status"] == "quality_check"
    assert annotator.post(f"/tasks/{pk}/withdraw").json["status"] == "in_progress"
    assert annotator.post(f"/tasks/{pk}/submit").json["done_by"] == "ana@example.com"
    review = first(reviewer, project)
    assert review["kind"] == "review"
    assert reviewer.get(f"/tasks/{review['id']}/annotations").json["objects"][0]["class"] == "Object"
    returned = reviewer.post(f"/tasks/{review['id']}/reject", {"reason": "One is missing."})
    assert returned.json["item"]["status"] == "returned"
    mine = annotator.get(f"/projects/{project.pk}/tasks?assignee=me&status=rejected").json["tasks"]
    assert [(t["id"], t["reason"]) for t in mine] == [(pk, "One is missing.")]
    assert annotator.post(f"/tasks/{pk}/start").status == 200
    annotator.post(f"/tasks/{pk}/submit")
    accepted = reviewer.post(f"/tasks/{review['id']}/accept", {})
    assert (accepted.json["status"], accepted.json["item"]["status"]) == ("accepted", "completed")
    assert {e.door for e in Event.objects.filter(item_id=accepted.json["item"]["id"])} == {"api"}


@pytest.mark.parametrize(
    "verb", ["submit", "withdraw", "accept", "reject", "send-back", "skip", "complete", "start"]
)
def test_a_move_on_what_somebody_else_holds_changes_nothing(work, as_, ana, ben, project, verb):
    pk = first(as_(ana), project)["id"]
    before = Task.objects.values().get(pk=pk)
    body = {"reason": "Mine.", "stage": "Labelling"} if verb in {"reject", "send-back", "skip"} else {}
    if verb in {"reject", "skip"}:
        body.pop("stage")
    assert as_(ben).post(f"/tasks/{pk}/{verb}", body).status == 404
    assert Task.objects.values().get(pk=pk) == before


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("accept", {}, 409),
        ("accept", {"keep_working": "yes"}, 422),
        ("reject", {}, 422),
        ("reject", {"reason": ""}, 422),
        ("reject", {"reason": "   "}, 422),
        ("reject", {"reason": 5}, 422),
        ("reject", {"reason": "a\0b"}, 422),
        ("reject", {"reason": "x" * 100_001}, 422),
        ("reject", {"reason": "Wrong."}, 409),
        ("withdraw", {}, 409),
        ("skip", {"reason": ""}, 422),
        ("send-back", {"reason": "Again.", "stage": "nowhere"}, 422),
        ("send-back", {"reason": "Again.", "stage": 999_999}, 422),
        ("give", {"assignee": "nobody@example.com"}, 403),
        ("release", {}, 403),
        ("jump", {}, 404),
    ],
)
def test_a_move_that_cannot_be_says_why_and_changes_nothing(work, as_, ana, project, verb, body, status):
    pk = first(as_(ana), project)["id"]
    before = Task.objects.values().get(pk=pk)
    answer = as_(ana).post(f"/tasks/{pk}/{verb}", body)
    assert answer.status == status, answer.json
    assert Task.objects.values().get(pk=pk) == before


def test_an_illegal_move_names_the_status(work, as_, ana, project):
    pk = first(as_(ana), project)["id"]
    as_(ana).post(f"/tasks/{pk}/submit")
    answer = as_(ana).post(f"/tasks/{pk}/submit")
    assert (answer.status, answer.code) == (409, "illegal_move")
    assert "submitted" in json.dumps(answer.json)


def test_an_admin_gives_and_releases(work, as_, ada, ana, ben, project):
    pk = first(as_(ana), project)["id"]
    given = as_(ada).post(f"/tasks/{pk}/give", {"assignee": "BEN@example.com"})
    assert given.json["assignee"] == "ben@example.com"
    assert as_(ada).post(f"/tasks/{pk}/release").json["assignee"] is None
    answer = as_(ada).post(f"/tasks/{pk}/give", {"assignee": "nobody@example.com"})
    assert (answer.status, answer.json["field"]) == (422, "assignee")


def test_an_admin_completes_without_a_check(work, as_, ada, ana, project):
    pk = first(as_(ana), project)["id"]
    assert as_(ana).post(f"/tasks/{pk}/complete").status == 403
    assert as_(ada).post(f"/tasks/{pk}/complete").json["item"]["status"] == "completed"


def test_a_skip_with_its_reason(work, as_, ana, project):
    pk = first(as_(ana), project)["id"]
    answer = as_(ana).post(f"/tasks/{pk}/skip", {"reason": "Too dark."})
    assert (answer.json["status"], answer.json["item"]["status"]) == ("skipped", "skipped")


BAD_OBJECTS = [
    box(points=[[-5, 20], [40, 60]]),
    box(points=[[10, 20], [641, 60]]),
    box(points=[[1e308, 20], [40, 60]]),
    box(points=[["10", 20], [40, 60]]),
    box(points=[[10, 20]]),
    box(points="10,20"),
    box(points=None),
    box(points=[[10, 20], [10, 60]]),
    box(**{"class": "Unknown"}),
    box(**{"class": None}),
    box(type="circle"),
    box(type="polygon", points=[[1, 1], [2, 2]]),
    box(id="no-uuid"),
    box(colour="red"),
    {},
]


@pytest.mark.parametrize("bad", BAD_OBJECTS, ids=range(len(BAD_OBJECTS)))
def test_a_wrong_object_refuses_the_save_and_names_itself(work, as_, ana, project, bad):
    pk = first(as_(ana), project)["id"]
    answer = as_(ana).put(f"/tasks/{pk}/annotations", {"version": 0, "objects": [box(), bad]})
    assert answer.status == 422, answer.json
    assert not AnnotationSet.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"version": 0}, {"objects": []}, {"version": -1, "objects": []}, {"version": 2**31, "objects": []},
     {"version": 0, "objects": {}}, {"version": 0, "objects": [5]}, {"version": 0, "objects": [], "x": 1}],
    ids=str,
)  # fmt: skip
def test_a_save_of_another_shape_is_422(work, as_, ana, project, body):
    pk = first(as_(ana), project)["id"]
    assert as_(ana).put(f"/tasks/{pk}/annotations", body).status == 422


def test_a_stale_save_is_409_with_the_newer_one(work, as_, ana, project):
    pk = first(as_(ana), project)["id"]
    program = as_(ana)
    program.put(f"/tasks/{pk}/annotations", {"version": 0, "objects": [box()]})
    answer = program.put(f"/tasks/{pk}/annotations", {"version": 0, "objects": []})
    assert (answer.status, answer.code) == (409, "stale_version")
    assert (answer.json["version"], len(answer.json["objects"])) == (1, 1)


def test_a_save_after_a_release_is_kept_as_a_draft(work, as_, ada, ana, project):
    pk = first(as_(ana), project)["id"]
    release([pk], by=ada)
    answer = as_(ana).put(f"/tasks/{pk}/annotations", {"version": 0, "objects": [box()]})
    assert (answer.status, answer.code) == (409, "not_held")
    assert Draft.objects.get(task=pk).author == ana
    assert not AnnotationSet.objects.exists()


def test_tasks_are_listed_to_whom_they_belong(work, as_, ada, ana, ben, quinn, project):
    request(as_(ana), project)
    path = f"/projects/{project.pk}/tasks"
    assert len(as_(ana).get(path).json["tasks"]) == 3
    assert as_(ben).get(path).json["tasks"] == []
    assert len(as_(quinn).get(path).json["tasks"]) == 6
    assert len(as_(ada).get(f"{path}?kind=review&status=waiting").json["tasks"]) == 3
    assert len(as_(ada).get(f"{path}?assignee=ANA@example.com").json["tasks"]) == 3
    assert len(as_(ada).get(f"{path}?stage=QA").json["tasks"]) == 3


@pytest.mark.parametrize("who", ["ada", "ana"])
def test_a_page_leads_to_the_next(work, as_, ada, ana, project, who):
    request(as_(ana), project)
    found, after = [], ""
    while after is not None:
        query = f"limit=2&kind=annotate{after and f'&after={after}'}"
        page = as_({"ada": ada, "ana": ana}[who]).get(f"/projects/{project.pk}/tasks?{query}").json
        found += [t["item"]["name"] for t in page["tasks"]]
        after = page["next"]
    assert found == ["img-001.jpg", "img-002.jpg", "img-003.jpg"]


@pytest.mark.parametrize(
    "query",
    ["status=lost", "kind=x", "limit=0", "limit=999", "after=x", "after=1", "stage=nowhere",
     "assignee=nobody@example.com", "assignee=a%00b"],
)  # fmt: skip
def test_a_bad_filter_is_422(work, as_, ada, project, query):
    assert as_(ada).get(f"/projects/{project.pk}/tasks?{query}").status == 422


def test_listing_costs_the_same_for_few_and_many(as_, ada, project, django_assert_max_num_queries):
    make_batch(project, make_items(project, n=30))
    with django_assert_max_num_queries(12):
        as_(ada).get(f"/projects/{project.pk}/tasks?limit=60")
