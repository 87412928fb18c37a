"""Files through the API: each is answered for itself."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from annotation.models import Item, Project, Task
from tests.api.conftest import Program

As = Callable[..., Program]


def picture(name: str = "a.jpg", color: str = "teal", kind: str = "JPEG") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(file, kind)
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/jpeg")


@pytest.fixture
def send(as_: As, ada: User, project: Project):
    return lambda *files, **fields: as_(ada).upload(
        f"/projects/{project.pk}/uploads", {"upload": "Drop", "files": list(files), **fields}
    )


def test_good_and_bad_files_of_one_call_are_answered_in_their_order(send, project):
    answer = send(
        picture("a.jpg"),
        SimpleUploadedFile("text.jpg", b"no picture at all"),
        SimpleUploadedFile("empty.png", b""),
        picture("again.jpg"),
        picture("b.png", "navy", "PNG"),
        folder="Night",
    )
    assert answer.status == 201
    assert [(f["name"], f["outcome"]) for f in answer.json["files"]] == [
        ("a.jpg", "added"),
        ("text.jpg", "refused"),
        ("empty.png", "refused"),
        ("again.jpg", "duplicate"),
        ("b.png", "added"),
    ]
    assert all(f["sentence"].endswith(".") for f in answer.json["files"])
    assert sorted(i.path for i in Item.objects.select_related("folder")) == ["Night/a.jpg", "Night/b.png"]


def test_straight_into_a_batch_that_is_launched(send, as_, ana, project):
    answer = send(picture(), batch="Now", launch="true")
    assert (answer.json["batch"]["status"], answer.json["batch"]["target_count"]) == ("in_progress", 1)
    assert len(as_(ana).post(f"/projects/{project.pk}/request-tasks").json["tasks"]) == 1


def test_a_repeated_call_puts_what_is_there_into_the_batch_once(send):
    send(picture(), batch="Now")
    assert send(picture(), batch="Now").json["left_out"] == {"in_batch": 1}
    assert Task.objects.filter(stage_order=1).count() == 1


def test_a_batch_of_bad_files_alone_is_not_launched(send):
    answer = send(SimpleUploadedFile("text.jpg", b"no picture"), batch="Now", launch="true")
    assert (answer.status, answer.json["batch"]["status"]) == (201, "staging")


@pytest.mark.parametrize(
    "fields",
    [
        {"upload": ""},
        {"upload": "x" * 300},
        {"folder": "../up"},
        {"folder": "root/ROOT/.."},
        {"launch": "true"},
        {"launch": "perhaps", "batch": "B"},
        {"batch": "  "},
        {"keep_both": "perhaps"},
    ],
    ids=str,
)
def test_a_bad_field_is_422_and_no_file_is_taken(send, fields):
    assert send(picture(), **fields).status == 422
    assert not Item.objects.exists()


def test_no_files_and_no_form_are_422(as_, ada, project):
    program = as_(ada)
    assert program.upload(f"/projects/{project.pk}/uploads", {"upload": "Drop"}).status == 422
    assert program.post(f"/projects/{project.pk}/uploads", {"upload": "Drop"}).status == 422


def test_a_body_that_breaks_off_is_400(as_, ada, project):
    client = as_(ada).client
    response = client.generic(
        "POST",
        f"/api/v1/projects/{project.pk}/uploads",
        b"--x\r\nContent-Disp",
        content_type="multipart/form-data",
    )
    assert response.status_code == 400


def test_uploads_are_listed_newest_first(send, as_, ada, project):
    for name in ["One", "Two", "Three"]:
        send(picture(f"{name}.jpg", color=f"#{len(name)}{len(name)}0000"), upload=name)
    page = as_(ada).get(f"/projects/{project.pk}/uploads?limit=2").json
    assert [u["name"] for u in page["uploads"]] == ["Three", "Two"]
    rest = as_(ada).get(f"/projects/{project.pk}/uploads?before={page['next']}").json
    assert ([u["name"] for u in rest["uploads"]], rest["next"]) == (["One"], None)
