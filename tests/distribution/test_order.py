"""The seed's orders, for annotators and for QAs: one test each, run for both roles."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.models import Batch, Folder, FolderAssignment, Item, Project, Task
from tests.distribution.names import request, sized, submitted
from tests.factories import assign, make_batch, make_folder, make_items


@dataclass
class Asker:
    """Somebody who asks, in a project where all work waits for people of their role."""

    user: User
    other: User
    role: str
    project: Project

    def batch(self, items: list[Item] | None = None, **extra: object) -> Batch:
        batch = make_batch(self.project, items, **extra)  # type: ignore[arg-type]
        if self.role == "qa":
            submitted(self.project, self.worker)
        return batch

    worker: User | None = None

    def folder(self, name: str, n: int, *, mine: bool = False, others: bool = False) -> Folder:
        folder = make_folder(self.project, name)
        make_items(self.project, folder, n, prefix="i")
        if mine:
            assign(folder, self.user, role=self.role)
        if others:
            assign(folder, self.other, role=self.role)
        return folder


@pytest.fixture(params=["annotator", "qa"])
def asker(request: pytest.FixtureRequest, project: Project, ana: User, ben: User, quinn: User) -> Asker:
    if request.param == "annotator":
        return Asker(ana, ben, "annotator", sized(project, 50))
    rita = User.objects.create_user("rita@example.com", name="Rita")
    project.memberships.create(user=rita, role="qa")
    return Asker(quinn, rita, "qa", sized(project, 50), worker=ben)


def numbered(folder: str, numbers: range) -> list[str]:
    return [f"{folder}/i-{i:03}" for i in numbers]


def test_one_folder_is_handed_out_a_to_z(asker: Asker) -> None:
    asker.folder("A", 60)
    asker.batch()
    assert request(asker.project, asker.user) == numbered("A", range(1, 51))


def test_several_folders_come_a_to_z_and_the_root_last(asker: Asker) -> None:
    make_items(asker.project, None, 3)
    for name in ("b", "C", "A"):
        asker.folder(name, 2)
    asker.batch()
    assert request(asker.project, asker.user) == [
        *numbered("A", range(1, 3)),
        *numbered("b", range(1, 3)),
        *numbered("C", range(1, 3)),
        "img-001",
        "img-002",
        "img-003",
    ]


def test_without_folders_the_root_is_handed_out(asker: Asker) -> None:
    make_items(asker.project, None, 3)
    asker.batch()
    assert request(asker.project, asker.user) == ["img-001", "img-002", "img-003"]


def test_assigned_folders_come_first_a_to_z(asker: Asker) -> None:
    asker.folder("A", 2)
    asker.folder("Z", 2, mine=True)
    asker.folder("M", 2, mine=True)
    asker.batch()
    assert request(asker.project, asker.user) == [
        *numbered("M", range(1, 3)),
        *numbered("Z", range(1, 3)),
        *numbered("A", range(1, 3)),
    ]


def test_a_portion_spills_over_into_the_next_folder(asker: Asker) -> None:
    asker.folder("A", 40)
    asker.folder("B", 30)
    asker.batch()
    assert request(asker.project, asker.user) == numbered("A", range(1, 41)) + numbered("B", range(1, 11))


def test_priority_comes_before_the_name_and_none_comes_last(asker: Asker) -> None:
    folder = make_folder(asker.project, "A")
    make_items(asker.project, folder, 2, prefix="none")
    make_items(asker.project, folder, 2, prefix="low", priority=-3)
    make_items(asker.project, folder, 2, prefix="high", priority=0.5)
    asker.batch()
    assert request(asker.project, asker.user) == [
        f"A/{p}-00{i}" for p in ("high", "low", "none") for i in (1, 2)
    ]


def test_priority_does_not_reach_over_folders(asker: Asker) -> None:
    asker.folder("A", 1)
    make_items(asker.project, make_folder(asker.project, "B"), 1, priority=9)
    asker.batch()
    assert request(asker.project, asker.user) == ["A/i-001", "B/img-001"]


def test_folders_of_others_never_come(asker: Asker) -> None:
    asker.folder("A", 3, others=True)
    asker.folder("B", 3)
    asker.batch()
    assert request(asker.project, asker.user) == numbered("B", range(1, 4))


def test_a_folder_of_several_people_comes_to_each_of_them(asker: Asker) -> None:
    asker.folder("A", 3, mine=True, others=True)
    asker.batch()
    assert request(asker.project, asker.user) == numbered("A", range(1, 4))


def test_assignees_of_the_other_role_block_nobody(asker: Asker) -> None:
    folder = asker.folder("A", 3)
    assign(folder, asker.other, role="qa" if asker.role == "annotator" else "annotator")
    asker.batch()
    assert request(asker.project, asker.user) == numbered("A", range(1, 4))


def test_image_legacy_has_the_same_order(asker: Asker) -> None:
    Project.objects.filter(pk=asker.project.pk).update(type="image_legacy")
    asker.folder("A", 40)
    asker.folder("B", 30)
    asker.batch()
    assert request(asker.project, asker.user) == numbered("A", range(1, 41)) + numbered("B", range(1, 11))


def test_two_running_batches_of_one_folder_are_merged_by_name(asker: Asker) -> None:
    folder = asker.folder("A", 6)
    items = list(folder.items.order_by("id"))
    asker.batch(items[0::2], name="Odd")
    asker.batch(items[1::2], name="Even")
    assert request(asker.project, asker.user) == numbered("A", range(1, 7))


def test_a_ranked_batch_comes_before_the_others_through_all_folders(asker: Asker) -> None:
    a, b = asker.folder("A", 2), asker.folder("B", 2)
    asker.batch([*a.items.order_by("id")[:1], *b.items.order_by("id")[:1]], name="Plain")
    asker.batch([*a.items.order_by("id")[1:], *b.items.order_by("id")[1:]], name="Ranked", rank=1)
    assert request(asker.project, asker.user) == ["A/i-002", "B/i-002", "A/i-001", "B/i-001"]


def test_a_paused_batch_brings_nothing(asker: Asker) -> None:
    folder = asker.folder("A", 4)
    items = list(folder.items.order_by("id"))
    asker.batch(items[:2], name="Paused", status="paused")
    asker.batch(items[2:], name="Running")
    assert request(asker.project, asker.user) == numbered("A", range(3, 5))


@pytest.mark.parametrize("status", ["building", "staging", "completed", "cancelled"])
def test_only_running_batches_hand_out(asker: Asker, status: str) -> None:
    asker.folder("A", 1)
    asker.batch(name="Other", status=status)
    asker.batch(make_items(asker.project, None, 1), name="Running")
    assert request(asker.project, asker.user) == ["img-001"]


def test_a_folder_reassigned_in_between_counts_from_the_next_request(asker: Asker) -> None:
    folder = asker.folder("A", 4, mine=True)
    asker.folder("B", 4)
    asker.batch()
    sized(asker.project, 2)
    assert request(asker.project, asker.user) == numbered("A", range(1, 3))
    FolderAssignment.objects.filter(folder=folder).delete()
    assign(folder, asker.other, role=asker.role)
    Task.objects.filter(assignee=asker.user).update(assignee=None)
    assert request(asker.project, asker.user) == numbered("B", range(1, 3))
    assert request(asker.project, asker.other) == numbered("A", range(1, 3))


def test_names_sort_by_code_point_after_case_is_folded(asker: Asker) -> None:
    folder = make_folder(asker.project, "A")
    for name in ("img2", "Éclair", "img10", "Zebra", "IMG1", "apple"):
        make_items(asker.project, folder, 1, prefix=name)
    asker.batch()
    assert [name.split("/")[1].removesuffix("-001") for name in request(asker.project, asker.user)] == [
        "apple",
        "IMG1",
        "img10",
        "img2",
        "Zebra",
        "Éclair",
    ]


def test_released_and_returned_work_comes_in_its_place(asker: Asker) -> None:
    asker.folder("A", 3)
    asker.batch()
    mine = Task.objects.filter(stage_kind="annotate" if asker.role == "annotator" else "review")
    for task, status in zip(mine.order_by("sort_key"), ("in_progress", "ready", "rejected"), strict=True):
        mine.filter(pk=task.pk).update(status=status, assignee=None)
    assert request(asker.project, asker.user) == numbered("A", range(1, 4))
    handed = request_tasks_statuses(asker)
    assert handed == ["in_progress", "ready", "rejected"]


def request_tasks_statuses(asker: Asker) -> list[str]:
    return list(
        Task.objects.filter(assignee=asker.user).open().order_by("sort_key").values_list("status", flat=True)
    )


def test_nothing_of_another_project_comes(asker: Asker, mallory: User) -> None:
    hers = Project.objects.get(name="Hers")
    make_items(hers, None, 5, prefix="hers")
    make_batch(hers)
    asker.folder("A", 1)
    asker.batch()
    assert request(asker.project, asker.user) == ["A/i-001"]


def test_the_order_of_the_handout_is_the_order_of_its_tasks(asker: Asker) -> None:
    asker.folder("A", 5)
    asker.batch()
    handout = request_tasks(asker.project, by=asker.user)
    assert handout.given == 5
    assert [task.pk for task in handout.tasks] == handout.task_ids
