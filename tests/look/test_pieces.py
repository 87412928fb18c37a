from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from django.template import engines
from django.test import Client

from accounts.models import User
from tests.look.gallery import EVIL

pytestmark = pytest.mark.urls("tests.look.gallery")


@pytest.fixture
def eve(client: Client, db: None) -> User:
    user = User.objects.create_user("eve@example.com", name="Eve Holm")
    client.force_login(user)
    return user


def gallery(client: Client, **question: str) -> str:
    return client.get("/gallery", question).content.decode()


def test_an_admin_has_four_tabs_and_the_open_one_is_marked(client: Client, eve: User) -> None:
    tabs = re.search(r'<nav class="tabs".*?</nav>', gallery(client, tab="batches"), re.S)
    assert tabs
    assert re.findall(r">(\w+)</a>", tabs[0]) == ["Data", "Batches", "Members", "Settings"]
    assert re.findall(r'aria-current="page">(\w+)', tabs[0]) == ["Batches"]


def test_others_have_data_and_instructions(client: Client, eve: User) -> None:
    tabs = re.search(r'<nav class="tabs".*?</nav>', gallery(client, role="qa", tab="data"), re.S)
    assert tabs
    assert re.findall(r">(\w+)</a>", tabs[0]) == ["Data", "Instructions"]


def test_every_tab_and_crumb_leads_somewhere(client: Client, eve: User) -> None:
    for role in ("admin", "qa"):
        head = gallery(client, role=role).split("<main")[0]
        assert 'href=""' not in head
        assert 'action=""' not in head


def test_a_page_has_one_heading_landmarks_and_a_skip_link(client: Client, eve: User) -> None:
    page = gallery(client)
    assert page.count("<h1") == 1
    assert page.index('class="skip-link" href="#main"') < page.index("<header")
    assert page.count('id="main"') == 1
    assert 'aria-label="Where you are"' in page


def test_no_id_stands_twice(client: Client, eve: User) -> None:
    ids = re.findall(r' id="([^"]+)"', gallery(client))
    assert len(ids) == len(set(ids))


def test_every_icon_used_is_in_the_sprite(client: Client, eve: User) -> None:
    """In the gallery, and by name in every template of the house."""
    page = gallery(client)
    for name in re.findall(r'<use href="#([\w-]+)"', page):
        assert f'id="{name}"' in page, name
    folder = django_settings.BASE_DIR / "templates"
    for template in folder.rglob("*.html"):
        for name in re.findall(r'\{% icon "([\w-]+)"', template.read_text()):
            assert f'id="i-{name}"' in page, f"{template.relative_to(folder)} uses {name}"


def test_what_people_wrote_is_escaped_in_every_piece(client: Client, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(name=EVIL)
    page = gallery(client, message=EVIL)
    assert EVIL not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 4


def test_nothing_is_inline(client: Client, eve: User) -> None:
    page = gallery(client)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", page.replace("onerror", ""))
    assert all("nonce=" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_a_field_is_described_by_its_error_and_its_hint(client: Client, eve: User) -> None:
    page = gallery(client)
    for name in ("number", "name", "leave_out"):
        widget = re.search(rf'<input[^>]*id="id_{name}"[^>]*>', page)
        assert widget
        described = re.search(r'aria-describedby="([^"]+)"', widget[0])
        assert described
        for one in described[1].split():
            assert f'id="{one}"' in page
    assert "A batch needs a name." in page
    assert 'aria-invalid="true"' in page
    assert '<span class="soft">images</span>' in page


def test_a_message_is_a_notice_and_an_error_is_an_alert(client: Client, eve: User) -> None:
    page = gallery(client, message="250 is too many.")
    assert re.search(r'<div class="notice error" role="alert">.*250 is too many\.', page)


def test_the_pager_keeps_the_question_and_moves_the_cursor(client: Client, eve: User) -> None:
    page = gallery(client, tab="data", before="old")
    assert 'href="?tab=data&amp;after=ab%26c"' in page
    assert 'hx-get="?tab=data&amp;after=ab%26c" hx-target="#rows"' in page
    assert re.search(r"disabled>.*Show newer", page)


def test_a_running_operation_asks_again_and_an_ended_one_does_not(client: Client, eve: User) -> None:
    running = gallery(client)
    address = "/operations/00000000-0000-0000-0000-000000000007"
    assert f'hx-get="{address}" hx-trigger="load delay:1s" hx-swap="outerHTML"' in running
    assert 'max="412" value="251"' in running
    for status in ("done", "failed", "cancelled"):
        assert address not in gallery(client, operation=status)


def test_the_menu_signs_out_by_a_form(client: Client, eve: User) -> None:
    page = gallery(client)
    assert re.search(r'<form method="post" action="/sign-out">.*?Sign out</button>', page, re.S)
    assert "Administration" not in page
    User.objects.filter(pk=eve.pk).update(is_staff=True)
    assert "Administration" in gallery(client)


def test_a_stranger_on_a_page_sees_no_menu(client: Client, db: None) -> None:
    assert "Sign out" not in client.get("/nowhere-at-all").content.decode()


def test_a_missing_page_says_so_and_leads_home(client: Client, eve: User) -> None:
    response = client.get("/nowhere-at-all")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert 'href="/">Go to my work' in response.content.decode()


def test_a_refused_fragment_goes_to_the_notices(client: Client, eve: User) -> None:
    response = client.get("/gallery/refuse", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Retarget"]) == (403, "#notice")
    assert "You are paused here. Ask Ada." in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("name", ["403.html", "404.html", "refused.html"])
def test_a_page_of_an_error_stands_without_a_sentence(name: str, rf) -> None:
    page = engines["django"].get_template(name).render({}, rf.get("/"))
    assert page.count("<h1") == 1
    assert "Go to my work" in page


def test_the_page_of_a_breakdown_needs_no_request_and_no_context() -> None:
    page = engines["django"].get_template("500.html").render()
    assert "Something broke on our side" in page
    assert "<script" not in page
