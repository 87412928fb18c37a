"""Members of a project: added by e-mail, given another role, paused, removed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.members.invite import invite_to_project, invite_to_workspace
from annotation.members.people import deactivate, set_project_role, set_workspace_role
from annotation.members.projects import create_project
from annotation.members.workspaces import create_workspace
from annotation.models import FolderAssignment, Project, ProjectMembership, Task
from annotation.workflow.submit import submit
from tests.cast import person
from tests.factories import assign, make_batch, make_folder, make_items

SET_PASSWORD = "http://testserver/set-password/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(project: Project) -> str:
    return reverse("project_members", args=[project.workspace.slug, project.slug])


def look(user: User, project: Project) -> str:
    return browser(user).get(url(project)).content.decode()


def add(user: User, project: Project, email: str, role: str = "annotator") -> Any:
    return browser(user).post(url(project), {"email": email, "role": role})


def change(by: User, project: Project, user: User, action: str, **more: str) -> Any:
    address = reverse("member_change", args=[project.workspace.slug, project.slug, user.pk])
    return browser(by).post(address, {"action": action, **more})


def role_of(project: Project, email: str) -> str | None:
    return project.memberships.filter(user__email=email).values_list("role", flat=True).first()


@pytest.fixture
def working(project: Project, ana: User, ada: User) -> list[Task]:
    """Ana holds ten images of her folder A."""
    folder = make_folder(project, "A")
    make_batch(project, make_items(project, folder, n=10))
    assign(folder, ana)
    return list(request_tasks(project, by=ana).tasks)


# --- who ----------------------------------------------------------------------------------------


def test_the_list_says_who_holds_what_where(project, ada, ana, quinn, working):
    page = look(ada, project)
    assert "2 people: 1 annotator, 1 QA" in page
    assert "ana@example.com" in page
    assert '<td class="num lo">10</td>' in page
    assert '<td class="lo soft">A</td>' in page
    assert "None: takes from open folders" in page
    assert "Ada administers the workspace Demo" in page


def test_a_project_without_people_says_so(project, ada):
    assert "Nobody works here yet" in look(ada, project)


def test_only_admins_open_it(project, ana, ben, quinn, mallory):
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert browser(user).get(url(project)).status_code == status
        assert add(user, project, "x@example.com").status_code == status
        for action in ("role", "remove", "pause", "resume", "link"):
            assert change(user, project, ben, action, role="admin", sure="1").status_code == status
    assert role_of(project, "ben@example.com") == "annotator"
    assert not User.objects.filter(email="x@example.com").exists()


def test_an_admin_of_the_project_alone_may(project, ana, ada):
    set_project_role(project, ana, "admin", by=ada)
    assert add(ana, project, "new@example.com").status_code == 200


def test_a_visitor_is_asked_to_sign_in(project, ana):
    assert Client().get(url(project))["Location"].startswith("/sign-in")
    address = reverse("member_change", args=[project.workspace.slug, project.slug, ana.pk])
    assert Client().post(address, {"action": "remove", "sure": "1"})["Location"].startswith("/sign-in")


def test_a_page_of_30_people_asks_for_few_things(project, ada, django_assert_max_num_queries):
    folder = make_folder(project, "A")
    for number in range(30):
        user = invite_to_project(project, f"p{number}@example.com", "annotator", by=ada).user
        assign(folder, user)
    client = browser(ada)
    with django_assert_max_num_queries(10):
        assert client.get(url(project)).content.count(b"More for") == 30


# --- adding -------------------------------------------------------------------------------------


def test_somebody_new_gets_a_link_that_works_once(project, ada):
    response = add(ada, project, "Nora@Example.com ", "qa")
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "nora@example.com is a QA of Street scenes now." in page
    assert SET_PASSWORD in page
    assert (role_of(project, "nora@example.com"), User.objects.filter(email="nora@example.com").count()) == (
        "qa",
        1,
    )
    link = response.context["links"][0].url
    form = Client().get(link, follow=True)
    assert b"Set a password" in form.content
    assert SET_PASSWORD not in look(ada, project)


def test_somebody_known_gets_a_role_and_no_link(project, ada, mallory):
    response = add(ada, project, "MALLORY@example.COM", "qa")
    assert response["Location"] == url(project)
    page = look(ada, project)
    assert role_of(project, "mallory@example.com") == "qa"
    assert SET_PASSWORD not in page
    assert User.objects.filter(email__iexact="mallory@example.com").count() == 1


def test_several_are_added_at_once(project, ada, ana):
    response = add(ada, project, "one@example.com, two@example.com;ONE@example.com\tana@example.com")
    page = response.content.decode()
    assert [link.user.email for link in response.context["links"]] == ["one@example.com", "two@example.com"]
    assert "2 people are annotators of Street scenes now." in page
    assert "Ana is an annotator here already. Nothing changed." in page
    assert project.memberships.count() == 3


@pytest.mark.parametrize(
    ("email", "role", "field", "sentence"),
    [
        ("", "annotator", "email", "Write an e-mail address."),
        (" , ", "annotator", "email", "Write an e-mail address."),
        ("nora", "annotator", "email", "“nora” is no e-mail address."),
        ("a@example.com nora@", "annotator", "email", "“nora@” is no e-mail address."),
        ("a@example.com\x00", "annotator", "email", "Null characters are not allowed."),
        (f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com", "qa", "email", "more than 254"),
        (" ".join(f"p{n}@example.com" for n in range(51)), "qa", "email", "51 addresses are too many."),
        ("nora@example.com", "boss", "role", "“boss” is no role. Use annotator, qa or admin."),
        ("nora@example.com", "", "role", "is no role."),
    ],
)
def test_what_cannot_be_added_is_said_and_nobody_is_made(project, ada, email, role, field, sentence):
    people = User.objects.count()
    response = add(ada, project, email, role)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert list(response.context["form"].errors) == [field]
    assert "nora" not in email or "nora" in response.context["form"]["email"].value()
    assert (User.objects.count(), project.memberships.count()) == (people, 0)


def test_adding_again_in_another_role_does_not_take_work_away(project, ada, ana, working):
    response = add(ada, project, "ANA@example.com", "qa")
    assert response.status_code == 422
    assert "Ana is an annotator here already. Change the role in the list." in response.content.decode()
    assert Task.objects.held_by(ana.pk).count() == 10


def test_somebody_switched_off_is_not_added(project, ada, mallory, workspace):
    off = person("Off")
    deactivate(off, by=ada)
    response = add(ada, project, "off@example.com")
    assert response.status_code == 422
    assert "Off is deactivated." in response.content.decode()


# --- links of people who were invited before --------------------------------------------------------


def test_a_lost_link_is_made_again_for_who_was_invited_here(project, ada):
    nora = invite_to_project(project, "nora@example.com", "annotator", by=ada).user
    assert "Make a new link" in look(ada, project)
    response = change(ada, project, nora, "link")
    assert response.status_code == 200
    assert SET_PASSWORD in response.content.decode()


def test_nobody_gets_the_link_of_somebody_who_has_a_password(project, ada, ana):
    response = change(ada, project, ana, "link")
    assert response.status_code == 403
    assert SET_PASSWORD not in response.content.decode()


def test_a_pending_person_of_another_workspace_is_not_handed_over(project, ada, mallory):
    """Whoever has the link becomes the person, also in the other workspace."""
    nora = invite_to_project(project, "nora@example.com", "admin", by=ada).user
    hers = Project.objects.exclude(pk=project.pk).get()
    assert SET_PASSWORD not in add(mallory, hers, "nora@example.com").content.decode()
    assert role_of(hers, "nora@example.com") == "annotator"
    assert change(mallory, hers, nora, "link").status_code == 403


def test_a_project_admin_is_not_handed_a_pending_admin_of_the_workspace(project, ada, ana):
    set_project_role(project, ana, "admin", by=ada)
    invite_to_workspace(project.workspace, "boss@example.com", "admin", by=ada)
    assert SET_PASSWORD not in add(ana, project, "boss@example.com").content.decode()
    boss = User.objects.get(email="boss@example.com")
    assert change(ana, project, boss, "link").status_code == 403
    assert change(ada, project, boss, "link").status_code == 200


def test_a_project_admin_is_not_handed_a_pending_member_of_another_project(project, ada, ana):
    set_project_role(project, ana, "admin", by=ada)
    secret = create_project(project.workspace, name="Secret", by=ada)
    invite_to_project(secret, "nora@example.com", "annotator", by=ada)
    assert SET_PASSWORD not in add(ana, project, "nora@example.com").content.decode()


# --- changing ------------------------------------------------------------------------------------


def test_another_role_asks_first_and_says_what_it_releases(project, ada, ana, working):
    submit(working[0].pk, by=ana)
    response = change(ada, project, ana, "role", role="qa")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Make Ana a QA?" in page
    assert "This releases 10 images of Ana: 9 open and 1 submitted or on the way back." in page
    assert "The folder A will no longer be assigned to Ana." in page
    assert "Make Ana a QA and release 10 images" in page
    assert role_of(project, ana.email) == "annotator"
    assert Task.objects.held_by(ana.pk).count() == 9


def test_when_sure_the_role_changes_and_the_work_is_released(project, ada, ana, working):
    assert change(ada, project, ana, "role", role="qa", sure="1")["Location"] == url(project)
    assert role_of(project, ana.email) == "qa"
    assert not Task.objects.held_by(ana.pk).exists()
    assert not FolderAssignment.objects.filter(user=ana).exists()


def test_the_same_role_changes_nothing(project, ada, ana, working):
    assert change(ada, project, ana, "role", role="annotator")["Location"] == url(project)
    assert Task.objects.held_by(ana.pk).count() == 10


def test_an_unknown_role_or_action_is_refused_in_words(project, ada, ana, working):
    for sent in ({"action": "role", "role": "boss"}, {"action": "role", "role": "boss", "sure": "1"}):
        response = change(ada, project, ana, **sent)
        assert response.status_code == 422
        assert "“boss” is no role. Use annotator, qa or admin." in response.content.decode()
    assert change(ada, project, ana, "promote").status_code == 422
    assert role_of(project, ana.email) == "annotator"


def test_removal_asks_first_and_then_releases(project, ada, ana, working):
    page = change(ada, project, ana, "remove").content.decode()
    assert "Remove Ana and release 10 images" in page
    assert role_of(project, ana.email) == "annotator"
    client = browser(ada)
    address = reverse("member_change", args=[project.workspace.slug, project.slug, ana.pk])
    page = client.post(address, {"action": "remove", "sure": "1"}, follow=True).content.decode()
    assert "Ana is removed, 10 images released." in page
    assert role_of(project, ana.email) is None
    assert browser(ana).get(url(project)).status_code == 404


def test_somebody_who_holds_nothing_loses_nothing(project, ada, ben):
    page = change(ada, project, ben, "remove").content.decode()
    assert "Ben holds no images here." in page
    assert ">Remove Ben</button>" in page


def test_a_pause_keeps_what_is_held_and_stops_requests(project, ada, ana, working):
    change(ada, project, ana, "pause")
    assert ProjectMembership.objects.get(user=ana).is_paused
    assert Task.objects.held_by(ana.pk).count() == 10
    assert "Paused" in look(ada, project)
    change(ada, project, ana, "resume")
    assert not ProjectMembership.objects.get(user=ana).is_paused


def test_somebody_who_is_no_member_is_not_found(project, ada, mallory):
    assert change(ada, project, mallory, "remove", sure="1").status_code == 404
    address = f"/w/demo/p/street-scenes/members/{10**25}"
    assert browser(ada).post(address, {"action": "pause"}).status_code == 404


def test_the_last_admin_of_a_project_may_step_down_because_the_workspace_has_admins(project, ada, ana):
    set_project_role(project, ana, "admin", by=ada)
    page = change(ana, project, ana, "role", role="annotator").content.decode()
    assert "This is you." in page
    response = change(ana, project, ana, "role", role="annotator", sure="1")
    assert response["Location"] == reverse("project_data", args=[project.workspace.slug, project.slug])
    assert browser(ana).get(url(project)).status_code == 403
    assert browser(ada).get(url(project)).status_code == 200


def test_who_removes_themselves_goes_home(project, ada, ana):
    set_project_role(project, ana, "admin", by=ada)
    assert change(ana, project, ana, "remove", sure="1")["Location"] == reverse("home")


def test_an_admin_of_the_workspace_stays_admin_whatever_their_role_here(project, ada):
    set_project_role(project, ada, "admin", by=ada)
    assert change(ada, project, ada, "role", role="annotator", sure="1")["Location"] == url(project)
    assert browser(ada).get(url(project)).status_code == 200


def test_a_name_is_shown_as_text(project, ada):
    eve = User.objects.create_user("eve@example.com", "mete-test", name="<b>Eve</b>")
    set_workspace_role(project.workspace, eve, "member", by=ada)
    set_project_role(project, eve, "qa", by=ada)
    page = look(ada, project)
    assert "<b>Eve</b>" not in page
    assert "&lt;b&gt;Eve" in page


def test_a_workspace_with_one_name_does_not_reach_another(ada, mallory, project):
    other = create_workspace("Demo", owner=mallory)
    same = create_project(other, name="Street scenes", by=mallory)
    assert same.slug == project.slug
    add(mallory, same, "x@example.com")
    assert project.memberships.count() == 0
