"""Items sent by address: all of a call or nothing, and the same call twice is one."""

from __future__ import annotations

import pytest

from annotation.catalog.addresses import MOST, Address, add_addresses
from annotation.catalog.uploads import get_or_create_upload
from annotation.errors import Invalid
from annotation.models import Folder, Item, Task
from annotation.workflow import counts
from tests.factories import make_items

URL = "https://pictures.example/a.jpg"


@pytest.fixture
def send(project, ada):
    def send(*rows: Address, upload=None):
        return add_addresses(project, rows, upload=upload, by=ada)

    return send


def refused(send, *rows: Address) -> Invalid:
    with pytest.raises(Invalid) as found:
        send(*rows)
    assert not Item.objects.exists()
    assert not Folder.objects.filter(is_root=False).exists()
    return found.value


def test_items_come_in_with_all_that_was_sent(send, project, ada):
    upload = get_or_create_upload(project, "Monday", by=ada)
    row = Address("a.jpg", URL, "night/cam-2", 0.5, {"weather": "rain"})
    added = send(row, Address("b.jpg", URL), upload=upload)
    first, second = added.items
    assert (first.folder.name, first.priority, first.metadata) == ("night/cam-2", 0.5, {"weather": "rain"})
    assert (first.url, first.file, first.width, first.upload) == (URL, "", None, upload)
    assert second.folder.is_root
    assert [item.name for item in added.items] == ["a.jpg", "b.jpg"]
    assert not Task.objects.exists()
    assert counts.drift(project.pk) == []


@pytest.mark.parametrize("root", [None, "", "root"])
def test_there_are_three_words_for_the_root(send, root):
    assert send(Address("a.jpg", URL, root)).items[0].folder.is_root


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("javascript:alert(1)", "must begin with http"),
        ("file:///etc/passwd", "must begin with http"),
        ("data:image/png;base64,AAAA", "must begin with http"),
        ("ftp://pictures.example/a.jpg", "must begin with http"),
        ("//pictures.example/a.jpg", "must begin with http"),
        ("/a.jpg", "must begin with http"),
        ("", "must begin with http"),
        ("http://", "must begin with http"),
        ("https:///a.jpg", "must begin with http"),
        ("http://[::1", "cannot be read"),
        ("http://pictures.example:99999/a", "cannot be read"),
        ("http://me:secret@pictures.example/a", "carries a name or password"),
        ("http://pictures.example/a b.jpg", "space or a control character"),
        ("http://pictures.example/a\nb", "space or a control character"),
        ("http://pictures.example/a\0b", "space or a control character"),
        ("http://pictures.example/\x85", "space or a control character"),
        ("http://pictures.example/\ud800", "space or a control character"),
        ("http://pictures.example/" + "a" * 2000, "2,024 characters. Use at most 2,000"),
    ],
)
def test_an_address_that_no_picture_can_have_is_refused(send, url, sentence):
    wrong = refused(send, Address("a.jpg", url))
    assert sentence in wrong.sentence
    assert [(each["index"], each["field"]) for each in wrong.facts["errors"]] == [(0, "url")]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Address("", URL), "name"),
        (Address("..", URL), "name"),
        (Address("a/b.jpg", URL), "name"),
        (Address("x" * 300, URL), "name"),
        (Address("a\0", URL), "name"),
        (Address("a.jpg", URL, "Root"), "folder"),
        (Address("a.jpg", URL, "../x"), "folder"),
        (Address("a.jpg", URL, "a//b"), "folder"),
        (Address("a.jpg", URL, None, float("nan")), "priority"),
        (Address("a.jpg", URL, None, float("inf")), "priority"),
        (Address("a.jpg", URL, None, 2e9), "priority"),
        (Address("a.jpg", URL, None, "high"), "priority"),
        (Address("a.jpg", URL, None, True), "priority"),
        (Address("a.jpg", URL, None, None, {"deep": {}}), "metadata"),
        (Address("a.jpg", URL, None, None, {"nul": "\0"}), "metadata"),
        (Address("a.jpg", URL, None, None, {"nan": float("nan")}), "metadata"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_row_refuses_the_whole_call_and_names_row_and_field(send, row, field):
    wrong = refused(send, Address("fine.jpg", URL, "new folder"), row)
    assert wrong.sentence.startswith("Row 1: ")
    assert wrong.sentence.endswith("Nothing was added.")
    assert [(each["index"], each["field"]) for each in wrong.facts["errors"]] == [(1, field)]


def test_two_rows_of_one_name_are_refused_also_in_two_spellings(send):
    same = [Address("Ko\u0308ln.jpg", URL, "a"), Address("K\u00f6ln.jpg", "https://other.example/a", "a")]
    assert "Row 0 has the same name" in refused(send, *same).sentence


def test_the_same_name_in_two_folders_is_two_items(send):
    assert len(send(Address("a.jpg", URL, "a"), Address("a.jpg", URL, "b"), Address("a.jpg", URL)).items) == 3


def test_every_wrong_row_is_told_up_to_a_hundred(send):
    wrong = refused(send, *[Address("a.jpg", "nothing") for _ in range(150)])
    assert "149 more rows are wrong" in wrong.sentence
    assert [each["index"] for each in wrong.facts["errors"]] == list(range(100))


def test_nothing_and_too_much_are_refused(send):
    assert "Name at least one" in refused(send).sentence
    many = [Address(f"{n}.jpg", URL) for n in range(MOST + 1)]
    assert "Send at most 10,000" in refused(send, *many).sentence


def test_ten_thousand_come_in_at_once(send, project):
    added = send(*[Address(f"{n}.jpg", URL, f"folder {n % 7}") for n in range(MOST)])
    assert len(added.items) == Item.objects.count() == MOST
    assert counts.drift(project.pk) == []


def test_the_same_call_again_finds_what_it_added(send, project):
    rows = [Address("a.jpg", URL, "a"), Address("b.jpg", URL, "a", 1.0)]
    first = send(*rows)
    again = send(*rows)
    assert (again.items, again.there, again.skipped) == ([], first.items, [])
    assert counts.drift(project.pk) == []


def test_a_used_name_with_another_address_is_left_out_and_said(send, project):
    make_items(project, n=1)
    added = send(Address("new.jpg", URL), Address("img-001.jpg", URL))
    assert [item.name for item in added.items] == ["new.jpg"]
    (left,) = added.skipped
    assert (left.index, left.name, left.folder) == (1, "img-001.jpg", None)
    assert "Another picture of this name" in left.sentence
    assert Item.objects.get(name="img-001.jpg").url != URL


def test_folders_that_are_there_are_used_whatever_the_spelling(send, project, ada):
    first = send(Address("a.jpg", URL, "Ko\u0308ln"))
    second = send(Address("b.jpg", URL, "K\u00f6ln"))
    assert first.items[0].folder_id == second.items[0].folder_id
    assert Folder.objects.filter(is_root=False).count() == 1
