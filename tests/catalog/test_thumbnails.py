"""Small pictures: upright, small, made once; what cannot be made says why and is not tried for ever."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from annotation.catalog.addresses import Address, add_addresses
from annotation.catalog.folders import root_of
from annotation.catalog.intake import add_file
from annotation.catalog.thumbnails import items_without, make_thumbnail, open_thumbnail
from annotation.models import Item
from tests.catalog.files import picture, several_in_one


@pytest.fixture
def add(project, ada):
    def add(data: bytes, name: str = "a.jpg") -> Item:
        added = add_file(project, io.BytesIO(data), name, folder=root_of(project), upload=None, by=ada)
        assert added.item is not None, added.sentence
        return added.item

    return add


def small(item: Item) -> Image.Image:
    assert make_thumbnail(item.pk)
    item.refresh_from_db()
    file = open_thumbnail(item)
    assert file is not None
    with file:
        image = Image.open(io.BytesIO(file.read()))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((1200, 800), (480, 320)), ((800, 1200), (213, 320)), ((3000, 300), (480, 48)), ((60, 40), (60, 40))],
)
def test_it_fits_and_is_never_made_larger(add, size, becomes):
    assert small(add(picture(size=size))).size == becomes


@pytest.mark.parametrize("turn", range(1, 9))
def test_it_stands_as_the_picture_is_shown(add, turn):
    """The upper left corner of the picture as shown is red, whichever way the camera was held."""
    shown = Image.new("RGB", (120, 80), "white")
    shown.paste("red", (0, 0, 40, 30))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    as_stored = shown.transpose(undo[turn]) if turn in undo else shown
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    as_stored.save(out, "JPEG", exif=exif, quality=95)
    made = small(add(out.getvalue())).convert("RGB")
    assert made.size == (120, 80)
    red, white = made.getpixel((10, 10)), made.getpixel((110, 70))
    assert red[0] > 200 > 60 > red[1]
    assert min(white) > 230


@pytest.mark.parametrize(
    "data",
    [
        picture("PNG", mode="RGBA", colour=(255, 0, 0, 0)),
        picture("PNG", mode="LA", colour=(9, 9)),
        picture("PNG", mode="P", colour=1),
        picture("PNG", mode="1", colour=1),
        picture("PNG", mode="I;16", colour=1),
        picture("WEBP"),
        several_in_one(),
    ],
    ids=["rgba", "grey-alpha", "palette", "bits", "16-bit", "webp", "telephone"],
)
def test_every_kind_that_comes_in_has_one(add, data):
    assert small(add(data)).size == (64, 48)


def test_it_is_made_once(add):
    item = add(picture())
    assert small(item).size == (64, 48)
    default_storage.delete(item.thumbnail)
    assert make_thumbnail(item.pk)
    assert not default_storage.exists(item.thumbnail)
    assert open_thumbnail(item) is None


def test_two_workers_at_once_leave_one_file(add):
    item = add(picture())
    small(item)
    Item.objects.update(thumbnail="")
    again = Item.objects.get()
    assert small(again).size == (64, 48)
    assert again.thumbnail == item.thumbnail


def test_what_cannot_be_made_says_why_and_waits_no_more(add):
    item = add(picture())
    default_storage.delete(item.file)
    assert items_without(10) == [item.pk]
    assert not make_thumbnail(item.pk)
    item.refresh_from_db()
    assert item.thumbnail_error == "The file of this image is missing on the server."
    assert items_without(10) == []


def test_an_address_that_gives_no_picture_leaves_the_item_as_it_was(project, ada, elsewhere):
    row = Address("a.jpg", elsewhere.at("/a.jpg", b"no picture"))
    item = add_addresses(project, [row], upload=None, by=ada).items[0]
    assert not make_thumbnail(item.pk)
    item.refresh_from_db()
    assert "This is not a JPEG, PNG or WebP picture" in item.thumbnail_error
    assert (item.status, item.file, item.width) == ("not_started", "", None)


def test_an_item_by_address_gets_its_size_with_its_small_picture(project, ada, elsewhere):
    row = Address("a.jpg", elsewhere.at("/a.jpg", picture("PNG", (64, 48), turn=6)))
    item = add_addresses(project, [row], upload=None, by=ada).items[0]
    assert small(item).size == (48, 64)
    assert (item.width, item.height) == (48, 64)


def test_of_an_item_that_is_gone_none_is_made(add):
    item = add(picture())
    Item.objects.update(archived_at="2026-01-01T00:00Z")
    assert not make_thumbnail(item.pk)
    assert not make_thumbnail(item.pk + 1000)
    assert items_without(10) == []


def test_the_newest_come_first(add):
    first, second = add(picture(colour="red")), add(picture(colour="blue"), "b.jpg")
    assert items_without(10) == [second.pk, first.pk]
    assert items_without(1) == [second.pk]
