from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.utils import timezone

from accounts.models import User
from annotation.models import Item, Operation

GAP = "\u202f"
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context)).strip()


def segments(html: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'<rect class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', html)
    return [(name, float(x), float(width)) for name, x, width in found]


# bars


def test_a_bar_stands_in_the_order_of_the_look_whatever_the_order_of_the_counts() -> None:
    counts = dict.fromkeys(
        ["not_started", "skipped", "returned", "in_progress", "quality_check", "completed"], 5
    )
    assert [name for name, _, _ in segments(render("{% bar counts %}", counts=counts))] == [
        "completed",
        "quality_check",
        "in_progress",
        "returned",
        "skipped",
        "not_started",
    ]


def test_segments_touch_and_fill_the_bar() -> None:
    parts = segments(render("{% bar c %}", c={"completed": 1, "quality_check": 1, "in_progress": 1}))
    assert [x for _, x, _ in parts] == [0, 33.33, 66.67]
    assert [round(x + width, 2) for _, x, width in parts] == [33.33, 66.67, 100]


def test_the_rest_of_a_total_stays_an_empty_track() -> None:
    assert segments(render("{% bar c total=80 %}", c={"completed": 22})) == [("completed", 0, 27.5)]


def test_a_total_too_small_never_pushes_a_segment_over_the_end() -> None:
    assert segments(render("{% bar c total=1 %}", c={"completed": 1, "returned": 1}))[-1] == (
        "returned",
        50,
        50,
    )


def test_a_bar_says_all_its_counts_in_one_sentence() -> None:
    html = render("{% bar c label='Monday drop' %}", c={"skipped": 27, "completed": 1012, "returned": 0})
    assert 'aria-label="Monday drop: 1,012 completed, 27 skipped"' in html
    assert "<title>Completed: 1,012</title>" in html


@pytest.mark.parametrize("counts", [{}, None, {"completed": 0}])
def test_a_bar_of_nothing_is_an_empty_track_that_says_so(counts: dict[str, int] | None) -> None:
    html = render("{% bar c total=0 %}", c=counts)
    assert segments(html) == []
    assert 'aria-label="Progress: no images"' in html


def test_only_skipped_is_hatched() -> None:
    html = render("{% bar c %}", c={"skipped": 1, "completed": 1})
    assert html.count("url(#hatch)") == 1
    assert re.search(r'class="skipped"[^>]*fill="url\(#hatch\)"', html)


def test_a_name_in_a_label_is_escaped() -> None:
    assert "<script>" not in render("{% bar c label=name %}", c={}, name="<script>")


# statuses


@pytest.mark.parametrize(
    ("value", "css", "word"),
    [
        ("not_started", "not_started", "Not started"),
        ("quality_check", "quality_check", "Quality check"),
        ("building", "building", "Building"),
        ("paused", "paused", "Paused"),
        ("ready", "not_started", "Not started"),
        ("submitted", "quality_check", "Quality check"),
        ("rejected", "returned", "Returned"),
        ("accepted", "completed", "Completed"),
    ],
)
def test_a_status_is_a_glyph_and_a_word(value: str, css: str, word: str) -> None:
    html = render("{% status v %}", v=value)
    assert f'<span class="status {css}">' in html
    assert f'<use href="#s-{css}"/>' in html
    assert html.endswith(f"{word}</span>")


def test_a_glyph_alone_is_labelled() -> None:
    html = render("{% status 'returned' alone=True %}")
    assert 'role="img" aria-label="Returned"' in html
    assert "aria-hidden" not in html


def test_every_status_there_is_has_a_glyph_in_the_sprite() -> None:
    from annotation.models import Batch, Task

    sprite = render('{% include "_shared/sprite.html" %}')
    for value in {*Item.Status.values, *Batch.Status.values, *Task.Status.values}:
        glyph = re.search(r'href="#(s-\w+)"', render("{% status v %}", v=value))
        assert glyph
        assert f'id="{glyph[1]}"' in sprite, value


# people and pictures


def test_a_person_is_an_avatar_and_a_name() -> None:
    ana = User(email="ana@example.com", name="Ana Petrova")
    assert ">AP</span>" in render("{% person p %}", p=ana)
    assert '<span class="cut">Ana Petrova</span>' in render("{% person p %}", p=ana)
    assert '<span class="cut">Ana</span>' in render("{% person p first=True %}", p=ana)
    assert "ana@example.com" in render("{% person p email=True %}", p=ana)


def test_nobody_is_a_dash() -> None:
    assert render("{% person p %}", p=None) == '<span class="faint">–</span>'


def test_a_person_without_a_name_is_their_address() -> None:
    assert '<span class="cut">ana@example.com</span>' in render(
        "{% person p %}", p=User(email="ana@example.com")
    )


def test_a_persons_name_is_escaped() -> None:
    eve = User(email="eve@example.com", name='<b onclick="x">Eve')
    assert "<b onclick" not in render("{% person p %}{% person p email=True %}{% avatar p %}", p=eve)


def test_a_picture_that_is_not_made_yet_is_drawn_and_says_why() -> None:
    html = render("{% thumb i %}", i=Item(pk=7))
    assert "<img" not in html
    assert "The small picture is not made yet." in html
    broken = render("{% thumb i %}", i=Item(pk=7, thumbnail_error="It is <cut> short."))
    assert "It is &lt;cut&gt; short." in broken
    assert "#i-warn" in broken


# numbers and times


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (999, "999"), (2340, "2,340"), (None, "–"), ("", "–")])
def test_numbers(value: object, said: str) -> None:
    assert render("{{ v|number }}", v=value) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 40, "0 %"),
        (1, 1000, "1 %"),
        (1012, 2340, "43 %"),
        (999, 1000, "99 %"),
        (1000, 1000, "100 %"),
        (0, 0, "–"),
        (3, None, "–"),
    ],
)
def test_percent_is_100_only_when_all_is_done(part: int, whole: int | None, said: str) -> None:
    assert render("{{ p|percent:w }}", p=part, w=whole) == said.replace(" ", GAP)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2_481_152, "2.5 MB"),
        (24_811_520, "25 MB"),
        (999_499, "999 kB"),
        (999_999, "1.0 MB"),
        (3 * 10**15, "3,000 TB"),
        (None, "–"),
    ],
)
def test_bytes(value: int | None, said: str) -> None:
    assert render("{{ v|bytes }}", v=value) == said.replace(" ", GAP)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "under 1_s"),
        (14, "14_s"),
        (60, "1_min"),
        (161, "2_min 41_s"),
        (128, "2_min 08_s"),
        (3 * 3600 + 12 * 60 + 5, "3_h 12_min"),
        (3600 * 24 * 2, "2_d"),
        (timedelta(minutes=1, seconds=20), "1_min 20_s"),
        (None, "–"),
    ],
)
def test_durations_have_their_two_largest_units(value: object, said: str) -> None:
    assert render("{{ v|duration }}", v=value) == said.replace("_", GAP)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOW, "today 15:00"),
        (NOW.replace(hour=0, minute=4), "today 00:04"),
        (NOW - timedelta(hours=16), "1_d ago"),
        (NOW - timedelta(days=3), "3_d ago"),
        (NOW - timedelta(days=7), "7_d ago"),
        (NOW - timedelta(days=8), "16 Nov"),
        (NOW - timedelta(days=365), "24 Nov 2025"),
        (NOW + timedelta(days=2), "26 Nov"),
        (None, "–"),
    ],
)
def test_times_are_said_as_people_say_them(value: datetime | None, said: str) -> None:
    assert render("{{ v|ago:now }}", v=value, now=NOW) == said.replace("_", GAP)


def test_today_is_the_readers_today() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert render("{{ v|ago:now }}", v=late, now=NOW) == f"1{GAP}d ago"
    with timezone.override("Asia/Tokyo"):
        assert render("{{ v|ago:now }}", v=late, now=NOW) == f"1{GAP}d ago"
        assert render("{{ v|ago:now }}", v=late, now=late + timedelta(hours=1)) == "today 08:30"


def test_a_time_carries_its_full_date() -> None:
    html = render("{% when v %}", v=datetime(2025, 11, 4, 9, 5, tzinfo=UTC))
    assert 'datetime="2025-11-04T09:05:00+00:00" title="4 Nov 2025, 09:05"' in html
    assert render("{% when v %}", v=None) == "–"


# operations


def operation(**values: object) -> Operation:
    return Operation(**{"id": uuid4(), "kind": "fill_batch", "status": "running", "total": 412, **values})


def said(**values: object) -> str:
    return render("{{ o|operation_words }}", o=operation(**values))


def test_a_running_operation_says_how_far_how_fast_and_how_long_still() -> None:
    started = timezone.now() - timedelta(seconds=10)
    assert said(done=200, created_at=started) == f"200 of 412 images · 20 a second · 10{GAP}s left"


def test_nothing_done_yet_promises_no_speed() -> None:
    assert said(done=0, created_at=timezone.now() - timedelta(seconds=10)) == "0 of 412 images"


def test_a_failed_operation_says_what_stopped_it_and_what_to_do() -> None:
    words = said(status="failed", done=251, error="The disk is full.")
    assert words.startswith("Building a batch stopped after 251 of 412. The disk is full.")
    assert "Start it again" in words


def test_an_unknown_total_is_not_divided_by() -> None:
    assert said(done=5, total=None) == "5 images so far."
