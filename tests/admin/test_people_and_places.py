"""Users, memberships, keys, projects, folders and the read-only history in the Django admin."""

from __future__ import annotations

import pytest

from accounts.keys import find_key
from accounts.models import ApiKey, User
from annotation.distribution.requests import request_tasks
from annotation.models import (
    Event,
    Folder,
    FolderAssignment,
    Project,
    ProjectMembership,
    Task,
    WorkspaceMembership,
)
from tests.admin.conftest import errors, said
from tests.factories import make_batch, make_folder, make_items


def test_a_changed_role_takes_held_work_away(hers, project, ana):
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=ana)
    membership = ProjectMembership.objects.get(user=ana)
    hers.post(f"annotation/projectmembership/{membership.pk}/change/", role="qa")
    membership.refresh_from_db()
    assert (membership.role, Task.objects.filter(assignee=ana).count()) == ("qa", 0)


def test_a_person_is_paused_and_removed(hers, project, ana):
    membership = ProjectMembership.objects.get(user=ana)
    hers.post(f"annotation/projectmembership/{membership.pk}/change/", role="annotator", is_paused="on")
    membership.refresh_from_db()
    assert membership.is_paused
    hers.post(f"annotation/projectmembership/{membership.pk}/delete/", post="yes")
    assert not ProjectMembership.objects.filter(user=ana).exists()
    assert WorkspaceMembership.objects.filter(user=ana).exists()


def test_the_last_admin_of_a_workspace_stays(hers, workspace, ada):
    membership = WorkspaceMembership.objects.get(workspace=workspace, user=ada)
    path = f"annotation/workspacemembership/{membership.pk}"
    assert errors(hers.post(f"{path}/change/", role="member"))
    deleted = hers.post(f"{path}/delete/", post="yes")
    assert said(deleted)
    membership.refresh_from_db()
    assert membership.role == "owner"


def test_a_key_is_shown_once(hers, workspace, ana):
    response = hers.post("accounts/apikey/add/", workspace=workspace.pk, user=ana.pk, name="Loader")
    plain = response.context_data["plain"]
    assert plain in response.content.decode()
    key = find_key(plain)
    assert key is not None
    assert key.user == ana
    assert plain not in hers.get(f"accounts/apikey/{key.pk}/change/").content.decode()
    assert hers.act("accounts/apikey/", "revoke", key)
    assert find_key(plain) is None


def test_a_key_for_somebody_of_another_workspace_is_refused(hers, workspace, mallory):
    response = hers.post("accounts/apikey/add/", workspace=workspace.pk, user=mallory.pk, name="Loader")
    assert errors(response)
    assert not ApiKey.objects.exists()


def test_a_deactivated_person_gives_back_what_they_held(hers, project, ana):
    make_batch(project, make_items(project, n=2))
    request_tasks(project, by=ana)
    hers.act("accounts/user/", "deactivate_people", User.objects.get(pk=ana.pk))
    ana.refresh_from_db()
    assert (ana.is_active, Task.objects.filter(assignee=ana).count()) == (False, 0)


def test_nobody_deactivates_themselves_or_members_of_other_workspaces(hers, ada, ana, mallory, workspace):
    from annotation.members.people import set_workspace_role

    set_workspace_role(workspace, mallory, "member", by=ada)
    told = hers.act("accounts/user/", "deactivate_people", ada, mallory)
    assert len(told) == 2
    assert User.objects.filter(is_active=False).count() == 0


@pytest.mark.parametrize(("number", "good"), [("0", False), ("201", False), ("x", False), ("200", True)])
def test_project_settings_go_through_the_rule(hers, project, number, good):
    fields = {"name": "New", "instructions": "", "request_item_number": number, "request_policy": "top_up"}
    response = hers.post(f"annotation/project/{project.pk}/change/", **fields)
    project.refresh_from_db()
    assert (project.name == "New") is good
    if not good:
        assert errors(response)


def test_a_project_made_here_has_stages_and_a_root(hers, workspace):
    hers.post("annotation/project/add/", workspace=workspace.pk, name="Night", type="image")
    project = Project.objects.get(name="Night")
    assert [stage.kind for stage in project.stages.all()] == ["annotate", "review"]
    assert project.folders.get().is_root


def test_a_folder_is_assigned_and_held(hers, project, ana):
    hers.post("annotation/folder/add/", project=project.pk, name="Night", kind="individual")
    folder = Folder.objects.get(name="Night")
    path = f"annotation/folder/{folder.pk}/change/"
    hers.post(path, name="Night", annotators=[ana.pk], is_on_hold="on")
    folder.refresh_from_db()
    assert folder.is_on_hold
    assert FolderAssignment.objects.get().user == ana
    make_folder(project, "Day")
    assert errors(hers.post(path, name="Day", annotators=[ana.pk]))
    folder.refresh_from_db()
    assert folder.name == "Night"


def test_the_history_is_read_only(hers, project, ana):
    make_batch(project, make_items(project, n=1))
    request_tasks(project, by=ana)
    event = Event.objects.filter(kind="claim").first()
    page = hers.get(f"annotation/event/{event.pk}/change/").content.decode()
    assert 'name="_save"' not in page
    for path in [f"annotation/event/{event.pk}/delete/", "annotation/event/add/"]:
        assert hers.post(path).status_code == 403
    assert hers.post(f"annotation/event/{event.pk}/change/", kind="submit").status_code == 403


@pytest.mark.parametrize("model", ["item", "task", "event", "upload", "operation", "stage", "workspace"])
def test_long_lists_show_without_counting_everything(hers, project, ana, model):
    make_batch(project, make_items(project, n=3))
    request_tasks(project, by=ana)
    assert hers.get(f"annotation/{model}/")


def test_the_index_shows_batches_first(workspace, hers):
    page = hers.get("").content.decode()
    assert page.index("Batches") < page.index("Projects") < page.index("Users")
