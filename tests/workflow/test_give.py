"""Giving and releasing."""

from __future__ import annotations

import pytest

from annotation.errors import Forbidden, Invalid, Refused
from annotation.members.people import deactivate, pause, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import Event, ProjectMembership, Task
from annotation.workflow.complete import complete
from annotation.workflow.give import give, release
from annotation.workflow.set_status import set_status
from annotation.workflow.submit import submit
from tests.cast import person
from tests.factories import make_batch, make_items


def test_giving_says_of_each_what_it_could_not(held, ben, ada, mallory):
    complete(held[0].pk, by=ada)
    moved = give([held[0].pk, held[1].pk, 999_999], to=ben, by=ada)
    assert moved.done == [held[1].pk]
    assert {pk for pk, _ in moved.refused} == {held[0].pk, 999_999}
    with pytest.raises(Invalid):
        give([held[1].pk], to=mallory, by=ada)
    with pytest.raises(Refused):
        give([held[1].pk], to=ben, by=ben)
    assert Task.objects.get(pk=held[1].pk).assignee == ben


def test_releasing_twice_tells_once(held, ada):
    release([held[0].pk], by=ada)
    release([held[0].pk], by=ada)
    assert Event.objects.filter(task_id=held[0].pk, kind="release").count() == 1
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.given_at) == (None, None)


@pytest.mark.parametrize("status", ["not_started", "in_progress", "quality_check", "returned"])
def test_only_the_holder_changes_and_history_says_from_whom_to_whom(held, ana, ben, ada, status):
    set_status([held[0].item_id], status, by=ada)
    was = Task.objects.get(pk=held[0].pk).status
    give([held[0].pk], to=ben, by=ada, door="api")
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.status) == (ben, was)
    assert task.given_at is not None
    told = Event.objects.get(kind="give")
    assert (told.actor_id, told.door) == (ada.pk, "api")
    assert (told.from_holder_id, told.to_holder_id) == (ana.pk, ben.pk)
    assert (told.from_status, told.to_status) == (was, was)


def test_giving_to_who_holds_it_already_tells_nothing(held, ana, ada):
    assert give([held[0].pk, held[0].pk], to=ana, by=ada).done == [held[0].pk]
    assert not Event.objects.filter(kind="give").exists()


def test_a_paused_person_can_be_given_work(project, held, ben, ada):
    pause(project, ben, True, by=ada)
    assert give([held[0].pk], to=ben, by=ada).done == [held[0].pk]


def test_giving_does_not_change_a_role(project, held, quinn, ada):
    """A QA may be given an image to annotate, and may then submit it."""
    give([held[0].pk], to=quinn, by=ada)
    assert ProjectMembership.objects.get(project=project, user=quinn).role == "qa"
    assert submit(held[0].pk, by=quinn).status == "submitted"


def test_a_workspace_admin_without_a_role_may_be_given_work_and_a_plain_member_not(project, held, ada):
    nora = person("Nora")
    for role in ["admin", "owner"]:
        set_workspace_role(project.workspace, nora, role, by=ada)
        assert give([held[0].pk], to=nora, by=ada).done
    set_workspace_role(project.workspace, nora, "member", by=ada)
    with pytest.raises(Invalid, match="has no role"):
        give([held[0].pk], to=nora, by=ada)


def test_nothing_is_given_to_who_left_or_was_deactivated(project, held, ben, ada):
    deactivate(ben, by=ada)
    with pytest.raises(Invalid):
        give([held[0].pk], to=ben, by=ada)
    with pytest.raises(Invalid):
        give([held[0].pk], to=person("Stranger"), by=ada)


def test_tasks_of_two_projects_need_the_right_in_both(project, held, ben, ada, mallory):
    hers = create_project(create_workspace("Third", owner=mallory), name="Third", by=mallory)
    make_batch(hers, make_items(hers, n=1))
    theirs = Task.objects.get(project=hers, stage_order=1)
    with pytest.raises(Refused):
        give([held[0].pk, theirs.pk], to=ben, by=ada)
    with pytest.raises(Refused):
        release([held[0].pk, theirs.pk], by=mallory)
    assert Task.objects.get(pk=held[0].pk).assignee == held[0].assignee


def test_many_are_released_in_slices(project, held, ana, ada, monkeypatch):
    monkeypatch.setattr("annotation.workflow.give.AT_ONCE", 2)
    pks = [task.pk for task in held]
    assert release(pks, by=ada).done == pks
    assert not Task.objects.filter(assignee=ana).exists()


def test_whoever_lost_it_may_not_submit_it(held, ana, ben, ada):
    give([held[0].pk], to=ben, by=ada)
    with pytest.raises(Refused, match="Ben holds this image"):
        submit(held[0].pk, by=ana)
    with pytest.raises(Forbidden):
        release([held[0].pk], by=ben)
