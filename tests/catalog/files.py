"""Files as people send them, good and bad, made in memory."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

NOT_A_PICTURE = "This is not a JPEG, PNG or WebP picture"
DAMAGED = "The picture is damaged or cut off"


def picture(
    kind: str = "JPEG",
    size: tuple[int, int] = (64, 48),
    colour: str | tuple[int, ...] = "navy",
    mode: str = "RGB",
    turn: int | None = None,
) -> bytes:
    """`turn` is the EXIF orientation, written as it is, sense or not."""
    out = io.BytesIO()
    extra: dict[str, object] = {}
    if turn is not None:
        exif = Image.Exif()
        exif[0x0112] = turn
        extra["exif"] = exif
    Image.new(mode, size, colour).save(out, kind, **extra)
    return out.getvalue()


def huge_header(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 100))


def several_in_one() -> bytes:
    """What many telephones write: a JPEG that carries a second, smaller picture behind it."""
    out = io.BytesIO()
    second = Image.new("RGB", (32, 24), "white")
    Image.new("RGB", (64, 48), "navy").save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
