"""Is this file a picture that a browser shows? Its kind, its size as shown, and how the camera was turned."""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, UnidentifiedImageError

from annotation.errors import Invalid

MAX_PIXELS = 178_000_000
"""Where Pillow, which makes the small pictures, stops too."""
MAX_BYTES = 200 * 1024**2
OPENED = ("JPEG", "PNG", "WEBP")
KINDS = {
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
"""MPO is a JPEG with more pictures behind the first, as telephones write it; browsers show the first."""
ORIENTATION = 0x0112
SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True)
class Picture:
    """`width` and `height` are pixels as shown: the EXIF turn (1..8) is applied."""

    content_type: str
    extension: str
    width: int
    height: int
    exif_turn: int


def inspect(file: IO[bytes]) -> Picture:
    """Reads the whole picture once, so that a truncated one is found here. Raises `Invalid`."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=OPENED) as image:
                return _look(image)
    except UnidentifiedImageError:
        raise Invalid("This is not a JPEG, PNG or WebP picture, whatever its name says.") from None
    except Image.DecompressionBombError:
        raise Invalid(_too_large()) from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, TypeError) as error:
        raise Invalid("The picture is damaged or cut off. Export or copy it again.") from error


def _look(image: Image.Image) -> Picture:
    content_type, extension = KINDS[image.format or ""]
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Invalid(f"The picture has {width:,} × {height:,} pixels. {_too_large()}")
    if image.mode == "CMYK":
        raise Invalid(
            "The picture is in CMYK, the colours of print, which browsers show wrongly. Save it as RGB."
        )
    turn = image.getexif().get(ORIENTATION, 1)
    turn = turn if isinstance(turn, int) and 1 <= turn <= 8 else 1
    image.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))
    image.load()
    if turn in SIDEWAYS:
        width, height = height, width
    return Picture(content_type, extension, width, height, turn)


def _too_large() -> str:
    return f"At most {MAX_PIXELS // 1_000_000:,} million pixels are shown. Make it smaller."
