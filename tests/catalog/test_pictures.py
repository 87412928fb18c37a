"""Which files are pictures, and what is known of them."""

from __future__ import annotations

import io
import random

import pytest

from annotation.catalog.pictures import MAX_PIXELS, inspect
from annotation.errors import Invalid
from tests.catalog.files import DAMAGED, NOT_A_PICTURE, huge_header, picture, several_in_one


def look(data: bytes):
    return inspect(io.BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "content_type", "extension"),
    [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp")],
)
def test_the_three_kinds_are_known_with_their_size(kind, content_type, extension):
    found = look(picture(kind, (64, 48)))
    assert (found.content_type, found.extension) == (content_type, extension)
    assert (found.width, found.height, found.exif_turn) == (64, 48, 1)


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_size_is_that_of_the_picture_as_shown(turn):
    found = look(picture(size=(64, 48), turn=turn))
    assert (found.width, found.height) == ((48, 64) if turn >= 5 else (64, 48))
    assert found.exif_turn == turn


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_turn_of_other_kinds_counts_too(kind):
    found = look(picture(kind, (64, 48), turn=6))
    assert (found.width, found.height, found.exif_turn) == (48, 64, 6)


@pytest.mark.parametrize("turn", [0, 9, 65_535])
def test_a_turn_without_sense_is_none(turn):
    assert look(picture(turn=turn)).exif_turn == 1


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16", "1"])
def test_every_mode_that_browsers_show_is_taken(mode):
    assert look(picture("PNG", mode=mode, colour=1 if mode in {"L", "P", "I;16", "1"} else "red")).width == 64


def test_a_telephones_picture_with_a_second_one_behind_it_is_a_jpeg():
    found = look(several_in_one())
    assert (found.content_type, found.width, found.height) == ("image/jpeg", 64, 48)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello, this is text", NOT_A_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NOT_A_PICTURE),
        (b"\xff\xd8\xff", NOT_A_PICTURE),
        (picture("BMP"), NOT_A_PICTURE),
        (picture("GIF", mode="P", colour=1), NOT_A_PICTURE),
        (picture("TIFF"), NOT_A_PICTURE),
        (picture("JPEG", (600, 400))[:-300], DAMAGED),
        (picture("PNG", (600, 400))[:-40], DAMAGED),
        (picture("WEBP", (600, 400))[:-40], DAMAGED),
        (huge_header(), "Make it smaller"),
        (picture("JPEG", mode="CMYK", colour=(1, 2, 3, 4)), "CMYK"),
    ],
    ids=["text", "svg", "stub", "bmp", "gif", "tiff", "cut-jpeg", "cut-png", "cut-webp", "huge", "cmyk"],
)
def test_what_is_no_picture_is_refused_with_the_reason(data, sentence):
    with pytest.raises(Invalid) as refused:
        look(data)
    assert sentence in refused.value.sentence


@pytest.mark.parametrize("side", [13_700, 14_200, 30_000])
def test_what_is_too_large_says_the_limit_that_holds(side):
    with pytest.raises(Invalid, match=f"At most {MAX_PIXELS // 1_000_000} million pixels"):
        look(huge_header(side, side))
    assert side * side > MAX_PIXELS


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_whatever_is_broken_is_refused_and_never_an_error(kind):
    whole = picture(kind, (90, 70), "teal", turn=6)
    dice = random.Random(47)
    refused = 0
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            look(bytes(broken[: dice.randint(1, len(broken))]))
        except Invalid:
            refused += 1
    assert refused > 200
