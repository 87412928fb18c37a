from __future__ import annotations

import io

import pytest
from PIL import Image

from annotation.demo import story
from annotation.demo.pictures import HEIGHT, WIDTH, draw_scene
from annotation.errors import Invalid
from annotation.models import Batch, Event, Item, Project, Task
from annotation.workflow import counts


def test_the_same_seed_draws_the_same_picture():
    assert draw_scene(7).jpeg == draw_scene(7).jpeg
    assert draw_scene(7).jpeg != draw_scene(8).jpeg


def test_boxes_lie_on_the_picture():
    for seed in range(12):
        scene = draw_scene(seed)
        assert Image.open(io.BytesIO(scene.jpeg)).size == (WIDTH, HEIGHT)
        for _, (x1, y1, x2, y2) in scene.objects:
            assert 0 <= x1 < x2 <= WIDTH
            assert 0 <= y1 < y2 <= HEIGHT


def test_the_story_has_items_in_every_status_and_true_counts(db):
    story.tell(None, lambda line: None)
    assert story.is_told()
    project = Project.objects.get(slug="street-scenes", workspace__slug="demo")
    assert set(Item.objects.values_list("status", flat=True)) == set(Item.Status.values)
    assert Item.objects.exclude(priority=None).count() == 3
    assert set(Batch.objects.values_list("name", "status")) == {
        ("Week 47", "in_progress"),
        ("Next week", "staging"),
    }
    assert counts.drift(project.pk) == []
    returned = Task.objects.get(status="rejected")
    assert returned.assignee.email == "ben@example.com"
    assert returned.reason
    assert (
        not Task.objects.open().filter(assignee__email__in=["ana@example.com", "quinn@example.com"]).exists()
    )
    assert Event.objects.filter(kind="reject", to_status="rejected").count() == 1


def test_your_own_pictures_are_used_instead(db, tmp_path):
    for number in range(1, 16):
        Image.new("RGB", (60, 40), (number * 10, 90, 120)).save(tmp_path / f"mine-{number:02}.png")
    story.tell(tmp_path, lambda line: None)
    assert Item.objects.filter(name__startswith="mine-").count() == 15
    assert set(Item.objects.values_list("status", flat=True)) == set(Item.Status.values)


def test_a_folder_without_pictures_is_said(db, tmp_path):
    with pytest.raises(Invalid, match="There is no JPEG, PNG or WebP picture"):
        story.tell(tmp_path, lambda line: None)
