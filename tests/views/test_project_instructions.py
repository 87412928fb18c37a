"""The page of a project's instructions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.members.projects import update_project
from annotation.models import Project


def look(user: User, project: Project) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("project_instructions", args=[project.workspace.slug, project.slug]))
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("name", ["ana", "quinn", "ada"])
def test_every_member_reads_them(name, request, project, ada):
    update_project(project, {"instructions": "One box <per> car.\nSee https://example.com/rules"}, by=ada)
    status, page = look(request.getfixturevalue(name), project)
    assert status == 200
    assert "One box &lt;per&gt; car." in page
    assert 'href="https://example.com/rules"' in page
    assert ("Edit in Settings" in page) == (name == "ada")


def test_no_instructions_is_said(project, ana):
    assert "No instructions yet" in look(ana, project)[1]


def test_strangers_do_not_find_them(project, mallory):
    assert look(mallory, project)[0] == 404


def test_a_visitor_is_asked_to_sign_in(project):
    response = Client().get(reverse("project_instructions", args=[project.workspace.slug, project.slug]))
    assert response["Location"].startswith("/sign-in")
