"""Priorities: who comes first. Items and their live tasks say the same, and a bad row changes nothing."""

from __future__ import annotations

import pytest

from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.distribution.requests import request_tasks
from annotation.errors import Invalid
from annotation.models import Event, Item, Project, Task
from annotation.models.library import NO_PRIORITY
from tests.factories import make_batch, make_folder, make_items


@pytest.fixture
def rank(project, ada):
    def rank(*rows: tuple[str, str | None, object]):
        return set_priorities(project, [PriorityRow(*row) for row in rows], by=ada)

    return rank


@pytest.fixture
def items(project) -> list[Item]:
    return make_items(project, n=4)


def priorities() -> list[float | None]:
    return list(Item.objects.order_by("name").values_list("priority", flat=True))


def test_what_has_a_priority_comes_first_and_the_highest_before_it(project, ana, items, rank):
    make_batch(project)
    assert rank(("img-004.jpg", None, 5), ("img-002.jpg", "root", 7.5)).changed == 2
    given = request_tasks(project, by=ana).tasks
    assert [task.item.name for task in given] == [f"img-00{n}.jpg" for n in (2, 4, 1, 3)]


def test_zero_and_negative_ones_come_before_none(project, ana, items, rank):
    make_batch(project)
    rank(("img-003.jpg", None, -1e9), ("img-004.jpg", None, 0))
    given = request_tasks(project, by=ana).tasks
    assert [task.item.name for task in given] == [f"img-00{n}.jpg" for n in (4, 3, 1, 2)]


def test_all_live_tasks_of_the_image_learn_it_and_ended_ones_do_not(project, items, rank):
    make_batch(project, items[:1])
    Task.objects.update(is_live=False, status="cancelled")
    make_batch(project, items[:1], name="Second")
    rank(("img-001.jpg", None, 3))
    assert set(Task.objects.filter(is_live=True).values_list("priority_key", flat=True)) == {-3.0}
    assert set(Task.objects.filter(is_live=False).values_list("priority_key", flat=True)) == {NO_PRIORITY}


def test_none_takes_it_away(project, items, rank):
    make_batch(project)
    rank(("img-001.jpg", None, 3))
    rank(("img-001.jpg", None, None))
    assert priorities() == [None] * 4
    assert set(Task.objects.values_list("priority_key", flat=True)) == {NO_PRIORITY}


@pytest.mark.parametrize(
    "bad", [float("nan"), float("inf"), float("-inf"), 1.1e9, -(10**400), 10**400, "high", "3", True, [1]],
    ids=lambda value: repr(value)[:8],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused_and_nothing_is_written(items, rank, bad):
    with pytest.raises(Invalid, match=r"^Row 1: The priority must be a number"):
        rank(("img-001.jpg", None, 1), ("img-002.jpg", None, bad))
    assert priorities() == [None] * 4
    assert not Event.objects.filter(kind="priorities").exists()


@pytest.mark.parametrize("edge", [1e9, -1e9, 0, 5])
def test_the_largest_that_may_be_are_taken(items, rank, edge):
    rank(("img-001.jpg", None, edge))
    assert priorities()[0] == edge


def test_a_later_row_of_one_image_wins(items, rank):
    assert rank(("img-001.jpg", None, 1), ("img-001.jpg", "root", 2)).changed == 1
    assert priorities()[0] == 2


@pytest.mark.parametrize(
    ("name", "folder", "sentence"),
    [
        ("img-009.jpg", None, "There is no such image."),
        ("IMG-001.jpg", None, "There is no such image."),
        ("img\0.jpg", None, "There is no such image."),
        ("img\ud800.jpg", None, "There is no such image."),
        ("", None, "There is no such image."),
        ("img-001.jpg", "nowhere", "There is no such folder."),
        ("img-001.jpg", "night\0", "There is no such folder."),
    ],
)
def test_what_is_not_there_is_skipped_and_said(items, rank, name, folder, sentence):
    done = rank(("img-001.jpg", None, 1), (name, folder, 2))
    assert done.changed == 1
    assert [(s.index, s.name, s.folder, s.sentence) for s in done.skipped] == [(1, name, folder, sentence)]


def test_names_may_be_spelled_in_either_way_of_unicode(project, rank):
    make_items(project, make_folder(project, "K\u00f6ln"), prefix="B\u00fcro")
    assert rank(("Bu\u0308ro-001.jpg", "Ko\u0308ln", 4)).changed == 1


def test_images_of_other_projects_and_archived_ones_are_not_there(project, mallory, rank):
    hers = Project.objects.get(name="Hers")
    make_items(hers, prefix="hers")
    make_items(project)
    Item.objects.filter(project=project).update(archived_at="2026-01-01T00:00Z")
    assert len(rank(("hers-001.jpg", None, 1), ("img-001.jpg", None, 1)).skipped) == 2
    assert set(priorities()) == {None}


def test_more_than_a_thousand_go_in_several_transactions(project, rank):
    make_items(project, n=1100)
    assert rank(*[(f"img-{n:03}.jpg", None, n) for n in range(1, 1101)]).changed == 1100
    assert Item.objects.order_by("-priority").first().name == "img-1100.jpg"
    assert Event.objects.get(kind="priorities").detail == {"changed": 1100, "skipped": 0}


def test_the_same_priorities_again_change_nothing(items, rank):
    rank(("img-001.jpg", None, 1))
    assert rank(("img-001.jpg", None, 1)).changed == 0
    assert Event.objects.filter(kind="priorities").count() == 1
