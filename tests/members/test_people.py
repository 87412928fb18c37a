"""Roles: what they give through guardian, what goes with them, and who must stay."""

from __future__ import annotations

import pytest
from guardian.shortcuts import get_perms

from accounts.keys import create_key, find_key
from accounts.models import User
from annotation import access
from annotation.distribution.requests import request_tasks
from annotation.errors import Invalid, NotFound, Refused
from annotation.members.invite import find_or_make, invite_to_project, password_link
from annotation.members.pending import may_hand_link
from annotation.members.people import (
    activate,
    deactivate,
    pause,
    remove_from_project,
    remove_from_workspace,
    set_project_role,
    set_workspace_role,
)
from annotation.members.projects import create_project
from annotation.models import Event, Project, ProjectMembership, Task, WorkspaceMembership
from annotation.workflow.give import give
from tests.cast import person
from tests.factories import assign, make_batch, make_folder, make_items


def rights(user: User, project: Project) -> set[str]:
    return set(get_perms(User.objects.get(pk=user.pk), project))


@pytest.mark.parametrize("role", ["annotator", "qa", "admin"])
def test_a_role_is_a_guardian_group_and_nothing_else(project, ben, ada, role):
    set_project_role(project, ben, role, by=ada)
    assert rights(ben, project) == set(access.PROJECT_PERMISSIONS[role])
    assert [group.name for group in ben.groups.filter(name__startswith="project:")] == [
        access.project_group_name(project.pk, role)
    ]
    assert not ben.user_permissions.exists()


def test_whoever_is_removed_has_no_right_left(project, ben, ada):
    remove_from_project(project, ben, by=ada)
    assert rights(ben, project) == set()
    with pytest.raises(NotFound):
        access.project_access(ben, project)


def test_a_workspace_admin_reaches_projects_without_a_row_in_them(project, ada):
    assert not ProjectMembership.objects.filter(user=ada).exists()
    standing = access.project_access(ada, project)
    assert (standing.is_admin, standing.role) == (True, None)


@pytest.mark.parametrize(("role", "staff"), [("owner", True), ("admin", True), ("member", False)])
def test_staff_follows_the_workspace_role(workspace, project, ben, ada, role, staff):
    set_workspace_role(workspace, ben, role, by=ada)
    assert User.objects.get(pk=ben.pk).is_staff is staff


def test_staff_stays_as_long_as_one_workspace_is_administered(workspace, mallory, ada):
    set_workspace_role(workspace, mallory, "admin", by=ada)
    remove_from_workspace(workspace, mallory, by=ada)
    assert User.objects.get(pk=mallory.pk).is_staff


def test_the_same_role_again_takes_nothing_away(project, ana, ada):
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=ana)
    set_project_role(project, ana, "annotator", by=ada)
    assert Task.objects.filter(assignee=ana).count() == 2
    assert Event.objects.filter(kind="role", to_holder_id=ana.pk).count() == 1


def test_another_role_takes_work_and_folders(project, ana, ada):
    folder = make_folder(project, "A")
    assign(folder, ana)
    make_batch(project, make_items(project, folder, 2))
    request_tasks(project, by=ana)
    set_project_role(project, ana, "qa", by=ada)
    assert not Task.objects.filter(assignee=ana).exists()
    assert not folder.assignments.exists()


def test_pausing_and_resuming_tells_once_each_and_takes_nothing(project, ana, ada):
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=ana)
    for on in [True, True, False, False]:
        pause(project, ana, on, by=ada)
    assert Task.objects.filter(assignee=ana).count() == 2
    assert list(
        Event.objects.filter(kind__in=["pause", "resume"]).order_by("id").values_list("kind", flat=True)
    ) == [
        "pause",
        "resume",
    ]
    with pytest.raises(NotFound):
        pause(project, ada, True, by=ada)


def test_leaving_the_workspace_leaves_all_its_projects_and_keys(workspace, project, ana, ada):
    other = create_project(workspace, name="Other", by=ada)
    set_project_role(other, ana, "annotator", by=ada)
    for each in [project, other]:
        make_batch(each, make_items(each, n=2), name=each.name)
        request_tasks(each, by=ana)
    _, plain = create_key(ana, workspace.pk, "program")
    assert remove_from_workspace(workspace, ana, by=ada) == 4
    assert not ProjectMembership.objects.filter(user=ana).exists()
    assert find_key(plain) is None
    assert not User.objects.get(pk=ana.pk).groups.exists()
    with pytest.raises(NotFound):
        remove_from_workspace(workspace, ana, by=ada)


def test_a_workspace_admin_leaves_what_they_held_without_a_role(workspace, project, ben, ada):
    set_workspace_role(workspace, ben, "admin", by=ada)
    remove_from_project(project, ben, by=ada)
    make_batch(project, make_items(project, n=2))
    tasks = list(Task.objects.filter(stage_order=1).values_list("pk", flat=True))
    for leave in [
        lambda: set_workspace_role(workspace, ben, "member", by=ada),
        lambda: remove_from_workspace(workspace, ben, by=ada),
    ]:
        set_workspace_role(workspace, ben, "admin", by=ada)
        give(tasks, to=ben, by=ada)
        leave()
        assert not Task.objects.filter(assignee=ben).exists()


def test_deactivating_gives_work_back_and_keeps_the_roles(project, ana, ada):
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=ana)
    _, plain = create_key(ana, project.workspace_id, "program")
    assert deactivate(ana, by=ada) == 2
    assert find_key(plain) is None
    with pytest.raises(Invalid):
        set_project_role(project, ana, "qa", by=ada)
    activate(ana)
    assert find_key(plain) is not None
    assert request_tasks(project, by=User.objects.get(pk=ana.pk)).given == 2


def test_the_last_admin_of_a_workspace_stays(workspace, ada, ben, project):
    for leave in [
        lambda: set_workspace_role(workspace, ada, "member", by=ada),
        lambda: remove_from_workspace(workspace, ada, by=ada),
        lambda: deactivate(ada, by=ada),
    ]:
        with pytest.raises(Refused) as refused:
            leave()
        assert "last admin" in refused.value.sentence
    set_workspace_role(workspace, ben, "admin", by=ada)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(Refused):
        remove_from_workspace(workspace, ada, by=ada)
    User.objects.filter(pk=ben.pk).update(is_active=True)
    remove_from_workspace(workspace, ada, by=ben)
    assert not WorkspaceMembership.objects.filter(user=ada).exists()


@pytest.mark.parametrize("role", ["boss", "", None, "owner", 5])
def test_an_unknown_role_changes_nothing(project, ben, ada, role):
    with pytest.raises(Invalid):
        set_project_role(project, ben, role, by=ada)
    assert ProjectMembership.objects.get(user=ben).role == "annotator"


def test_a_role_in_a_project_brings_whoever_is_new_into_the_workspace(project, ada):
    nora = person("Nora")
    set_project_role(project, nora, "qa", by=ada)
    assert WorkspaceMembership.objects.get(user=nora).role == "member"


def test_an_e_mail_in_any_case_is_one_person(project, ana, ada):
    assert find_or_make("  ANA@Example.com ").user == ana
    invited = invite_to_project(project, "New@Example.com", "annotator", by=ada)
    assert (invited.user.email, invited.is_new) == ("new@example.com", True)
    assert find_or_make("new@example.com").is_new is False


@pytest.mark.parametrize(
    "email", ["", "nora", "a b@example.com", "a@b", None, 5, "a\0@example.com", "x" * 300 + "@a.de"]
)
def test_what_is_no_e_mail_makes_nobody(db, email):
    with pytest.raises(Invalid):
        find_or_make(email)
    assert not User.objects.exists()


def test_a_password_link_is_of_one_person(ana, ben):
    assert password_link(ana) != password_link(ben)
    assert password_link(ana).startswith("/set-password/")


def test_history_says_who_gave_which_role_to_whom(project, ben, ada):
    set_project_role(project, ben, "qa", by=ada, door="api")
    remove_from_project(project, ben, by=ada)
    told = Event.objects.filter(kind="role", to_holder_id=ben.pk).order_by("pk")
    assert [(event.detail["from"], event.detail["to"], event.door) for event in told] == [
        (None, "annotator", "page"),
        ("annotator", "qa", "api"),
        ("qa", None, "page"),
    ]
    assert {event.actor_id for event in told} == {ada.pk}


def test_the_last_admin_of_a_project_may_go_because_its_workspace_has_one(project, ben, ada):
    set_project_role(project, ben, "admin", by=ada)
    set_project_role(project, ben, "annotator", by=ada)
    set_project_role(project, ben, "admin", by=ada)
    remove_from_project(project, ben, by=ada)
    assert access.project_access(ada, project).is_admin


def test_an_owner_may_become_an_admin_and_an_admin_an_owner(workspace, ada):
    """Either of them is an admin of the workspace, so the last one is not lost."""
    for role in ["admin", "owner"]:
        set_workspace_role(workspace, ada, role, by=ada)
        assert WorkspaceMembership.objects.get(user=ada).role == role


def test_a_pause_outlives_neither_removal_nor_is_it_lost_with_another_role(project, ana, ada):
    pause(project, ana, True, by=ada)
    assert set_project_role(project, ana, "qa", by=ada).is_paused
    remove_from_project(project, ana, by=ada)
    assert not set_project_role(project, ana, "qa", by=ada).is_paused


@pytest.mark.parametrize("role", ["boss", "annotator", "", None, 5])
def test_an_unknown_role_in_a_workspace_changes_nothing(workspace, project, ben, ada, role):
    with pytest.raises(Invalid) as refused:
        set_workspace_role(workspace, ben, role, by=ada)
    assert refused.value.facts["field"] == "role"
    assert WorkspaceMembership.objects.get(user=ben).role == "member"


def test_the_usual_role_is_kept_until_another_is_said(workspace, project, ben, ada):
    set_workspace_role(workspace, ben, "member", by=ada, usual_role="qa")
    set_workspace_role(workspace, ben, "member", by=ada)
    assert WorkspaceMembership.objects.get(user=ben).usual_role == "qa"
    with pytest.raises(Invalid) as refused:
        set_workspace_role(workspace, ben, "member", by=ada, usual_role="owner")
    assert refused.value.facts["field"] == "usual_role"


def test_leaving_one_workspace_leaves_the_others_alone(workspace, project, mallory, ada):
    set_project_role(project, mallory, "annotator", by=ada)
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=mallory)
    [hers] = Project.objects.exclude(pk=project.pk)
    set_project_role(hers, mallory, "qa", by=mallory)
    assert remove_from_workspace(workspace, mallory, by=ada) == 2
    assert ProjectMembership.objects.get(user=mallory).project == hers
    assert WorkspaceMembership.objects.get(user=mallory).role == "owner"


def test_what_is_refused_takes_nothing_away(workspace, project, ada):
    """The last admin is refused after the work was looked at; all of it is still theirs."""
    set_project_role(project, ada, "annotator", by=ada)
    make_batch(project, make_items(project, n=3))
    request_tasks(project, by=ada)
    for leave in [
        lambda: remove_from_workspace(workspace, ada, by=ada),
        lambda: set_workspace_role(workspace, ada, "member", by=ada),
        lambda: deactivate(ada, by=ada),
    ]:
        with pytest.raises(Refused):
            leave()
        assert Task.objects.filter(assignee=ada).count() == 3
    assert User.objects.get(pk=ada.pk).is_active


class TestALinkForSomebodyElse:
    """Whoever has the link of a person becomes that person."""

    @pytest.fixture
    def nora(self, project, ada) -> User:
        return invite_to_project(project, "nora@example.com", "annotator", by=ada).user

    def test_admins_of_all_that_the_person_reaches_may_hand_it_out(self, project, nora, ben, ada):
        assert may_hand_link(nora, by=ada)
        set_project_role(project, ben, "admin", by=ada)
        assert may_hand_link(nora, by=User.objects.get(pk=ben.pk))

    def test_others_may_not(self, nora, ana, quinn, mallory):
        assert not any(may_hand_link(nora, by=other) for other in [ana, quinn, mallory])

    def test_a_project_admin_may_not_for_somebody_who_reaches_more(self, workspace, project, nora, ben, ada):
        set_project_role(project, ben, "admin", by=ada)
        other = create_project(workspace, name="Other", by=ada)
        set_project_role(other, nora, "annotator", by=ada)
        assert not may_hand_link(nora, by=User.objects.get(pk=ben.pk))
        remove_from_project(other, nora, by=ada)
        set_workspace_role(workspace, nora, "admin", by=ada)
        assert not may_hand_link(nora, by=User.objects.get(pk=ben.pk))

    def test_nor_an_admin_of_another_workspace_too(self, nora, mallory, ada):
        [hers] = Project.objects.filter(created_by=mallory)
        set_project_role(hers, nora, "annotator", by=mallory)
        assert not may_hand_link(nora, by=ada)
        assert not may_hand_link(nora, by=mallory)

    def test_nobody_may_once_the_person_has_a_password_or_is_deactivated(self, nora, ada):
        deactivate(nora, by=ada)
        assert not may_hand_link(nora, by=ada)
        activate(nora)
        nora.set_password("mete-test")
        nora.save()
        assert not may_hand_link(nora, by=ada)
