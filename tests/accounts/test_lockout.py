from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture(autouse=True)
def _three_tries(settings, db: None) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    User.objects.create_user("eve@example.com", "mete-test")
    User.objects.create_user("fay@example.com", "mete-test")


def sign_in(client: Client, email: str, password: str):
    return client.post("/sign-in", {"username": email, "password": password})


def test_too_many_wrong_passwords_are_answered_with_a_sentence(client: Client) -> None:
    codes = [sign_in(client, "eve@example.com", "nope").status_code for _ in range(3)]
    assert codes == [422, 422, 429]
    response = sign_in(client, "eve@example.com", "mete-test")
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "Too many wrong passwords. Wait 15 minutes, then try again." in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_another_spelling_of_the_e_mail_counts_as_the_same(client: Client) -> None:
    for email in ("eve@example.com", "Eve@example.com", "EVE@EXAMPLE.COM"):
        response = sign_in(client, email, "nope")
    assert response.status_code == 429


def test_a_lockout_is_for_one_e_mail_at_one_address(client: Client) -> None:
    for _ in range(3):
        sign_in(client, "eve@example.com", "nope")
    assert sign_in(client, "fay@example.com", "mete-test").status_code == 302
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(elsewhere, "eve@example.com", "mete-test").status_code == 302
