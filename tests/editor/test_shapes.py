"""What may be drawn, without a database."""

from __future__ import annotations

import math
import uuid
from typing import Any

import pytest

from annotation.editor.shapes import OBJECTS_MAX, Size, check_objects, same_objects, with_authors
from annotation.errors import Invalid

SIZE = Size(640, 480)
ID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


def box(**changes: Any) -> dict[str, Any]:
    return {"id": ID, "class": "Car", "type": "rectangle", "points": [[10, 20], [30, 40]], **changes}


def check(*objects: Any, size: Size = SIZE) -> list[dict[str, Any]]:
    return check_objects(list(objects), classes={"Car", "Bus"}, size=size)


def refusal(*objects: Any, size: Size = SIZE) -> str:
    with pytest.raises(Invalid) as caught:
        check(*objects, size=size)
    return caught.value.sentence


def test_a_box_comes_out_in_one_form():
    assert check(box()) == [
        {
            "id": ID,
            "class": "Car",
            "type": "rectangle",
            "points": [[10.0, 20.0], [30.0, 40.0]],
            "rotation": 0.0,
            "attributes": {},
            "track": None,
        }
    ]


def test_the_type_may_be_left_out():
    one = box()
    del one["type"]
    assert check(one)[0]["type"] == "rectangle"


def test_corners_are_put_in_order():
    assert check(box(points=[[30, 20], [10, 40]]))[0]["points"] == [[10.0, 20.0], [30.0, 40.0]]


def test_an_id_is_written_one_way():
    assert check(box(id=ID.upper()))[0]["id"] == ID
    assert check(box(id=f"{{{ID}}}"))[0]["id"] == ID


def test_a_box_may_touch_every_edge_of_the_image():
    assert check(box(points=[[0, 0], [640, 480]]))


@pytest.mark.parametrize(
    "points",
    [
        [[-0.01, 0], [10, 10]],
        [[0, 0], [640.01, 10]],
        [[0, -1], [10, 10]],
        [[0, 0], [10, 481]],
        [[0, 0], [1e308, 10]],
        [[-1e308, 0], [10, 10]],
    ],
)
def test_a_point_outside_the_image_is_refused_with_the_objects_number(points):
    sentence = refusal(box(id=str(uuid.uuid4())), box(points=points))
    assert sentence.startswith("Object 2 has ")
    assert "outside the image, which is 640 × 480 px" in sentence


@pytest.mark.parametrize(
    "value", ["12", "", None, True, [1], {}, math.nan, math.inf, -math.inf, 10**400, "1e5\0"]
)
def test_a_coordinate_that_is_no_number_is_refused(value):
    assert "Coordinates are numbers" in refusal(box(points=[[value, 0], [10, 10]]))


@pytest.mark.parametrize(
    "points", [None, [], [[1, 2]], [[1, 2], [3, 4], [5, 6]], [1, 2, 3, 4], "box", [[1], [2]]]
)
def test_a_rectangle_has_two_points(points):
    assert "two points" in refusal(box(points=points))


@pytest.mark.parametrize("points", [[[10, 10], [10.9, 20]], [[10, 10], [20, 10]], [[5, 5], [5, 5]]])
def test_less_than_a_pixel_is_refused(points):
    assert "smaller than 1 × 1 px" in refusal(box(points=points))


def test_while_the_size_is_unknown_geometry_is_only_bounded():
    unknown = Size(None, None)
    assert check(box(points=[[0, 0], [9000, 9000]]), size=unknown)
    assert "outside what an image can be" in refusal(box(points=[[0, 0], [1e308, 1]]), size=unknown)


def test_an_unknown_class_is_refused_by_name():
    assert (
        refusal(box(**{"class": "Boat"}))
        == "Object 1 is of the class “Boat”, which this project does not have."
    )


@pytest.mark.parametrize("name", [None, 5, ["Car"], {"a": 1}, "car", "Car\0", "\ud800"])
def test_a_class_is_a_known_name(name):
    assert "class" in refusal(box(**{"class": name}))


def test_other_shapes_are_refused_for_now():
    assert "Only “rectangle”" in refusal(box(type="polygon"))
    assert "Only “rectangle”" in refusal(box(type=["rectangle"]))


@pytest.mark.parametrize("value", [None, "", "1", 7, "6f9619ff", "x" * 5000, ["a"]])
def test_an_id_is_a_uuid(value):
    assert "UUID" in refusal(box(id=value))


def test_two_objects_with_one_id_are_refused():
    assert "has the id of object 1" in refusal(box(), box(id=ID.upper()))


def test_rotation_is_kept_within_a_turn():
    assert check(box(rotation=-90))[0]["rotation"] == 270
    assert check(box(rotation=None))[0]["rotation"] == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, "90", 1e9, True, [90]])
def test_a_rotation_that_is_no_angle_is_refused(value):
    assert "rotation" in refusal(box(rotation=value))


def test_attributes_are_plain_values():
    attributes = {"occluded": True, "line": 12, "note": "half hidden", "parts": ["a", 1, None]}
    assert check(box(attributes=attributes))[0]["attributes"] == attributes


@pytest.mark.parametrize(
    "attributes",
    [
        [],
        "x",
        {"": 1},
        {"a\0": 1},
        {"a": "b\0"},
        {"a": math.nan},
        {"a": math.inf},
        {"a": {"b": 1}},
        {"a": [[1]]},
        {"a": "x" * 1001},
        {"a": "\ud800"},
        {"a": 10**400},
        {str(i): i for i in range(51)},
        {str(i): "x" * 900 for i in range(20)},
    ],
)
def test_attributes_that_cannot_be_kept_are_refused(attributes):
    assert refusal(box(attributes=attributes)).startswith("Object 1 has ")


def test_a_field_mete_does_not_know_is_refused_rather_than_lost():
    assert "“colour”" in refusal(box(colour="red"))


@pytest.mark.parametrize("one", [None, 5, "box", [box()]])
def test_an_object_is_an_object(one):
    assert refusal(one) == "Object 1 is not an object with fields."


@pytest.mark.parametrize("objects", [None, {}, "[]", 0])
def test_objects_are_a_list(objects):
    with pytest.raises(Invalid, match="list of objects"):
        check_objects(objects, classes={"Car"}, size=SIZE)


def test_ten_thousand_objects_are_enough():
    assert len(check(*(box(id=str(uuid.UUID(int=i))) for i in range(OBJECTS_MAX)))) == OBJECTS_MAX
    assert "10,001 objects are too many" in refusal(*([box()] * (OBJECTS_MAX + 1)))


def test_a_sentence_about_a_huge_number_stays_short():
    assert len(refusal(box(points=[[10**5000, 0], [1, 1]]))) < 200
    assert len(refusal(box(points=[["x" * 10_000, 0], [1, 1]]))) < 200


def test_an_untouched_object_keeps_its_author_and_a_changed_one_gets_the_new():
    other = str(uuid.uuid4())
    before = with_authors(check(box(), box(id=other)), [], 1)
    after = with_authors(check(box(), box(id=other, rotation=5)), before, 2)
    assert [one["author"] for one in after] == [1, 2]


def test_an_author_sent_by_a_client_is_not_believed():
    assert with_authors(check(box(author=99)), [], 1)[0]["author"] == 1


def test_equal_apart_from_authors_is_the_same():
    ones = with_authors(check(box()), [], 1)
    assert same_objects(ones, with_authors(check(box()), [], 2))
    assert not same_objects(ones, check(box(rotation=1)))
