from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User

PAIR = "This e-mail and password do not belong together."


@pytest.fixture
def eve(db: None) -> User:
    return User.objects.create_user("eve@example.com", "mete-test", name="Eve Holm")


def sign_in(client: Client, email: str = "eve@example.com", password: str = "mete-test", **more: str):
    return client.post("/sign-in", {"username": email, "password": password, **more})


@pytest.mark.parametrize("email", ["eve@example.com", "EVE@Example.COM", "  eve@example.com "])
def test_an_e_mail_signs_in_in_any_case(client: Client, eve: User, email: str) -> None:
    response = sign_in(client, email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(eve.pk)


def test_wrong_password_and_unknown_e_mail_read_the_same(client: Client, eve: User) -> None:
    wrong = sign_in(client, password="nope")
    unknown = sign_in(client, email="nobody@example.com")
    for response in (wrong, unknown):
        assert response.status_code == 422
        assert response.context["form"].errors == {"password": [PAIR]}
    assert "_auth_user_id" not in client.session


def test_the_error_stands_at_the_password_field(client: Client, eve: User) -> None:
    page = sign_in(client, password="nope").content.decode()
    assert f'id="id_password_error"><p>{PAIR}</p>' in page
    assert 'aria-invalid="true" aria-describedby="id_password_error"' in page
    assert "nope" not in page


def test_a_deactivated_person_is_told_no_more_than_a_stranger(client: Client, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert sign_in(client).context["form"].errors == {"password": [PAIR]}


def test_deactivation_ends_a_running_session(client: Client, eve: User) -> None:
    sign_in(client)
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert "user menu" not in client.get("/sign-in").content.decode()
    assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("email", "field"), [("", "username"), ("not an address", "username"), ("a\0@example.com", "username")]
)
def test_what_is_no_e_mail_is_said_at_its_field(client: Client, db: None, email: str, field: str) -> None:
    response = sign_in(client, email)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client, eve: User) -> None:
    page = client.get("/sign-in?next=/tasks/7/").content.decode()
    assert '<input type="hidden" name="next" value="/tasks/7/">' in page
    assert sign_in(client, next="/tasks/7/")["Location"] == "/tasks/7/"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_host(client: Client, eve: User, next: str) -> None:
    assert sign_in(client, next=next)["Location"] == "/"


def test_who_is_signed_in_needs_no_sign_in_page(client: Client, eve: User) -> None:
    client.force_login(eve)
    assert client.get("/sign-in")["Location"] == "/"


def test_a_fragment_asked_for_after_the_session_ended_sends_the_whole_page_away(client: Client) -> None:
    response = client.get("/sign-in?next=/x", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in?next=/x"


def test_the_form_refuses_a_post_without_its_token(eve: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_the_page_carries_a_policy_and_nothing_inline(client: Client) -> None:
    response = client.get("/sign-in")
    page = response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert page.count("<script") == page.count(f'nonce="{nonce}"') == 2
    assert " style=" not in page
    assert " onclick=" not in page
