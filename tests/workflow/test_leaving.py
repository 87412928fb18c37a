"""What goes back when a person goes."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.members.people import remove_from_project, set_project_role
from annotation.members.projects import create_project
from annotation.models import Event, Project, Stage, Task
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.give import give
from annotation.workflow.leaving import held_by_person, take_away
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from tests.cast import person
from tests.factories import assign, make_batch, make_folder, make_items


def test_leaving_takes_away_everything_that_has_not_ended(project, ana, ada):
    folder = make_folder(project, "A")
    assign(folder, ana)
    make_batch(project, make_items(project, folder, 4))
    Project.objects.update(request_policy="top_up")
    project.refresh_from_db()
    tasks = request_tasks(project, by=ana).tasks
    submit(tasks[0].pk, by=ana)
    complete(tasks[1].pk, by=ada)
    assert held_by_person(project, ana) == 3
    assert take_away(project, ana, by=ada) == 3
    assert Task.objects.get(pk=tasks[0].pk).done_by == ana
    assert Task.objects.get(pk=tasks[1].pk).assignee == ana
    assert not folder.assignments.exists()
    assert Event.objects.filter(kind="leave").count() == 3


@pytest.mark.parametrize("status", ["not_started", "in_progress", "quality_check", "returned"])
def test_what_goes_back_keeps_its_status_and_is_told(project, held, ana, ada, status):
    set_status([held[0].item_id], status, by=ada)
    was = Task.objects.get(pk=held[0].pk)
    remove_from_project(project, ana, by=ada)
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.given_at, task.status, task.done_by) == (None, None, was.status, was.done_by)
    told = Event.objects.get(kind="leave", task_id=task.pk)
    assert (told.from_holder_id, told.to_holder_id, told.actor_id) == (ana.pk, None, ada.pk)
    assert (told.from_status, told.to_status) == (was.status, was.status)


def test_what_was_handed_in_goes_through_its_check_without_them(project, held, ana, quinn, ada):
    submit(held[0].pk, by=ana)
    remove_from_project(project, ana, by=ada)
    request_tasks(project, by=quinn)
    assert accept(held[0].pk, by=quinn).status == "accepted"
    assert Task.objects.get(pk=held[0].pk).done_by == ana


def test_a_reviewer_who_leaves_gives_back_the_review_that_waits_for_them_too(project, held, ana, quinn, ada):
    for task in held[:2]:
        submit(task.pk, by=ana)
    request_tasks(project, by=quinn)
    reject(held[0].pk, by=quinn, reason="One is missing.")
    assert held_by_person(project, quinn) == 2
    assert remove_from_project(project, quinn, by=ada) == 2
    assert not Task.objects.filter(assignee=quinn).exists()


def test_what_ended_stays_theirs_in_the_records(project, held, ana, ada):
    skip(held[0].pk, by=ana, reason="Too dark.")
    complete(held[1].pk, by=ada)
    remove_from_project(project, ana, by=ada)
    assert set(Task.objects.filter(assignee=ana).values_list("pk", flat=True)) == {held[0].pk, held[1].pk}


def test_other_projects_and_other_people_keep_theirs(workspace, project, held, ana, ben, ada):
    other = create_project(workspace, name="Other", by=ada)
    set_project_role(other, ana, "annotator", by=ada)
    make_batch(other, make_items(other, n=1))
    give([held[0].pk], to=ben, by=ada)
    assert request_tasks(other, by=ana).given == 1
    assert remove_from_project(project, ana, by=ada) == 2
    assert Task.objects.get(pk=held[0].pk).assignee == ben
    assert Task.objects.get(assignee=ana).project == other


def test_work_sent_back_through_the_stage_of_somebody_who_left_waits_for_nobody(
    project, ana, ben, quinn, ada
):
    """Three stages: Ana labels, Ben refines, Quinn checks and sends it back to the labelling."""
    Stage.objects.filter(project=project, order=2).update(order=3)
    Stage.objects.create(project=project, name="Refining", kind="annotate", order=2)
    make_batch(project, make_items(project, n=1))
    label, refine, check = Task.objects.order_by("stage_order")
    for task, user in [(label, ana), (refine, ben), (check, quinn)]:
        give([task.pk], to=user, by=ada)
    submit(label.pk, by=ana)
    submit(refine.pk, by=ben)
    accept(refine.pk, by=quinn, keep_working=True)
    remove_from_project(project, ben, by=ada)
    assert Task.objects.get(pk=refine.pk).assignee == ben
    send_back(check.pk, by=quinn, stage_id=label.stage_id, reason="Wrong class.")
    waiting = Task.objects.get(pk=refine.pk)
    assert (waiting.status, waiting.assignee) == ("waiting", None)
    submit(label.pk, by=ana)
    cleo = person("Cleo")
    set_project_role(project, cleo, "annotator", by=ada)
    assert request_tasks(project, by=cleo).task_ids == [refine.pk]
