"""What moves leave behind besides the statuses: who did it, why, versions, the end of a batch."""

from __future__ import annotations

import pytest

from annotation.distribution.requests import request_tasks
from annotation.editor.saves import save_annotations
from annotation.errors import Invalid, NothingToGive
from annotation.members.people import remove_from_project, set_project_role
from annotation.models import AnnotationVersion, Batch, Event, Item, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.complete import complete
from annotation.workflow.ending import complete_batch_if_done, sweep_batches
from annotation.workflow.reject import reject
from annotation.workflow.send_back import send_back
from annotation.workflow.skip import skip
from annotation.workflow.submit import submit
from tests.editor.test_saves import box
from tests.factories import make_batch, make_items


def review_of(task: Task) -> Task:
    return Task.objects.chain_of(task).get(stage_kind="review")


def test_a_submit_says_who_did_it_and_who_drew(held, ana, ada):
    submit(held[0].pk, by=ana)
    assert Task.objects.get(pk=held[0].pk).done_by == ana
    assert (review_of(held[0]).author, review_of(held[0]).previous_by) == (ana, ana)
    submit(held[1].pk, by=ada)
    assert Task.objects.get(pk=held[1].pk).done_by == ada
    assert (review_of(held[1]).author, review_of(held[1]).previous_by) == (ana, ada)


def test_the_event_of_an_admin_names_the_admin_and_the_door(held, ada):
    submit(held[0].pk, by=ada, door="api")
    event = Event.objects.get(task_id=held[0].pk, kind="submit")
    assert (event.actor_id, event.door, event.from_status, event.to_status) == (
        ada.pk,
        "api",
        "ready",
        "submitted",
    )


def test_nobody_checks_their_own_work(project, held, ana, ada, quinn):
    """Ana drew it; as a QA she does not get it, Quinn does."""
    for task in held:
        submit(task.pk, by=ana)
    set_project_role(project, ana, "qa", by=ada)
    with pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    assert request_tasks(project, by=quinn).given == 3


def test_a_project_may_allow_it(project, held, ana, ada):
    Project.objects.update(allows_self_review=True)
    for task in held:
        submit(task.pk, by=ana)
    set_project_role(project, ana, "qa", by=ada)
    project.refresh_from_db()
    assert request_tasks(project, by=ana).given == 3


def test_a_returned_image_comes_back_to_who_drew_it_with_the_reason_and_keeps_its_reviewer(
    project, held, ana, quinn
):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    reject(held[0].pk, by=quinn, reason="  One is missing.  ")
    task = Task.objects.get(pk=held[0].pk)
    assert (task.assignee, task.status, task.reason) == (ana, "rejected", "One is missing.")
    submit(held[0].pk, by=ana)
    assert (review_of(task).assignee, review_of(task).status) == (quinn, "ready")


def test_a_returned_image_of_somebody_who_left_is_free_for_the_next(project, held, ana, ben, quinn, ada):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    remove_from_project(project, ana, by=ada)
    reject(held[0].pk, by=quinn, reason="One is missing.")
    assert Task.objects.get(pk=held[0].pk).assignee is None
    assert held[0].pk in request_tasks(project, by=ben).task_ids


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\0b", None, 5])
def test_a_reason_is_a_text_of_at_most_2000_characters(project, held, ana, quinn, reason):
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    for move in [
        lambda: reject(held[0].pk, by=quinn, reason=reason),
        lambda: send_back(held[0].pk, by=quinn, stage_id=held[0].stage_id, reason=reason),
        lambda: skip(held[1].pk, by=ana, reason=reason),
    ]:
        with pytest.raises(Invalid) as refused:
            move()
        assert refused.value.facts["field"] == "reason"
    assert Item.objects.exclude(status__in=["quality_check", "not_started"]).count() == 0


def test_sending_back_needs_an_earlier_stage(project, held, ana, quinn):
    submit(held[0].pk, by=ana)
    [review] = request_tasks(project, by=quinn).tasks
    for stage_id in [review.stage_id, 0]:
        with pytest.raises(Invalid):
            send_back(review.pk, by=quinn, stage_id=stage_id, reason="Again.")


def test_what_was_submitted_accepted_and_completed_is_frozen_as_a_version(project, held, ana, quinn):
    save_annotations(held[0].pk, by=ana, version=0, objects=[box()])
    submit(held[0].pk, by=ana)
    request_tasks(project, by=quinn)
    accept(held[0].pk, by=quinn)
    frozen = AnnotationVersion.objects.order_by("pk")
    assert [(one.event, one.author, len(one.objects_json)) for one in frozen] == [
        ("submit", ana, 1),
        ("accept", quinn, 1),
    ]


def test_the_last_image_completes_its_batch(held, ada, django_capture_on_commit_callbacks):
    for task in held:
        assert Batch.objects.get().status == "in_progress"
        with django_capture_on_commit_callbacks(execute=True):
            complete(task.pk, by=ada)
    assert Batch.objects.get().status == "completed"
    assert Event.objects.filter(kind="batch_completed").count() == 1
    assert not complete_batch_if_done(Batch.objects.get().pk)


def test_a_batch_that_nobody_asked_about_is_found_by_the_sweep(held, ada):
    for task in held:
        complete(task.pk, by=ada)
    assert Batch.objects.get().status == "in_progress"
    assert sweep_batches() == 1
    assert (sweep_batches(), Batch.objects.get().status) == (0, "completed")


def test_a_batch_in_staging_or_empty_is_never_completed(project):
    make_batch(project, [], name="Empty")
    make_batch(project, make_items(project, n=1), name="Staging", status="staging")
    Task.objects.update(is_live=False, status="cancelled")
    assert sweep_batches() == 0
