"""Pictures of other servers: only public ones, bounded in size and time, and a failure changes nothing."""

from __future__ import annotations

import time

import pytest

from annotation.catalog import fetch as fetching
from annotation.catalog.addresses import Address, add_addresses
from annotation.catalog.fetch import CannotFetch, fetch
from annotation.catalog.images import open_image
from annotation.models import Item
from tests.catalog.files import picture

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.7",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


def why(url: str) -> str:
    with pytest.raises(CannotFetch) as failed:
        fetch(url)
    return failed.value.sentence


def test_a_picture_is_fetched(elsewhere):
    with fetch(elsewhere.at("/a.jpg", b"bytes")) as file:
        assert file.read() == b"bytes"


@pytest.mark.parametrize("typed", ["/Köln Süd.jpg", "/K%C3%B6ln%20S%C3%BCd.jpg"])
def test_an_address_may_be_written_with_letters_of_any_language(elsewhere, typed):
    elsewhere.names["xn--bcher-kva.example"] = elsewhere.names["pictures.example"]
    elsewhere.at("/K%C3%B6ln%20S%C3%BCd.jpg", b"bytes")
    with fetch(f"http://bücher.example{typed}") as file:
        assert file.read() == b"bytes"


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(elsewhere, address):
    elsewhere.names["inside.example"] = address
    assert why("http://inside.example/a.jpg") == (
        "inside.example is a private address, which this server does not fetch from."
    )
    assert elsewhere.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "169.254.169.254", "[::ffff:10.0.0.7]"])
def test_a_private_address_itself_is_refused(elsewhere, address):
    bare = address.strip("[]")
    elsewhere.names[bare] = bare
    assert "is a private address" in why(f"http://{address}:{elsewhere.port}/a.jpg")
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(elsewhere, status):
    elsewhere.names["localhost"] = "127.0.0.1"
    target = f"http://localhost:{elsewhere.port}/secret"
    assert "is a private address" in why(elsewhere.at("/a.jpg", status=status, Location=target))
    assert elsewhere.asked == ["/a.jpg"]


def test_redirects_are_followed_a_few_times(elsewhere):
    elsewhere.at("/three", b"bytes")
    elsewhere.at("/two", status=302, Location="http://pictures.example/three")
    with fetch(elsewhere.at("/one", status=301, Location="two")) as file:
        assert file.read() == b"bytes"
    assert elsewhere.asked == ["/one", "/two", "/three"]


def test_a_circle_ends(elsewhere):
    assert "redirects more than 4 times" in why(elsewhere.at("/a", status=302, Location="/a"))
    assert len(elsewhere.asked) == 5


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("file:///etc/passwd", "something else than http or https"),
        ("ftp://pictures.example/a", "something else than http or https"),
        ("http://[bad", "could not be reached"),
        ("http://nowhere.example/", "The host nowhere.example is not known"),
    ],
)
def test_a_redirect_to_what_is_no_address_is_said(elsewhere, location, sentence):
    assert sentence in why(elsewhere.at("/a", status=302, Location=location))


def test_a_redirect_to_nowhere_is_said(elsewhere):
    assert "redirects to nowhere" in why(elsewhere.at("/a", status=302))


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 500, 503])
def test_another_answer_is_said_with_its_number(elsewhere, status):
    assert why(elsewhere.at("/a.jpg", status=status)) == f"The other server answered {status}."


def test_what_is_larger_than_may_be_is_dropped(elsewhere, monkeypatch):
    monkeypatch.setattr(fetching, "MAX_BYTES", 2 * 1024**2)
    with fetch(elsewhere.at("/fits", b"x" * 2 * 1024**2)) as file:
        assert len(file.read()) == 2 * 1024**2
    assert why(elsewhere.at("/large", b"x" * (2 * 1024**2 + 1))) == "The picture is larger than 2 MB."


@pytest.mark.parametrize(
    "first",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b""],
    ids=["head", "body", "status"],
)
def test_a_server_that_drips_is_left_in_time(elsewhere, monkeypatch, first):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    begun = time.monotonic()
    assert why(elsewhere.drips("/slow", first)) in {
        "The other server did not answer in time.",
        "The other server could not be reached.",
    }
    assert time.monotonic() - begun < 2


def test_a_connection_that_breaks_off_is_said(elsewhere):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"few")

    elsewhere.answers["/a"] = answer
    assert "could not be reached" in why("http://pictures.example/a")


@pytest.fixture
def item(project, ada) -> Item:
    row = Address("a.jpg", "http://pictures.example/a.jpg")
    return add_addresses(project, [row], upload=None, by=ada).items[0]


def test_an_items_picture_is_fetched_once_and_kept(elsewhere, item):
    elsewhere.at("/a.jpg", picture("PNG", (64, 48), turn=6))
    for _ in range(2):
        item.refresh_from_db()
        with open_image(item) as file:
            assert file.read() == picture("PNG", (64, 48), turn=6)
    assert elsewhere.asked == ["/a.jpg"]
    assert (item.width, item.height, item.exif_turn, item.content_type) == (48, 64, 6, "image/png")


def test_the_same_picture_at_two_addresses_is_kept_for_both(elsewhere, item, project, ada):
    elsewhere.at("/a.jpg", picture())
    elsewhere.at("/b.jpg", picture())
    row = Address("b.jpg", "http://pictures.example/b.jpg")
    other = add_addresses(project, [row], upload=None, by=ada).items[0]
    for each in (item, other):
        open_image(each).close()
        each.refresh_from_db()
    assert (item.is_copy, other.is_copy, item.file == other.file) == (False, True, True)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"gone", 404, "answered 404"),
        (b"<script>alert(1)</script>", 200, "cannot be shown: This is not a JPEG"),
        (b"", 200, "cannot be shown"),
    ],
    ids=["gone", "html", "empty"],
)
def test_a_failure_leaves_the_item_as_it_was_and_another_try_may_do(elsewhere, item, body, status, sentence):
    elsewhere.at("/a.jpg", body, status)
    before = Item.objects.values().get()
    with pytest.raises(CannotFetch, match=sentence):
        open_image(item)
    assert Item.objects.values().get() == before
    elsewhere.at("/a.jpg", picture())
    open_image(Item.objects.get()).close()
