"""What Request Tasks says before it is pressed, and what people hold."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotation.access import project_access
from annotation.distribution.held import held_tasks, my_work
from annotation.distribution.preview import next_tasks, would_bring
from annotation.distribution.reasons import why_nothing
from annotation.distribution.requests import request_tasks
from annotation.models import Project, ProjectMembership, Task
from tests.distribution.names import names, sized, submitted
from tests.factories import assign, make_batch, make_folder, make_items


@pytest.fixture
def stocked(project: Project, ana: User) -> Project:
    """Ana's folder Z with three images, A with four and two in the root."""
    mine = make_folder(project, "Z")
    make_items(project, mine, 3, prefix="z")
    make_items(project, make_folder(project, "A"), 4, prefix="a")
    make_items(project, None, 2)
    make_batch(project)
    assign(mine, ana)
    return project


def test_it_says_how_many_come_and_from_where(stocked: Project, ana: User) -> None:
    offer = would_bring(project_access(ana, stocked))
    assert (offer.count, offer.may, offer.held, offer.kind, offer.number) == (9, True, 0, "annotate", 10)
    assert offer.sentence == ("You hold nothing open. The next 9 come from Z, your folder, A and the root.")


def test_what_it_shows_is_what_comes(stocked: Project, ana: User, ben: User) -> None:
    sized(stocked, 5)
    for user in (ana, ben):
        shown = names(next_tasks(stocked, user, 5))
        assert names(request_tasks(stocked, by=user).tasks) == shown


def test_looking_changes_nothing(stocked: Project, ana: User) -> None:
    would_bring(project_access(ana, stocked))
    next_tasks(stocked, ana, 3)
    assert not Task.objects.exclude(assignee=None).exists()


def test_unfinished_work_stands_in_the_way(stocked: Project, ana: User) -> None:
    request_tasks(sized(stocked, 4), by=ana)
    offer = would_bring(project_access(ana, stocked))
    assert (offer.count, offer.may, offer.held, offer.must_finish) == (0, True, 4, True)
    assert offer.sentence == "You hold 4 of 4. Finish these 4 images, then request the next 4."


def test_top_up_offers_the_rest(stocked: Project, ana: User) -> None:
    Project.objects.filter(pk=stocked.pk).update(request_policy="top_up")
    request_tasks(sized(stocked, 3), by=ana)
    sized(stocked, 5)
    offer = would_bring(project_access(ana, stocked))
    assert (offer.count, offer.held, offer.must_finish) == (2, 3, False)
    assert offer.sentence == "You hold 3 of 5. The next 2 come from A."


@pytest.mark.parametrize("role", ["admin", None])
def test_others_are_told_that_they_may_not(stocked: Project, ada: User, role: str | None) -> None:
    if role:
        ProjectMembership.objects.create(project=stocked, user=ada, role=role)
    offer = would_bring(project_access(ada, stocked))
    assert (offer.count, offer.may, offer.kind) == (0, False, None)
    assert offer.sentence.startswith("Only annotators and QAs")


def test_a_paused_person_is_offered_nothing(stocked: Project, ana: User) -> None:
    ProjectMembership.objects.filter(user=ana).update(is_paused=True)
    assert "paused" in would_bring(project_access(ana, stocked)).sentence
    assert next_tasks(stocked, ana, 5) == []


def test_nothing_comes_and_the_reasons_say_why(stocked: Project, quinn: User) -> None:
    offer = would_bring(project_access(quinn, stocked))
    assert (offer.count, offer.may) == (0, True)
    assert offer.sentence == "You hold nothing open. Nothing can come to you right now."
    assert [(r.code, r.n, r.sentence) for r in why_nothing(stocked, quinn)] == [
        ("being_annotated", 9, "9 are not annotated yet")
    ]


def test_the_offer_is_a_few_queries(stocked: Project, ana: User) -> None:
    access = project_access(ana, stocked)
    with CaptureQueriesContext(
        connection,
    ) as few:
        would_bring(access)
    for i in range(20):
        make_items(stocked, make_folder(stocked, f"M{i}"), 2)
    assert len(few) <= (4 if connection.vendor == "postgresql" else 10)


def test_held_tasks_come_in_queue_order(stocked: Project, ana: User) -> None:
    given = request_tasks(stocked, by=ana)
    assert [task.pk for task in held_tasks(stocked.pk, ana.pk)] == given.task_ids
    assert [task.pk for task in held_tasks(stocked.pk, ana.pk, "annotate")] == given.task_ids
    assert list(held_tasks(stocked.pk, ana.pk, "review")) == []


def test_my_work_counts_what_i_hold_and_what_came_back(stocked: Project, ana: User, mallory: User) -> None:
    request_tasks(sized(stocked, 4), by=ana)
    Task.objects.filter(pk=Task.objects.filter(assignee=ana)[0].pk).update(status="rejected")
    hers = Project.objects.get(name="Hers")
    ProjectMembership.objects.create(project=hers, user=ana, role="qa")
    work = my_work(ana)
    assert [(w.project.name, w.role, w.held, w.returned, w.offer.count) for w in work] == [
        ("Street scenes", "annotator", 4, 1, 0),
        ("Hers", "qa", 0, 0, 0),
    ]


def test_my_work_names_projects_where_i_was_only_given_something(stocked: Project, mallory: User) -> None:
    Task.objects.filter(pk=Task.objects.filter(stage_kind="annotate")[0].pk).update(assignee=mallory)
    assert ("Street scenes", None, 1) in [(w.project.name, w.role, w.held) for w in my_work(mallory)]


def test_my_work_offers_reviews_to_a_qa(stocked: Project, quinn: User, ben: User) -> None:
    submitted(stocked, ben, 3)
    (work,) = my_work(quinn)
    assert (work.offer.count, work.offer.kind) == (3, "review")
