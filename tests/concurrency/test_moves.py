"""Moves that meet each other, on PostgreSQL: whoever is second is refused or sees what the first did."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import User
from annotation.batches.life import cancel
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import load, save_annotations
from annotation.errors import NotHeld, Refused
from annotation.members.people import (
    deactivate,
    remove_from_project,
    set_project_role,
    set_workspace_role,
)
from annotation.models import Batch, Draft, Event, Item, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from annotation.workflow.withdraw import withdraw
from tests.concurrency.together import held_open, together, won
from tests.concurrency.truth import OPEN, check
from tests.editor.test_saves import box
from tests.factories import make_batch, make_items

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TIMES = 8


@pytest.fixture
def quick(project: Project) -> Project:
    """A project whose annotators may complete, so that a batch can end by their hands."""
    Project.objects.filter(pk=project.pk).update(annotator_may_complete=True, request_policy="top_up")
    project.refresh_from_db()
    return project


def held(project: Project, user: User, n: int = 1) -> list[Task]:
    """`n` images of a new batch in the hands of `user`."""
    number = Batch.objects.count()
    make_batch(project, make_items(project, n=n, prefix=f"b{number}"), name=f"Batch {number}")
    return request_tasks(project, by=user).tasks


def submitted(project: Project, annotator: User, reviewer: User) -> tuple[Task, Task]:
    """(annotate task, review task) of an image that the reviewer holds."""
    [task] = held(project, annotator)
    submit(task.pk, by=annotator)
    [review] = request_tasks(project, by=reviewer).tasks
    return task, review


def test_four_submits_of_one_image_are_one(project, ana):
    for _ in range(TIMES):
        [task] = held(project, ana)
        answers = together(*[partial(submit, task.pk, by=ana)] * 4)
        assert len(won(answers)) == 1
        assert Event.objects.filter(task_id=task.pk, kind="submit", to_status="submitted").count() == 1
    check(project)


def test_two_last_images_that_end_at_once_complete_their_batch_once(quick, ana, ben):
    for _ in range(TIMES):
        number = Batch.objects.count()
        batch = make_batch(quick, make_items(quick, n=2, prefix=f"b{number}"), name=f"Batch {number}")
        first, second = (task.pk for task in Task.objects.filter(batch=batch, stage_order=1))
        give([first], to=ana, by=quick.created_by)
        give([second], to=ben, by=quick.created_by)
        assert len(won(together(partial(complete, first, by=ana), partial(complete, second, by=ben)))) == 2
        batch.refresh_from_db()
        assert batch.status == "completed"
        assert Event.objects.filter(batch_id=batch.pk, kind="batch_completed").count() == 1
    check(quick)


def test_withdrawing_races_accepting_and_one_of_them_wins(project, ana, quinn):
    for _ in range(TIMES):
        task, review = submitted(project, ana, quinn)
        answers = together(partial(withdraw, task.pk, by=ana), partial(accept, review_of(review), by=quinn))
        assert len(won(answers)) == 1
        task.refresh_from_db()
        assert task.status in {"in_progress", "accepted"}
        end(project, task)
    check(project)


def test_accepting_races_returning(project, ana, quinn, ada):
    for _ in range(TIMES):
        task, review = submitted(project, ana, quinn)
        answers = together(
            partial(accept, review_of(review), by=quinn),
            partial(reject, review_of(review), by=ada, reason="Look again."),
        )
        assert len(won(answers)) == 1
        end(project, task)
    check(project)


def test_whoever_is_removed_while_work_is_returned_to_them_does_not_keep_it(project, ana, quinn, ada):
    for _ in range(TIMES):
        task, review = submitted(project, ana, quinn)
        together(
            partial(reject, review_of(review), by=quinn, reason="Look again."),
            partial(remove_from_project, project, ana, by=ada),
        )
        assert not Task.objects.filter(assignee=ana, is_live=True, status__in=OPEN).exists()
        set_project_role(project, ana, "annotator", by=ada)
        end(project, task)
    check(project)


def test_a_deactivated_person_keeps_nothing_that_was_given_at_that_moment(project, ana, ada):
    for _ in range(TIMES):
        number = Batch.objects.count()
        batch = make_batch(project, make_items(project, n=3, prefix=f"b{number}"), name=f"Batch {number}")
        tasks = list(Task.objects.filter(batch=batch, stage_order=1).values_list("pk", flat=True))
        together(partial(give, tasks, to=ana, by=ada), partial(deactivate, ana, by=ada))
        assert not Task.objects.filter(assignee=ana, is_live=True, status__in=OPEN).exists()
        User.objects.filter(pk=ana.pk).update(is_active=True)
        ana.refresh_from_db()
    check(project)


def test_a_release_races_a_submit(project, ana, ada):
    """Either the work is handed on, or nobody holds it and the submit was refused."""
    for _ in range(TIMES):
        [task] = held(project, ana)
        answers = together(partial(submit, task.pk, by=ana), partial(release, [task.pk], by=ada))
        task.refresh_from_db()
        assert task.status == ("ready" if isinstance(answers[0], Refused) else "submitted")
        end(project, task)
    check(project)


def test_giving_to_two_people_at_once_leaves_one_holder(project, ana, ben, ada):
    for _ in range(TIMES):
        [task] = held(project, ana)
        together(
            partial(give, [task.pk], to=ben, by=ada),
            partial(give, [task.pk], to=ana, by=ada),
            partial(release, [task.pk], by=ada),
        )
        end(project, task)
    check(project)


def test_a_save_that_meets_a_release_is_saved_or_kept_as_a_draft(project, ana, ada):
    for _ in range(TIMES):
        [task] = held(project, ana)
        saved, _ = together(
            partial(save_annotations, task.pk, by=ana, version=0, objects=[]),
            partial(release, [task.pk], by=ada),
        )
        if isinstance(saved, Refused):
            assert isinstance(saved, NotHeld)
            assert Draft.objects.filter(task=task, author=ana).exists()
        else:
            assert load(task).version == 1
        end(project, task)
    check(project)


def test_two_different_saves_of_one_version_are_one(project, ana):
    for _ in range(TIMES):
        [task] = held(project, ana)
        answers = together(
            *(partial(save_annotations, task.pk, by=ana, version=0, objects=[box(x)]) for x in (1, 2, 3))
        )
        assert len(won(answers)) == 1
        assert load(task).version == 1
        end(project, task)


def test_a_bulk_set_status_races_the_people_at_work(project, ana, ada):
    for _ in range(TIMES):
        tasks = held(project, ana, 6)
        items = [task.item_id for task in tasks]
        together(
            partial(set_status, items, "completed", by=ada),
            *(partial(submit, task.pk, by=ana) for task in tasks[:3]),
            *(partial(skip, task.pk, by=ana, reason="Too dark.") for task in tasks[3:]),
        )
        for pk in items:
            end(project, Task.objects.filter(item=pk, stage_order=1).latest("pk"))
    check(project)


def test_a_cancelled_batch_and_its_submits_leave_no_half_chain(project, ana, ada):
    from annotation import background

    for _ in range(TIMES):
        tasks = held(project, ana, 4)
        batch = tasks[0].batch
        operation, *_ = together(
            partial(cancel, batch, by=ada, also_started=True),
            *(partial(submit, task.pk, by=ana) for task in tasks),
        )
        background.run_now(operation)
        batch.refresh_from_db()
        assert batch.status == "cancelled"
        assert not Task.objects.filter(batch=batch, is_live=True).exists()
    check(project)


def test_a_request_does_not_wait_for_a_move_that_takes_long(project, ana, ben):
    """Somebody's open transaction over one image hides that image alone."""
    first, *_ = held(project, ana, 3)
    release([task.pk for task in Task.objects.filter(assignee=ana)], by=project.created_by)
    with held_open(lambda: Item.objects.select_for_update().get(pk=first.item_id)):
        assert request_tasks(project, by=ben).given == 3
    check(project)


def test_an_admin_who_is_demoted_while_work_is_given_to_them_does_not_keep_it(project, ada, ben):
    """Ben reaches the project as an admin of the workspace alone."""
    remove_from_project(project, ben, by=ada)
    for _ in range(TIMES):
        set_workspace_role(project.workspace, ben, "admin", by=ada)
        number = Batch.objects.count()
        batch = make_batch(project, make_items(project, n=3, prefix=f"b{number}"), name=f"Batch {number}")
        tasks = list(Task.objects.filter(batch=batch, stage_order=1).values_list("pk", flat=True))
        together(
            partial(give, tasks, to=ben, by=ada),
            partial(set_workspace_role, project.workspace, ben, "member", by=ada),
        )
        assert not Task.objects.filter(assignee=ben, is_live=True).exists()
    check(project)


def review_of(review: Task) -> int:
    """The annotate task a reviewer decides about."""
    return Task.objects.chain_of(review).get(stage_kind="annotate").pk


def end(project: Project, task: Task) -> None:
    """Out of the way of the next round, whatever became of it."""
    task = Task.objects.get(pk=task.pk)
    if task.is_live:
        set_status([task.item_id], "completed", by=project.created_by)
