from __future__ import annotations

import pytest

from accounts.models import User
from annotation.distribution.assignments import assign_folder
from annotation.errors import Invalid
from annotation.models import Event, FolderAssignment, Project
from tests.factories import make_folder


def people(project: Project) -> set[tuple[str, str]]:
    return set(FolderAssignment.objects.filter(folder__project=project).values_list("user__name", "role"))


def test_people_are_replaced(project: Project, ana: User, ben: User, quinn: User, ada: User) -> None:
    folder = make_folder(project, "A")
    assign_folder(folder, annotators=[ana], qas=[quinn], by=ada)
    assign_folder(folder, annotators=[ben], qas=[quinn], by=ada)
    assert people(project) == {("Ben", "annotator"), ("Quinn", "qa")}
    last = Event.objects.filter(kind="assign_folder").order_by("id").last()
    assert last is not None
    assert last.project_id == project.pk
    assert last.actor_id == ada.pk
    assert last.detail["annotators"] == [ben.pk]
    assert last.detail["annotators_before"] == [ana.pk]


def test_nobody_opens_the_folder_again(project: Project, ana: User, ada: User) -> None:
    folder = make_folder(project, "A")
    assign_folder(folder, annotators=[ana, ana], qas=[], by=ada)
    assign_folder(folder, annotators=[], qas=[], by=ada)
    assert people(project) == set()


def test_the_same_people_again_leave_no_trace(project: Project, ana: User, ada: User) -> None:
    folder = make_folder(project, "A")
    for _ in range(2):
        assign_folder(folder, annotators=[ana], qas=[], by=ada)
    assert Event.objects.filter(kind="assign_folder").count() == 1


def test_the_root_cannot_be_assigned(project: Project, ana: User, ada: User) -> None:
    with pytest.raises(Invalid, match="The root is open to everybody"):
        assign_folder(project.folders.get(is_root=True), annotators=[ana], qas=[], by=ada)


def test_only_members_with_that_role_can_be_assigned(
    project: Project, ana: User, quinn: User, ada: User, mallory: User
) -> None:
    folder = make_folder(project, "A")
    for annotators, qas in (([quinn], []), ([], [ana]), ([mallory], []), ([ada], [])):
        with pytest.raises(Invalid, match=r"of this project\. Give them that role"):
            assign_folder(folder, annotators=annotators, qas=qas, by=ada)
    assert people(project) == set()
    assert not Event.objects.filter(kind="assign_folder").exists()
