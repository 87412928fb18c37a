"""Making a workspace."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Workspace, WorkspaceMembership

URL = "/w/new"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_admin_of_a_workspace_makes_another_and_owns_it(workspace, ada):
    assert b"Make a workspace" in browser(ada).get(URL).content
    response = browser(ada).post(URL, {"name": " Second shift "})
    made = Workspace.objects.get(slug="second-shift")
    assert response["Location"] == reverse("project_new", args=["second-shift"])
    assert made.name == "Second shift"
    assert WorkspaceMembership.objects.get(workspace=made).user == ada


def test_a_superuser_makes_the_first_one(db):
    root = User.objects.create_superuser("root@example.com", "mete-test")
    assert browser(root).post(URL, {"name": "First"}).status_code == 302


@pytest.mark.parametrize("name", ["ana", "quinn"])
def test_people_who_administer_nothing_are_told_why_not(name, request):
    user = request.getfixturevalue(name)
    for response in (browser(user).get(URL), browser(user).post(URL, {"name": "Mine"})):
        assert response.status_code == 403
        assert b"Ask one of them." in response.content
    assert not Workspace.objects.filter(name="Mine").exists()


def test_a_visitor_is_asked_to_sign_in(db):
    assert Client().get(URL)["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "The workspace needs a name."),
        ("   ", "The workspace needs a name."),
        ("x" * 101, "The workspace&#x27;s name has 101 characters. Use at most 100."),
        ("a\x07b", "contains a control character"),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_name_that_is_none_is_refused_at_its_field(workspace, ada, typed, sentence):
    response = browser(ada).post(URL, {"name": typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert 'aria-invalid="true"' in response.content.decode()
    assert Workspace.objects.count() == 1


def test_a_refused_name_stays_as_it_was_typed(workspace, ada):
    assert "y" * 120 in browser(ada).post(URL, {"name": "y" * 120}).content.decode()


def test_a_workspace_may_be_called_new(workspace, ada):
    browser(ada).post(URL, {"name": "New"})
    assert browser(ada).get(URL).status_code == 200
    assert Workspace.objects.get(name="New").slug != "new"
