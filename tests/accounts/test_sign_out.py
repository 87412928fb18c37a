from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def client_of_eve(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("eve@example.com", name="Eve Holm"))
    return client


def test_signing_out_ends_the_session(client_of_eve: Client) -> None:
    assert client_of_eve.post("/sign-out")["Location"] == "/sign-in"
    assert "_auth_user_id" not in client_of_eve.session


def test_a_link_cannot_sign_out(client_of_eve: Client) -> None:
    assert client_of_eve.get("/sign-out").status_code == 405
    assert "_auth_user_id" in client_of_eve.session
