"""People, projects and classes that are made or changed at once, on PostgreSQL."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import User
from annotation.errors import Refused
from annotation.members.classes import create_class, set_classes
from annotation.members.invite import invite_to_project, invite_to_workspace
from annotation.members.people import (
    deactivate,
    pause,
    remove_from_project,
    remove_from_workspace,
    set_project_role,
    set_workspace_role,
)
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import ProjectMembership, WorkspaceMembership
from tests.concurrency.together import together, won
from tests.members.test_groups import in_step

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

TIMES = 6


def test_one_person_invited_by_several_at_once_is_one_person(workspace, project, ada):
    for number in range(TIMES):
        email = f"new{number}@example.com"
        answers = together(
            partial(invite_to_project, project, email, "annotator", by=ada),
            partial(invite_to_project, project, email.upper(), "annotator", by=ada),
            partial(invite_to_workspace, workspace, email, "member", by=ada),
        )
        assert len(won(answers)) == 3
        assert len({answer.user.pk for answer in answers}) == 1
        in_step(User.objects.get(email=email))


def test_projects_and_workspaces_of_one_name_made_at_once_have_addresses_of_their_own(workspace, ada):
    made = together(*[partial(create_project, workspace, name="Night", by=ada)] * 4)
    assert len({project.slug for project in won(made)}) == 4
    made = together(*[partial(create_workspace, "Acme", owner=ada)] * 4)
    assert len({place.slug for place in won(made)}) == 4


def test_of_one_key_given_to_two_classes_at_once_one_is_refused(project, ada):
    answers = together(
        *(partial(create_class, project, name=name, color="#ff0000", key="5", by=ada) for name in "ABC"),
        *[partial(create_class, project, name="Same", color="#ff0000", by=ada)] * 2,
    )
    assert (len(won(answers[:3])), len(won(answers[3:]))) == (1, 1)
    together(
        partial(set_classes, project, [{"name": "A", "key": "1"}, {"name": "B", "key": "2"}], by=ada),
        partial(set_classes, project, [{"name": "B", "key": "1"}, {"name": "C", "key": "2"}], by=ada),
    )
    assert sorted(project.classes.values_list("name", flat=True)) in [["A", "B"], ["B", "C"]]


def test_roles_that_change_at_once_leave_one_role_and_its_group(workspace, project, ben, ada):
    for _ in range(TIMES):
        together(
            partial(set_project_role, project, ben, "qa", by=ada),
            partial(set_project_role, project, ben, "admin", by=ada),
            partial(pause, project, ben, True, by=ada),
            partial(remove_from_project, project, ben, by=ada),
            partial(set_workspace_role, workspace, ben, "admin", by=ada),
        )
        in_step(ben)
        set_workspace_role(workspace, ben, "member", by=ada)
        set_project_role(project, ben, "annotator", by=ada)


def test_whoever_leaves_the_workspace_while_they_get_a_role_is_out_or_wholly_in(workspace, project, ben, ada):
    for _ in range(TIMES):
        together(
            partial(remove_from_workspace, workspace, ben, by=ada),
            partial(set_project_role, project, ben, "qa", by=ada),
        )
        in_step(ben)
        if ProjectMembership.objects.filter(user=ben).exists():
            assert WorkspaceMembership.objects.filter(workspace=workspace, user=ben).exists()
        set_workspace_role(workspace, ben, "member", by=ada)
        set_project_role(project, ben, "annotator", by=ada)


def test_two_last_admins_who_leave_at_once_leave_one(workspace, ada, ben):
    for _ in range(TIMES):
        for user in [ada, ben]:
            user.is_active = True
            user.save(update_fields=["is_active"])
        set_workspace_role(workspace, ada, "admin", by=ben) if _is_gone(ada) else None
        set_workspace_role(workspace, ben, "admin", by=ada)
        answers = together(
            partial(remove_from_workspace, workspace, ada, by=ben), partial(deactivate, ben, by=ada)
        )
        assert [isinstance(answer, Refused) for answer in answers].count(True) == 1
        left = WorkspaceMembership.objects.filter(workspace=workspace, user__is_active=True)
        assert left.filter(role__in=["owner", "admin"]).count() == 1


def _is_gone(user: User) -> bool:
    return not WorkspaceMembership.objects.filter(user=user).exists()
