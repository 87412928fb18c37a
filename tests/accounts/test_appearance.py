from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_appearance_is_on_the_next_page(client: Client, theme: str) -> None:
    assert client.post("/appearance", {"theme": theme, "next": "/sign-in"})["Location"] == "/sign-in"
    assert f'<html lang="en" data-theme="{theme}">' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize("theme", ["system", "", '"><script>'])
def test_anything_else_follows_the_system(client: Client, theme: str) -> None:
    client.post("/appearance", {"theme": "dark"})
    client.post("/appearance", {"theme": theme})
    assert '<html lang="en">' in client.get("/sign-in").content.decode()


def test_a_cookie_from_elsewhere_is_not_believed(client: Client) -> None:
    client.cookies["mete_theme"] = "neon"
    assert '<html lang="en">' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", ""])
def test_it_leads_nowhere_else(client: Client, next: str) -> None:
    assert client.post("/appearance", {"theme": "dark", "next": next})["Location"] == "/"


def test_a_link_changes_nothing(client: Client) -> None:
    assert client.get("/appearance").status_code == 405
