"""What may be drawn: checks a list of objects and brings it into one form. Pure; needs no database.

An object is `{id, class, type, points, rotation, attributes, track, author}`. `points` are pixels of the image as shown
(EXIF turn applied), `(0, 0)` its upper left corner; a rectangle is `[[x1, y1], [x2, y2]]` with x1 < x2 and y1 < y2.
`rotation` is degrees clockwise about the middle. `id` is a UUID that stays with the object for life. `author` is the
id of the person who last touched it and is never taken from a client.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotation.errors import Invalid

OBJECTS_MAX = 10_000
SIDE_MAX = 100_000
"""Bound of a coordinate while the size of the image is unknown."""
RECTANGLE_MIN = 1.0
ATTRIBUTES_MAX = 50
ATTRIBUTES_BYTES = 10_000
TEXT_MAX = 1_000
FIELDS = frozenset({"id", "class", "type", "points", "rotation", "attributes", "track", "author"})


@dataclass(frozen=True)
class Size:
    """Pixels of the image as shown; None until somebody first saw it."""

    width: int | None
    height: int | None

    @property
    def is_known(self) -> bool:
        return bool(self.width and self.height)

    @property
    def right(self) -> int:
        return self.width or SIDE_MAX

    @property
    def bottom(self) -> int:
        return self.height or SIDE_MAX

    def __str__(self) -> str:
        return f"{self.right:,} × {self.bottom:,} px"


def check_objects(objects: Any, *, classes: Collection[str], size: Size) -> list[dict[str, Any]]:
    """The objects in one form, without authors. Raises `Invalid` naming the first object that is wrong."""
    if not isinstance(objects, list):
        raise Invalid("“objects” must be a list of objects.", field="objects")
    if len(objects) > OBJECTS_MAX:
        raise Invalid(
            f"{len(objects):,} objects are too many for one image. Send at most {OBJECTS_MAX:,}.",
            field="objects",
        )
    checked = [_object(one, number, classes, size) for number, one in enumerate(objects, 1)]
    seen: dict[str, int] = {}
    for number, one in enumerate(checked, 1):
        first = seen.setdefault(one["id"], number)
        if first != number:
            raise _wrong(number, f"has the id of object {first}. Give each object an id of its own")
    return checked


def with_authors(
    objects: list[dict[str, Any]], before: list[dict[str, Any]], author_id: int
) -> list[dict[str, Any]]:
    """Who drew what: an untouched object keeps its author, a new or changed one gets this one."""
    known = {one["id"]: one for one in before}
    return [{**one, "author": _author(one, known.get(one["id"]), author_id)} for one in objects]


def same_objects(ones: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    """Equal apart from who drew them."""
    return [_without_author(one) for one in ones] == [_without_author(one) for one in others]


def _author(one: dict[str, Any], before: dict[str, Any] | None, author_id: int) -> int:
    if before is not None and _without_author(before) == _without_author(one):
        return before.get("author") or author_id
    return author_id


def _without_author(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "author"}


def _object(one: Any, number: int, classes: Collection[str], size: Size) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise _wrong(number, "is not an object with fields")
    if unknown := sorted(str(key) for key in one.keys() - FIELDS):
        raise _wrong(number, f"has a field that Mete does not know: “{_short(unknown[0])}”. Remove it")
    kind = one.get("type", "rectangle")
    if kind != "rectangle":
        raise _wrong(number, f"is of the type “{_short(kind)}”. Only “rectangle” can be drawn so far")
    return {
        "id": _id(one.get("id"), number),
        "class": _class(one.get("class"), number, classes),
        "type": kind,
        "points": _rectangle(one.get("points"), number, size),
        "rotation": _rotation(one.get("rotation"), number),
        "attributes": _attributes(one.get("attributes"), number),
        "track": _track(one.get("track"), number),
    }


def _id(value: Any, number: int) -> str:
    if isinstance(value, str) and len(value) <= 45:
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise _wrong(number, "needs an id that is a UUID")


def _class(value: Any, number: int, classes: Collection[str]) -> str:
    if not isinstance(value, str):
        raise _wrong(number, "has no class. Name one of the project's classes")
    if value not in classes:
        raise _wrong(number, f"is of the class “{_short(value)}”, which this project does not have")
    return value


def _rectangle(points: Any, number: int, size: Size) -> list[list[float]]:
    if (
        not isinstance(points, list)
        or len(points) != 2
        or not all(isinstance(point, list) and len(point) == 2 for point in points)
    ):
        raise _wrong(number, "needs two points, [[x1, y1], [x2, y2]]")
    xs = sorted(_coordinate(point[0], "x", size.right, number, size) for point in points)
    ys = sorted(_coordinate(point[1], "y", size.bottom, number, size) for point in points)
    if xs[1] - xs[0] < RECTANGLE_MIN or ys[1] - ys[0] < RECTANGLE_MIN:
        raise _wrong(number, "is smaller than 1 × 1 px. Draw it larger or delete it")
    return [[xs[0], ys[0]], [xs[1], ys[1]]]


def _coordinate(value: Any, axis: str, limit: int, number: int, size: Size) -> float:
    coordinate = _number(value)
    if coordinate is None:
        raise _wrong(number, f"has “{_short(value)}” for {axis}. Coordinates are numbers")
    if not 0 <= coordinate <= limit:
        image = f"the image, which is {size}" if size.is_known else f"what an image can be, 0 to {limit:,}"
        raise _wrong(number, f"has {axis} = {_short(value)}, outside {image}")
    return coordinate


def _rotation(value: Any, number: int) -> float:
    if value is None:
        return 0.0
    rotation = _number(value)
    if rotation is None or abs(rotation) > 3600:
        raise _wrong(number, f"has the rotation “{_short(value)}”. Rotation is a number of degrees")
    return rotation % 360


def _attributes(value: Any, number: int) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong(number, "has attributes that are not a list of names with values")
    if len(value) > ATTRIBUTES_MAX:
        raise _wrong(number, f"has {len(value)} attributes. Send at most {ATTRIBUTES_MAX}")
    for name, content in value.items():
        if not name or not _is_text(name, 100):
            raise _wrong(number, f"has an attribute with the unusable name “{_short(name)}”")
        if not _is_plain(content):
            raise _wrong(
                number,
                f"has the attribute “{_short(name)}” with a value that is not text, a number, yes or no",
            )
    if len(json.dumps(value)) > ATTRIBUTES_BYTES:
        raise _wrong(number, "has attributes that are too long")
    return value


def _track(value: Any, number: int) -> str | None:
    if value is None:
        return None
    if not _is_text(value, 100):
        raise _wrong(number, "has a track that is not a text of at most 100 characters")
    return str(value)


def _is_plain(value: Any) -> bool:
    """Text, a finite number, yes, no, nothing, or a short list of those."""
    if isinstance(value, list):
        return len(value) <= 100 and all(not isinstance(one, list) and _is_plain(one) for one in value)
    return value is None or isinstance(value, bool) or _is_text(value, TEXT_MAX) or _number(value) is not None


def _is_text(value: Any, longest: int) -> bool:
    """Text both databases can store: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        return False
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _number(value: Any) -> float | None:
    """A finite float, or None for text, NaN, infinity, true and whole numbers too large for one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _short(value: Any) -> str:
    """For a sentence: at most 60 printable characters."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    text = "".join(character if character.isprintable() else "�" for character in text[:60])
    return text or "nothing"


def _wrong(number: int, what: str) -> Invalid:
    return Invalid(f"Object {number} {what}.", field="objects", object=number)
