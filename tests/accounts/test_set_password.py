from __future__ import annotations

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User

GOOD = {"name": "Eve Holm", "new_password1": "seven blue herons", "new_password2": "seven blue herons"}


@pytest.fixture
def eve(db: None) -> User:
    return User.objects.create_user("eve@example.com")


def link(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("set_password", args=[urlsafe_base64_encode(force_bytes(user.pk)), token])


def open_link(client: Client, path: str) -> str:
    """Follow the link as a browser does; the address of the form it shows."""
    response = client.get(path)
    return response["Location"] if response.status_code == 302 else path


def test_an_invited_person_writes_name_and_password_and_is_signed_in(client: Client, eve: User) -> None:
    form = open_link(client, link(eve))
    page = client.get(form)
    assert "You sign in as eve@example.com." in page.content.decode()
    assert client.post(form, GOOD)["Location"] == "/"
    eve.refresh_from_db()
    assert eve.name == "Eve Holm"
    assert eve.check_password("seven blue herons")
    assert client.session["_auth_user_id"] == str(eve.pk)


def test_the_token_does_not_stay_in_the_address(client: Client, eve: User) -> None:
    path = link(eve)
    assert path.rsplit("/", 1)[1] not in open_link(client, path)


def test_a_link_works_once(client: Client, eve: User) -> None:
    path = link(eve)
    client.post(open_link(client, path), GOOD)
    response = Client().get(path)
    assert response.status_code == 410
    assert "Ask the admin of your workspace for a new one." in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/set-password/MQ/nonsense", "/set-password/%00/x", "/set-password/zzz/set-password"]
)
def test_a_made_up_link_is_refused(client: Client, eve: User, path: str) -> None:
    assert client.get(path).status_code == 410


def test_a_deactivated_persons_link_is_refused(client: Client, eve: User) -> None:
    path = link(eve)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "E\0ve"}, "name"),
        ({"name": "E" * 151}, "name"),
        ({"new_password2": "another one"}, "new_password2"),
        ({"new_password1": "12345678", "new_password2": "12345678"}, "new_password2"),
        ({"new_password1": "", "new_password2": ""}, "new_password1"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client: Client, eve: User, change: dict[str, str], field: str
) -> None:
    form = open_link(client, link(eve))
    response = client.post(form, {**GOOD, **change})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    eve.refresh_from_db()
    assert not eve.has_usable_password()
    assert eve.name == ""
