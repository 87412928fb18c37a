"""One item: renamed, moved, described; what tasks copy of it changes with it."""

from __future__ import annotations

import unicodedata

import pytest

from annotation.catalog.folders import create_folder
from annotation.catalog.items import change_item
from annotation.distribution.requests import request_tasks
from annotation.errors import Invalid, NotFound, Taken
from annotation.models import Event, Item, Task
from annotation.workflow import counts
from tests.factories import make_batch, make_items


@pytest.fixture
def item(project) -> Item:
    return make_items(project, n=2)[0]


@pytest.fixture
def night(project, ada):
    return create_folder(project, "night", by=ada)


def test_renamed_and_moved_it_stands_elsewhere_in_the_queue_and_its_holder_keeps_it(
    project, ada, ana, item, night
):
    make_batch(project)
    request_tasks(project, by=ana)
    change_item(item, by=ada, name="B.jpg", folder=night)
    item.refresh_from_db()
    assert (item.name, item.folder) == ("B.jpg", night)
    mine = Task.objects.filter(item=item)
    assert set(mine.values_list("folder_id", "sort_key")) == {(night.pk, "b.jpg\x01B.jpg")}
    assert mine.get(stage_kind="annotate").assignee == ana
    assert counts.folder_counts(project.pk)[night.pk] == {"not_started": 1}
    assert counts.drift(project.pk) == []
    assert Event.objects.get(kind="item_changed").detail["to"] == {"name": "B.jpg", "folder": night.pk}


def test_a_name_that_the_folder_has_is_refused_whatever_its_spelling(project, ada, item):
    other = project.items.get(name="img-002.jpg")
    change_item(other, by=ada, name=unicodedata.normalize("NFC", "Köln.jpg"))
    with pytest.raises(Taken, match=r"has an image called Köln\.jpg already"):
        change_item(item, by=ada, name=unicodedata.normalize("NFD", "Köln.jpg"))
    item.refresh_from_db()
    assert item.name == "img-001.jpg"


@pytest.mark.parametrize("name", ["", "  ", "..", "a/b", "x" * 256, "a\0b"])
def test_a_bad_name_is_refused(ada, item, name):
    with pytest.raises(Invalid):
        change_item(item, by=ada, name=name)


@pytest.mark.parametrize(
    "metadata",
    [
        {str(n): n for n in range(101)},
        {"deep": {"er": 1}},
        {"list": [1]},
        {"odd": float("nan")},
        {"odd": float("inf")},
        {"nul": "a\0b"},
        {"nul\0": 1},
        {"half a letter": "\ud800"},
        {"huge": 10**400},
    ],
    ids=["many", "dict", "list", "nan", "inf", "nul", "nul-name", "surrogate", "huge"],
)
def test_metadata_that_a_database_cannot_keep_is_refused(ada, item, metadata):
    with pytest.raises(Invalid) as refused:
        change_item(item, by=ada, metadata=metadata)
    assert refused.value.facts["field"] == "metadata"
    item.refresh_from_db()
    assert item.metadata == {}


def test_metadata_is_replaced(ada, item):
    change_item(item, by=ada, metadata={"weather": "rain", "lux": 0.5, "day": True, "note": None})
    change_item(item, by=ada, metadata={"weather": "sun"})
    item.refresh_from_db()
    assert item.metadata == {"weather": "sun"}
    assert not Event.objects.filter(kind="item_changed").exists()


def test_an_image_that_is_gone_cannot_be_changed(ada, item):
    Item.objects.update(archived_at="2026-01-01T00:00Z")
    with pytest.raises(NotFound):
        change_item(item, by=ada, name="b.jpg")
