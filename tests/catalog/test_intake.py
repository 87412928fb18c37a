"""Files that come in one by one: what becomes of each, and that nothing half-written stays."""

from __future__ import annotations

import io
import unicodedata

import pytest
from django.core.files.storage import default_storage

from annotation.catalog.folders import create_folder, root_of
from annotation.catalog.intake import Added, add_file
from annotation.catalog.uploads import get_or_create_upload
from annotation.models import Item, Project, Task
from annotation.workflow import counts
from tests.catalog.files import NOT_A_PICTURE, picture, several_in_one

NFC = unicodedata.normalize("NFC", "Köln.jpg")
NFD = unicodedata.normalize("NFD", "Köln.jpg")


@pytest.fixture
def add(project, ada):
    def add(data: bytes, name: str = "a.jpg", folder=None, **more) -> Added:
        folder = folder or root_of(project)
        return add_file(project, io.BytesIO(data), name, folder=folder, upload=None, by=ada, **more)

    return add


def test_a_picture_becomes_an_item_that_nobody_works_on(add, project, ada):
    upload = get_or_create_upload(project, "Monday drop", by=ada)
    data = picture("PNG", (64, 48), turn=6)
    added = add_file(project, io.BytesIO(data), "a.png", folder=root_of(project), upload=upload, by=ada)
    item = Item.objects.get()
    assert (added.outcome, added.item) == ("added", item)
    assert (item.name, item.status, item.upload) == ("a.png", "not_started", upload)
    assert (item.width, item.height, item.exif_turn, item.size_bytes) == (48, 64, 6, len(data))
    with default_storage.open(item.file) as stored:
        assert stored.read() == data
    assert not Task.objects.exists()
    assert counts.folder_counts(project.pk) == {item.folder_id: {"not_started": 1}}
    assert counts.drift(project.pk) == []


def test_the_same_picture_twice_is_one_item_whatever_its_name_and_folder(add, project, ada):
    night = create_folder(project, "night", by=ada)
    add(picture(), "a.jpg", night)
    for name, folder in (("a.jpg", night), ("b.jpg", night), ("a.jpg", None)):
        again = add(picture(), name, folder)
        assert (again.outcome, again.item) == ("duplicate", Item.objects.get())
        assert again.sentence == "The same picture is there already as night/a.jpg."
    assert counts.drift(project.pk) == []


def test_another_project_may_have_the_same_picture(add, mallory):
    add(picture())
    hers = Project.objects.get(name="Hers")
    other = add_file(hers, io.BytesIO(picture()), "a.jpg", folder=root_of(hers), upload=None, by=mallory)
    assert other.outcome == "added"
    assert len(set(Item.objects.values_list("file", flat=True))) == 2


def test_a_name_with_other_content_is_refused_unless_both_are_kept(add):
    add(picture(colour="navy"))
    refused = add(picture(colour="white"))
    assert (refused.outcome, refused.item) == ("refused", None)
    assert "Rename this one, or keep both" in refused.sentence
    assert add(picture(colour="white"), keep_both=True).name == "a-2.jpg"
    assert add(picture(colour="red"), keep_both=True).name == "a-3.jpg"
    assert add(picture(colour="red"), keep_both=True).outcome == "duplicate"


def test_keeping_both_of_a_name_as_long_as_may_be_shortens_it(add):
    name = "x" * 251 + ".jpg"
    assert add(picture(colour="navy"), name).outcome == "added"
    kept = add(picture(colour="white"), name, keep_both=True)
    assert (kept.outcome, kept.name) == ("added", "x" * 249 + "-2.jpg")


def test_the_same_name_in_another_folder_is_another_item(add, project, ada):
    add(picture(colour="navy"))
    assert add(picture(colour="white"), folder=create_folder(project, "night", by=ada)).outcome == "added"


@pytest.mark.parametrize("other", ["A.jpg", "a.JPG"])
def test_names_that_differ_in_case_are_two(add, other):
    add(picture(colour="navy"))
    assert add(picture(colour="white"), other).outcome == "added"


def test_one_name_in_two_spellings_of_unicode_is_one_name(add):
    assert NFC != NFD
    assert add(picture(colour="navy"), NFD).name == NFC
    assert add(picture(colour="white"), NFC).outcome == "refused"
    assert Item.objects.get().name == NFC


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "The name is empty"),
        ("   ", "The name is empty"),
        ("\t", "The name is empty"),
        ("x" * 256, "The name has 256 characters"),
        ("x" * 300 + ".jpg", "The name has 304 characters"),
        ("a\0.jpg", "control character"),
        ("a\n.jpg", "control character"),
        ("a\x85.jpg", "control character"),
        ("a\ud800.jpg", "control character"),
        ("..", "cannot be a name"),
        (".", "cannot be a name"),
        ("../../etc/passwd", "contains “/”"),
        ("night/a.jpg", "contains “/”"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_stored(add, name, sentence, settings):
    refused = add(picture(), name)
    assert refused.outcome == "refused"
    assert sentence in refused.sentence
    assert not Item.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


@pytest.mark.parametrize(
    "name",
    ["a\\b.jpg", "CON", "-rf", "'; drop table item; --.jpg", "<script>.jpg", "日本.png", "a", "🙂.jpg"],
)
def test_a_strange_name_is_only_a_name(add, name):
    assert add(picture(), name).outcome == "added"
    assert Item.objects.get().name == name


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"plain text", NOT_A_PICTURE),
        (b"<html><script>alert(1)</script></html>", NOT_A_PICTURE),
        (picture("JPEG", (600, 400))[:-300], "damaged or cut off"),
    ],
    ids=["empty", "text", "html", "cut"],
)
def test_a_bad_file_is_refused_and_nothing_is_stored(add, data, sentence, settings, project):
    refused = add(data)
    assert refused.outcome == "refused"
    assert sentence in refused.sentence
    assert not Item.objects.exists()
    assert not settings.MEDIA_ROOT.exists()
    assert counts.folder_counts(project.pk) == {}


class Endless(io.BytesIO):
    def seek(self, offset: int, whence: int = 0) -> int:
        return 300 * 1024**2 if whence == 2 else 0

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("it was read")


def test_a_file_that_is_too_large_is_not_even_read(project, ada):
    refused = add_file(project, Endless(), "a.jpg", folder=root_of(project), upload=None, by=ada)
    assert refused.sentence == "The file is larger than 200 MB. Make it smaller."


def test_a_picture_named_as_another_kind_is_stored_as_what_it_is(add):
    add(picture("PNG"), "a.jpg")
    item = Item.objects.get()
    assert (item.name, item.content_type) == ("a.jpg", "image/png")
    assert item.file.endswith(".png")


def test_a_telephones_picture_is_stored_as_it_came(add):
    add(several_in_one())
    item = Item.objects.get()
    with default_storage.open(item.file) as stored:
        assert stored.read() == several_in_one()


def test_what_left_the_project_stands_in_nobodys_way(add):
    add(picture())
    Item.objects.update(archived_at="2026-01-01T00:00Z")
    assert add(picture()).outcome == "added"
