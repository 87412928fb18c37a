"""Who may ask, how many they get, and the sentence when nothing comes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.errors import MayNotRequest, NothingToGive, Unfinished
from annotation.models import (
    Batch,
    BatchOffer,
    Event,
    IdempotentAnswer,
    Job,
    Project,
    ProjectMembership,
    Task,
)
from annotation.workflow import counts
from tests.distribution.names import request, sized, submitted
from tests.factories import assign, make_batch, make_folder, make_items


@pytest.fixture
def stocked(project: Project) -> Project:
    """Folder A with three images and two in the root, all in a running batch."""
    make_items(project, make_folder(project, "A"), 3, prefix="i")
    make_items(project, None, 2)
    make_batch(project)
    return project


def role(project: Project, user: User, role: str) -> None:
    ProjectMembership.objects.update_or_create(project=project, user=user, defaults={"role": role})


def test_an_admin_of_the_workspace_is_not_handed_work(stocked: Project, ada: User) -> None:
    with pytest.raises(MayNotRequest, match="Only annotators and QAs of Street scenes request tasks"):
        request_tasks(stocked, by=ada)


def test_a_project_admin_is_not_handed_work(stocked: Project, ben: User) -> None:
    role(stocked, ben, "admin")
    with pytest.raises(MayNotRequest, match="you are neither"):
        request_tasks(stocked, by=ben)


def test_a_workspace_admin_who_is_also_listed_as_annotator_is(stocked: Project, ada: User) -> None:
    role(stocked, ada, "annotator")
    assert request_tasks(stocked, by=ada).given == 5


def test_a_stranger_is_not_handed_work(stocked: Project, mallory: User) -> None:
    with pytest.raises(MayNotRequest):
        request_tasks(stocked, by=mallory)


def test_a_paused_person_is_told_so(stocked: Project, ana: User) -> None:
    ProjectMembership.objects.filter(user=ana).update(is_paused=True)
    with pytest.raises(MayNotRequest, match="You are paused in Street scenes"):
        request_tasks(stocked, by=ana)
    assert not Task.objects.filter(assignee=ana).exists()


def test_a_deactivated_person_gets_nothing(stocked: Project, ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    with pytest.raises(MayNotRequest, match="switched off"):
        request_tasks(stocked, by=ana)


def test_a_project_on_hold_hands_out_nothing(stocked: Project, ana: User) -> None:
    Project.objects.filter(pk=stocked.pk).update(is_on_hold=True)
    with pytest.raises(MayNotRequest, match="Street scenes is on hold"):
        request_tasks(stocked, by=ana)


def test_a_folder_on_hold_is_passed_over(stocked: Project, ana: User) -> None:
    stocked.folders.filter(name="A").update(is_on_hold=True)
    assert request(stocked, ana) == ["img-001", "img-002"]


def test_unfinished_work_refuses_and_says_how_many_and_where(stocked: Project, ana: User) -> None:
    request_tasks(stocked, by=ana)
    with pytest.raises(Unfinished) as told:
        request_tasks(stocked, by=ana)
    assert told.value.sentence == (
        "You hold 5 of 10 in Street scenes: 3 in A and 2 in the root. "
        "Finish these 5 images, then request the next 10."
    )
    assert told.value.facts["held"] == 5
    assert [(w["project"], w["folder"], w["n"]) for w in told.value.facts["where"]] == [
        ("Street scenes", "A", 3),
        ("Street scenes", None, 2),
    ]


@pytest.mark.parametrize("status", ["ready", "in_progress", "rejected"])
def test_each_open_status_counts_as_unfinished(stocked: Project, ana: User, status: str) -> None:
    Task.objects.filter(stage_kind="annotate").update(assignee=ana, status="submitted")
    Task.objects.filter(pk=Task.objects.filter(stage_kind="annotate")[0].pk).update(status=status)
    with pytest.raises(Unfinished, match=r"You hold 1 of 10 .* Finish this image"):
        request_tasks(stocked, by=ana)


def test_what_waits_or_is_submitted_does_not_count(stocked: Project, ana: User) -> None:
    one, two, *_ = Task.objects.filter(stage_kind="annotate").order_by("id")
    Task.objects.filter(pk=one.pk).update(assignee=ana, status="submitted")
    Task.objects.filter(pk=two.pk).update(assignee=ana, status="waiting")
    assert request_tasks(stocked, by=ana).given == 3


def test_work_of_the_other_stage_kind_does_not_count(stocked: Project, ana: User) -> None:
    Task.objects.filter(pk=Task.objects.filter(stage_kind="review")[0].pk).update(
        assignee=ana, status="ready"
    )
    assert request_tasks(stocked, by=ana).given == 5


def test_work_a_job_gave_counts_and_the_job_is_named(stocked: Project, ana: User) -> None:
    due = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
    job = Job.objects.create(project=stocked, name="Monday drop", due_at=due)
    given = Task.objects.filter(stage_kind="annotate").order_by("id")[:2]
    Task.objects.filter(pk__in=[task.pk for task in given]).update(assignee=ana, job=job)
    with pytest.raises(Unfinished, match=r"2 of the job Monday drop \(due 18 Nov 2026\)") as told:
        request_tasks(stocked, by=ana)
    assert told.value.facts["where"][0]["job"] == "Monday drop"


def test_top_up_fills_to_the_number(stocked: Project, ana: User) -> None:
    sized(stocked, 3)
    Project.objects.filter(pk=stocked.pk).update(request_policy="top_up")
    assert request(stocked, ana) == ["A/i-001", "A/i-002", "A/i-003"]
    with pytest.raises(Unfinished, match=r"You hold 3 of 3 .* Finish one and you can request another"):
        request_tasks(stocked, by=ana)
    Task.objects.filter(pk=Task.objects.filter(assignee=ana)[0].pk).update(status="submitted")
    assert request(stocked, ana) == ["img-001"]


@pytest.mark.parametrize("number", [1, 200])
def test_the_smallest_and_the_largest_portion(project: Project, ana: User, number: int) -> None:
    make_items(project, None, 230)
    make_batch(project)
    assert request_tasks(sized(project, number), by=ana).given == number


def test_without_a_batch_nothing_is_given_and_it_says_so(project: Project, ana: User) -> None:
    make_items(project, None, 3)
    with pytest.raises(NothingToGive) as told:
        request_tasks(project, by=ana)
    assert told.value.facts["reasons"] == {"no_batch": 3}
    assert told.value.sentence == (
        "Nothing to hand out to you right now. 3 images of Street scenes still need work; "
        "none can come to you: 3 are in no batch that has started."
    )


def test_an_empty_project_says_that_nothing_needs_work(project: Project, ana: User) -> None:
    with pytest.raises(NothingToGive, match="no image of Street scenes needs work") as told:
        request_tasks(project, by=ana)
    assert told.value.facts["reasons"] == {}


def test_the_reasons_add_up(project: Project, ana: User, ben: User) -> None:
    theirs, held, held_back = (make_folder(project, name) for name in ("Bens", "Held", "On hold"))
    assign(theirs, ben)
    make_batch(project, make_items(project, theirs, 6), name="Bens")
    make_batch(project, make_items(project, held, 5), name="Held")
    Task.objects.filter(folder=held, stage_kind="annotate").update(assignee=ben)
    make_batch(project, make_items(project, held_back, 4), name="On hold")
    held_back.is_on_hold = True
    held_back.save()
    make_batch(project, make_items(project, None, 3), name="Paused", status="paused")
    quiet = make_batch(project, make_items(project, None, 2, prefix="offered"), name="For Ben")
    Batch.objects.filter(pk=quiet.pk).update(offered_to_everyone=False)
    BatchOffer.objects.create(batch=quiet, user=ben)
    make_items(project, None, 1, prefix="new")
    with pytest.raises(NothingToGive) as told:
        request_tasks(project, by=ana)
    assert told.value.facts["reasons"] == {
        "folder_of_others": 6,
        "held_by_others": 5,
        "folder_on_hold": 4,
        "batch_paused": 3,
        "batch_not_offered": 2,
        "no_batch": 1,
    }
    assert "21 images of Street scenes still need work" in told.value.sentence
    assert "1 is in no batch that has started" in told.value.sentence


def test_a_batch_offered_to_some_comes_only_to_them(project: Project, ana: User, ben: User) -> None:
    make_items(project, None, 2)
    batch = make_batch(project)
    Batch.objects.filter(pk=batch.pk).update(offered_to_everyone=False)
    BatchOffer.objects.create(batch=batch, user=ben)
    with pytest.raises(NothingToGive):
        request_tasks(project, by=ana)
    assert request_tasks(project, by=ben).given == 2


def test_a_qa_gets_quality_check_only(stocked: Project, quinn: User, ben: User) -> None:
    submitted(stocked, ben, 2)
    tasks = request_tasks(stocked, by=quinn).tasks
    assert [(task.stage_kind, task.status) for task in tasks] == [("review", "ready")] * 2


def test_an_annotator_never_gets_a_review(stocked: Project, ana: User, ben: User) -> None:
    submitted(stocked, ben, 4)
    assert [task.stage_kind for task in request_tasks(stocked, by=ana).tasks] == ["annotate"]


@pytest.mark.parametrize("field", ["author", "previous_by"])
def test_nobody_reviews_their_own_work(stocked: Project, quinn: User, ben: User, field: str) -> None:
    submitted(stocked, ben)
    reviews = Task.objects.filter(stage_kind="review").order_by("id")
    Task.objects.filter(pk=reviews[0].pk).update(**{field: quinn})
    assert reviews[0].pk not in request_tasks(stocked, by=quinn).task_ids


def test_own_work_is_the_reason_when_only_that_is_left(stocked: Project, quinn: User) -> None:
    submitted(stocked, quinn, 2)
    root = stocked.folders.get(is_root=True)
    counts.add_deltas(
        stocked.pk, [("folder", root.pk, "not_started", -2), ("folder", root.pk, "quality_check", 2)]
    )
    Task.objects.filter(status="submitted").update(folder=root)
    Task.objects.filter(stage_kind="review", status="ready").update(folder=root)
    with pytest.raises(NothingToGive) as told:
        request_tasks(stocked, by=quinn)
    assert told.value.facts["reasons"] == {"own_work": 2, "being_annotated": 3}


def test_a_project_may_allow_self_review(stocked: Project, quinn: User) -> None:
    submitted(stocked, quinn)
    Project.objects.filter(pk=stocked.pk).update(allows_self_review=True)
    assert request_tasks(stocked, by=quinn).given == 5


def test_what_belongs_to_a_job_is_not_handed_out(stocked: Project, ana: User) -> None:
    job = Job.objects.create(project=stocked, name="J")
    Task.objects.filter(folder__name="A").update(job=job)
    assert request(stocked, ana) == ["img-001", "img-002"]


def test_objects_and_attributes_are_not_handed_out(stocked: Project, ana: User) -> None:
    task = Task.objects.filter(stage_kind="annotate").order_by("id")[0]
    for target in ("object", "frame_attribute"):
        Task.objects.create(
            project=stocked,
            folder_id=task.folder_id,
            stage_id=task.stage_id,
            batch_id=task.batch_id,
            item_id=task.item_id,
            target=target,
            part=target,
            stage_kind="annotate",
            stage_order=task.stage_order,
            status="ready",
            sort_key="",
        )
    assert {task.target for task in request_tasks(stocked, by=ana).tasks} == {"frame"}


def test_a_sequence_counts_as_one_in_the_place_of_its_folder(stocked: Project, ana: User) -> None:
    folder = make_folder(stocked, "Drive")
    task = Task.objects.filter(stage_kind="annotate").order_by("id")[0]
    Task.objects.create(
        project=stocked,
        folder=folder,
        stage_id=task.stage_id,
        batch_id=task.batch_id,
        target="sequence",
        stage_kind="annotate",
        stage_order=task.stage_order,
        status="ready",
        sort_key=folder.sort_key,
    )
    tasks = request_tasks(sized(stocked, 4), by=ana).tasks
    assert [(task.folder.name, task.target) for task in tasks] == [("A", "frame")] * 3 + [
        ("Drive", "sequence")
    ]


def test_a_request_keeps_the_status_and_leaves_an_event_each(stocked: Project, ana: User) -> None:
    Task.objects.filter(stage_kind="annotate", folder__name="A").update(status="rejected")
    handout = request_tasks(stocked, by=ana, door="api")
    tasks = handout.tasks
    assert [task.status for task in tasks] == ["rejected"] * 3 + ["ready"] * 2
    assert all(task.assignee_id == ana.pk and task.given_at is not None for task in tasks)
    assert set(stocked.items.values_list("status", flat=True)) == {"not_started"}
    events = list(Event.objects.filter(kind="claim").order_by("id"))
    assert [
        (e.task_id, e.item_id, e.batch_id, e.project_id, e.actor_id, e.to_holder_id, e.from_holder_id)
        for e in events
    ] == [(t.pk, t.item_id, t.batch_id, stocked.pk, ana.pk, ana.pk, None) for t in tasks]
    assert [(e.from_status, e.to_status, e.door) for e in events] == [
        (t.status, t.status, "api") for t in tasks
    ]
    assert all(abs((timezone.now() - e.at).total_seconds()) < 60 for e in events)


def test_the_same_key_brings_the_same_answer(stocked: Project, ana: User) -> None:
    sized(stocked, 2)
    first = request_tasks(stocked, by=ana, idempotency_key="k")
    Task.objects.filter(assignee=ana).update(status="submitted")
    assert request_tasks(stocked, by=ana, idempotency_key="k").task_ids == first.task_ids
    assert Task.objects.filter(assignee=ana).count() == 2
    assert request_tasks(stocked, by=ana, idempotency_key="other").task_ids != first.task_ids


def test_a_key_is_forgotten_after_ten_minutes(stocked: Project, ana: User) -> None:
    sized(stocked, 2)
    first = request_tasks(stocked, by=ana, idempotency_key="k")
    Task.objects.filter(assignee=ana).update(status="submitted")
    IdempotentAnswer.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    assert request_tasks(stocked, by=ana, idempotency_key="k").task_ids != first.task_ids


def test_a_key_belongs_to_one_person(stocked: Project, ana: User, ben: User) -> None:
    sized(stocked, 2)
    first = request_tasks(stocked, by=ana, idempotency_key="k")
    assert not set(first.task_ids) & set(request_tasks(stocked, by=ben, idempotency_key="k").task_ids)


def test_a_refusal_is_asked_anew(stocked: Project, ana: User) -> None:
    sized(stocked, 2)
    request_tasks(stocked, by=ana)
    with pytest.raises(Unfinished):
        request_tasks(stocked, by=ana, idempotency_key="k")
    Task.objects.filter(assignee=ana).update(status="submitted")
    assert request_tasks(stocked, by=ana, idempotency_key="k").given == 2


@pytest.mark.parametrize("key", ["x" * 5000, "nul\0nul", "\ud800"])
def test_any_key_will_do(stocked: Project, ana: User, key: str) -> None:
    assert request_tasks(stocked, by=ana, idempotency_key=key).given == 5
