"""Pages of items A→Z: every item once, both ways, whatever is looked at and whatever changes in between."""

from __future__ import annotations

import unicodedata

import pytest

from annotation.catalog.listing import Asked, items_page
from annotation.models import Item, Project
from tests.factories import make_folder, make_items


def names(page) -> list[str]:
    return [item.name for item in page.items]


def walk(project, **asked) -> list[list[str]]:
    """All pages from A to Z."""
    pages, after = [], ""
    while True:
        page = items_page(project, Asked(**asked, after=after))
        pages.append(names(page))
        after = page.older_cursor
        if not after:
            return pages


@pytest.fixture
def items(project) -> list[Item]:
    return make_items(project, n=7)


def test_pages_go_to_the_end_and_back_again(project, items):
    pages = walk(project, limit=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == [item.name for item in items]
    first = items_page(project, Asked(limit=3))
    second = items_page(project, Asked(limit=3, after=first.older_cursor))
    third = items_page(project, Asked(limit=3, after=second.older_cursor))
    assert (first.newer_cursor, third.older_cursor) == ("", "")
    back = items_page(project, Asked(limit=3, before=third.newer_cursor))
    assert names(back) == names(second)
    start = items_page(project, Asked(limit=3, before=back.newer_cursor))
    assert (names(start), start.newer_cursor) == (names(first), "")


def test_a_page_that_just_fits_has_no_other(project, items):
    page = items_page(project, Asked(limit=7))
    assert (len(page.items), page.newer_cursor, page.older_cursor) == (7, "", "")


def test_the_same_name_in_several_folders_stands_once_each(project):
    for folder in ("a", "b", "c", "d"):
        make_items(project, make_folder(project, folder), n=2)
    pages = walk(project, limit=3)
    assert [name for page in pages for name in page] == ["img-001.jpg"] * 4 + ["img-002.jpg"] * 4
    last = items_page(project, Asked(limit=3))
    seen = {item.pk for item in last.items}
    while last.older_cursor:
        last = items_page(project, Asked(limit=3, after=last.older_cursor))
        assert not seen & {item.pk for item in last.items}
        seen |= {item.pk for item in last.items}
    assert len(seen) == 8


def test_order_is_that_of_the_letters_without_their_case(project):
    for name in ("b", "A", "a", "img2", "img10", "Ä", "Z", "é"):
        make_items(project, prefix=name)
    found = [name.removesuffix("-001.jpg") for name in walk(project)[0]]
    assert found == ["A", "a", "b", "img10", "img2", "Z", "Ä", "é"]


def test_what_is_added_or_leaves_in_between_shifts_no_page(project, items):
    first = items_page(project, Asked(limit=3))
    make_items(project, prefix="aaa")
    Item.objects.filter(pk=items[2].pk).update(archived_at="2026-01-01T00:00Z")
    second = items_page(project, Asked(limit=3, after=first.older_cursor))
    assert names(second) == ["img-004.jpg", "img-005.jpg", "img-006.jpg"]


def test_it_keeps_to_folder_status_and_the_beginning_of_the_name(project, items):
    night = make_folder(project, "night")
    make_items(project, night, n=3, prefix="cam")
    Item.objects.filter(name="cam-002.jpg").update(status="returned")
    assert walk(project, folder=night) == [["cam-001.jpg", "cam-002.jpg", "cam-003.jpg"]]
    assert walk(project, status="returned") == [["cam-002.jpg"]]
    assert walk(project, folder=night, status="completed") == [[]]
    assert walk(project, prefix="CAM-00", limit=2) == [["cam-001.jpg", "cam-002.jpg"], ["cam-003.jpg"]]
    assert walk(project, folder=night, prefix="img") == [[]]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_beginning_of_a_name_is_found_in_either_spelling(project, form):
    make_items(project, prefix="K\u00f6ln")
    assert walk(project, prefix=unicodedata.normalize(form, "k\u00f6")) == [["K\u00f6ln-001.jpg"]]


@pytest.mark.parametrize(
    "prefix", ["%", "_", "\\", "'", "*", "img-001.jpgg", "\U0010ffff", "x" * 3000, "i\0", "\ud800"]
)
def test_no_character_of_a_name_has_a_meaning_of_its_own(project, items, prefix):
    assert walk(project, prefix=prefix) == [[]]


@pytest.mark.parametrize("cursor", ["nonsense", "a:b:c", "\0", "WyJhIiwxXQ:1:xyz", "\ud800", "é"])
def test_a_cursor_that_is_not_ours_begins_at_a(project, items, cursor):
    assert names(items_page(project, Asked(after=cursor, limit=2))) == ["img-001.jpg", "img-002.jpg"]


def test_other_projects_and_archived_items_are_not_in_it(project, items, mallory):
    Item.objects.filter(pk=items[0].pk).update(archived_at="2026-01-01T00:00Z")
    assert len(walk(project)[0]) == 6
    assert walk(Project.objects.get(name="Hers")) == [[]]


@pytest.mark.parametrize("asked", [{}, {"status": "not_started"}, {"prefix": "img"}], ids=str)
def test_a_page_is_one_query_with_folders_and_uploads(project, django_assert_num_queries, asked):
    make_items(project, make_folder(project, "a"), n=60)
    with django_assert_num_queries(1):
        page = items_page(project, Asked(**asked))
        assert {item.path[:2] for item in page.items} == {"a/"}
        assert {item.upload for item in page.items} == {None}
