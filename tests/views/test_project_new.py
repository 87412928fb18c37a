"""Making a project."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Project

URL = "/w/demo/new-project"
TYPED = {"name": "Night streets", "type": "image", "request_item_number": "25"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_admin_of_the_workspace_makes_a_project_and_lands_on_its_data(workspace, ada):
    page = browser(ada).get(URL).content.decode()
    assert 'value="10"' in page
    response = browser(ada).post(URL, TYPED)
    made = Project.objects.get(slug="night-streets")
    assert response["Location"] == reverse("project_data", args=["demo", "night-streets"])
    assert (made.workspace, made.request_item_number, made.created_by) == (workspace, 25, ada)


def test_two_projects_of_one_name_have_two_addresses(workspace, ada):
    browser(ada).post(URL, TYPED)
    browser(ada).post(URL, TYPED)
    assert set(Project.objects.values_list("slug", flat=True)) == {"night-streets", "night-streets-2"}


def test_members_may_not_and_strangers_do_not_find_it(project, ana, quinn, mallory):
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert browser(user).get(URL).status_code == status
        assert browser(user).post(URL, TYPED).status_code == status
    assert not Project.objects.filter(slug="night-streets").exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "The project needs a name."),
        ("name", "x" * 201, "Use at most 200."),
        ("request_item_number", "0", "0 is too few. Choose a number from 1 to 200."),
        ("request_item_number", "201", "201 is too many. Choose a number from 1 to 200."),
        ("request_item_number", "many", "must be a whole number from 1 to 200."),
        ("request_item_number", "", "must be a whole number from 1 to 200."),
        ("type", "video", "Use image or image_legacy."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(workspace, ada, field, typed, sentence):
    response = browser(ada).post(URL, TYPED | {field: typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert list(response.context["form"].errors) == [field]
    assert "Night streets" in response.content.decode() or field == "name"
    assert not Project.objects.exists()
