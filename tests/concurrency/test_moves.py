"""Moves that meet each other, on PostgreSQL: whoever is second is refused or sees what the first did."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import User
from annotation import background
from annotation.batches.life import cancel
from annotation.catalog.priorities import PriorityRow, set_priorities
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import load, save_annotations
from annotation.errors import NotHeld, Refused
from annotation.members.people import (
    deactivate,
    remove_from_project,
    set_project_role,
    set_workspace_role,
)
from annotation.models import Batch, Draft, Event, Item, Project, Stage, Task, WorkspaceMembership
from annotation.workflow import counts
from annotation.workflow.accept import accept
from annotation.workflow.cancel import cancel_chains, cancel_item
from annotation.workflow.complete import complete
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.set_status import set_status
from annotation.workflow.skip import skip
from annotation.workflow.start import start
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


def test_two_last_submits_of_two_stages_complete_their_batch_once(project, ana, quinn):
    """Submits of reviews: each accepts the work before it and ends its chain."""
    Project.objects.filter(pk=project.pk).update(request_policy="top_up")
    project.refresh_from_db()
    for _ in range(TIMES):
        tasks = held(project, ana, 2)
        for task in tasks:
            submit(task.pk, by=ana)
        reviews = request_tasks(project, by=quinn).tasks
        assert len(won(together(*(partial(submit, review.pk, by=quinn) for review in reviews)))) == 2
        assert Batch.objects.get(pk=tasks[0].batch_id).status == "completed"
        assert Event.objects.filter(batch_id=tasks[0].batch_id, kind="batch_completed").count() == 1
    check(project)


def test_an_image_reopened_while_the_last_one_ends_keeps_its_batch_running(quick, ana, ada):
    """Whoever is second sees the other: never a completed batch with a live chain."""
    for _ in range(TIMES):
        first, second = held(quick, ana, 2)
        complete(first.pk, by=ana)
        together(
            partial(complete, second.pk, by=ana),
            partial(set_status, [first.item_id], "in_progress", by=ada),
        )
        assert Task.objects.filter(pk=first.pk, is_live=True).exists()
        assert Batch.objects.get(pk=first.batch_id).status == "in_progress"
        end(quick, first)
    check(quick)


def test_whoever_leaves_while_they_submit_keeps_nothing_and_loses_nothing(project, ana, ada):
    """The submit counts or is refused; either way what they held is nobody's."""
    for _ in range(TIMES):
        tasks = held(project, ana, 3)
        answers = together(
            *(partial(submit, task.pk, by=ana) for task in tasks),
            partial(remove_from_project, project, ana, by=ada),
        )
        for task, answer in zip(tasks, answers, strict=False):
            now = Task.objects.get(pk=task.pk)
            was_late = isinstance(answer, Refused)
            assert (now.status, now.assignee) == ("ready" if was_late else "submitted", None)
            assert now.done_by == (None if was_late else ana)
        set_project_role(project, ana, "annotator", by=ada)
        for task in tasks:
            end(project, task)
    check(project)


def test_a_changed_role_meets_a_return_and_the_work_is_not_stuck(project, ana, quinn, ada):
    for _ in range(TIMES):
        task, review = submitted(project, ana, quinn)
        together(
            partial(reject, review_of(review), by=quinn, reason="Look again."),
            partial(set_project_role, project, ana, "qa", by=ada),
        )
        now = Task.objects.get(pk=task.pk)
        assert now.assignee is None or (now.assignee == ana and now.status == "rejected")
        set_project_role(project, ana, "annotator", by=ada)
        end(project, task)
    check(project)


def test_whoever_leaves_while_their_ended_work_is_reopened_does_not_keep_it(quick, ana, ada):
    for _ in range(TIMES):
        [task] = held(quick, ana)
        complete(task.pk, by=ana)
        together(
            partial(set_status, [task.item_id], "returned", by=ada),
            partial(remove_from_project, quick, ana, by=ada),
        )
        assert not Task.objects.filter(assignee=ana, is_live=True).exists()
        set_project_role(quick, ana, "annotator", by=ada)
        end(quick, task)
    check(quick)


def test_whoever_leaves_while_work_is_sent_back_past_them_does_not_keep_it(project, ana, ben, quinn, ada):
    """Three stages: Ben's refining is accepted already when Quinn sends the image back to the labelling."""
    Stage.objects.filter(project=project, order=2).update(order=3)
    Stage.objects.create(project=project, name="Refining", kind="annotate", order=2)
    for number in range(TIMES):
        batch = make_batch(project, make_items(project, prefix=f"b{number}"), name=f"Batch {number}")
        label, refine, look = Task.objects.filter(batch=batch).order_by("stage_order")
        for task, user in [(label, ana), (refine, ben), (look, quinn)]:
            give([task.pk], to=user, by=ada)
        submit(label.pk, by=ana)
        submit(refine.pk, by=ben)
        accept(refine.pk, by=quinn, keep_working=True)
        together(
            partial(send_back, look.pk, by=quinn, stage_id=label.stage_id, reason="Wrong class."),
            partial(remove_from_project, project, ben, by=ada),
        )
        assert not Task.objects.filter(assignee=ben, is_live=True).exists()
        set_project_role(project, ben, "annotator", by=ada)
        end(project, label)
    check(project)


def test_withdrawing_races_the_reviewer_who_opens_it(project, ana, quinn):
    for _ in range(TIMES):
        task, review = submitted(project, ana, quinn)
        answers = together(partial(withdraw, task.pk, by=ana), partial(start, review.pk, by=quinn))
        assert len(won(answers)) == 1
        review.refresh_from_db()
        assert review.status == ("waiting" if won([answers[0]]) else "in_progress")
        end(project, task)
    check(project)


def test_a_batch_that_is_cancelled_while_people_request_leaves_them_what_they_got(project, ana, ben, ada):
    """Only chains that nobody held at that moment end; nobody holds a cancelled one."""
    for number in range(TIMES):
        batch = make_batch(project, make_items(project, n=30, prefix=f"b{number}"), name=f"Batch {number}")
        answers = together(
            partial(request_tasks, project, by=ana),
            partial(request_tasks, project, by=ben),
            partial(cancel_chains, batch.pk, also_started=False, by=ada),
        )
        got = sum(answer.given for answer in won(answers[:2]))
        assert answers[2].done == 30 - got
        tasks = Task.objects.filter(batch=batch)
        assert not tasks.exclude(assignee=None).filter(status="cancelled").exists()
        assert not tasks.filter(is_live=True, stage_order=1, assignee=None).exists()
        cancel_chains(batch.pk, also_started=True, by=ada)
    check(project)


def test_bulk_changes_over_the_same_images_in_any_order_do_not_deadlock(project, ana, ben, ada):
    items = make_items(project, n=40)
    batch = make_batch(project, items)
    tasks = list(Task.objects.filter(batch=batch, stage_order=1).values_list("pk", flat=True))
    names = [item.name for item in items]
    for _ in range(TIMES):
        together(
            partial(give, tasks, to=ana, by=ada),
            partial(give, tasks[::-1], to=ben, by=ada),
            partial(release, tasks[::2], by=ada),
            partial(set_status, [item.pk for item in items[::-3]], "returned", by=ada),
            partial(set_priorities, project, [PriorityRow(name, None, 1.0) for name in names[::-1]], by=ada),
            *(partial(submit, pk, by=ana) for pk in tasks[:3]),
        )
    together(
        partial(cancel_chains, batch.pk, also_started=True, by=ada),
        partial(set_status, [item.pk for item in items], "returned", by=ada),
        partial(set_priorities, project, [PriorityRow(name, None, 2.0) for name in names], by=ada),
        *(partial(cancel_item, item.pk, by=ada) for item in items[:3]),
    )
    check(project)


def test_two_admins_who_demote_each_other_leave_one(workspace, ada, ben):
    for _ in range(TIMES):
        for user in [ada, ben]:
            WorkspaceMembership.objects.filter(user=user).update(role="admin")
        answers = together(
            partial(set_workspace_role, workspace, ada, "member", by=ben),
            partial(set_workspace_role, workspace, ben, "member", by=ada),
        )
        assert len(won(answers)) == 1
        assert WorkspaceMembership.objects.filter(workspace=workspace, role="admin").count() == 1


def test_counts_are_folded_and_recounted_while_work_goes_on(quick, ana, ada):
    tasks = held(quick, ana, 8)
    together(
        *(partial(complete, task.pk, by=ana) for task in tasks),
        *[counts.fold] * 2,
        partial(counts.recount, quick.pk),
    )
    check(quick)
    counts.fold()
    check(quick)


def review_of(review: Task) -> int:
    """The annotate task a reviewer decides about."""
    return Task.objects.chain_of(review).get(stage_kind="annotate").pk


def end(project: Project, task: Task) -> None:
    """Out of the way of the next round, whatever became of it."""
    task = Task.objects.get(pk=task.pk)
    if task.is_live:
        set_status([task.item_id], "completed", by=project.created_by)
