"""Pieces of every page: statuses, bars, people, pictures, and numbers in the words of LOOK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from annotation.models import Item, Operation

register = template.Library()

NONE = "–"
GAP = "\u202f"
"""Between a number and its unit: narrow, and no line breaks there."""

WORDS = {
    "completed": "Completed",
    "quality_check": "Quality check",
    "in_progress": "In progress",
    "returned": "Returned",
    "skipped": "Skipped",
    "not_started": "Not started",
}
"""The statuses of an item, in the order of the segments of every bar."""

OTHER_WORDS = {
    "building": "Building",
    "staging": "Staging",
    "paused": "Paused",
    "cancelled": "Cancelled",
}
OF_A_TASK = {
    "waiting": ("staging", "Waiting"),
    "ready": ("not_started", "Not started"),
    "submitted": ("quality_check", "Quality check"),
    "rejected": ("returned", "Returned"),
    "accepted": ("completed", "Completed"),
}
"""A task's own statuses: the glyph, and the word people know it by."""


@dataclass(frozen=True)
class Part:
    status: str
    x: str
    width: str
    title: str


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "request" %}`: hidden from screen readers unless it has a label."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="#i-{}"/></svg>', label, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.inclusion_tag("_shared/status.html")
def status(value: str, label: str = "", alone: bool = False) -> dict[str, object]:
    """Glyph and word of an item's, a batch's or a task's status. `alone`: the glyph only, labelled."""
    css, word = OF_A_TASK.get(value) or (value, WORDS.get(value) or OTHER_WORDS.get(value, value))
    return {"css": css, "word": label or word, "alone": alone}


@register.inclusion_tag("_shared/bar.html")
def bar(
    counts: Mapping[str, int] | None, total: int | None = None, thick: bool = False, label: str = "Progress"
) -> dict[str, object]:
    """Stacked progress of `counts` (item status → number), as parts of `total` (default: their sum)."""
    present = [(name, (counts or {}).get(name, 0)) for name in WORDS]
    present = [(name, n) for name, n in present if n > 0]
    whole = max(total or 0, sum(n for _, n in present))
    parts, before = [], 0
    for name, n in present:
        x, end = f"{100 * before / whole:.2f}", f"{100 * (before + n) / whole:.2f}"
        parts.append(Part(name, x, f"{float(end) - float(x):.2f}", f"{WORDS[name]}: {n:,}"))
        before += n
    said = ", ".join(f"{n:,} {WORDS[name].lower()}" for name, n in present)
    return {"parts": parts, "sentence": f"{label}: {said or 'no images'}", "thick": thick}


@register.inclusion_tag("_shared/legend.html")
def legend() -> dict[str, object]:
    """The words of a bar's colours, in its order."""
    return {"words": list(WORDS)}


@register.inclusion_tag("_shared/person.html")
def person(user: User | None, first: bool = False, email: bool = False) -> dict[str, object]:
    """Avatar and name; `first`: the first name only; `email`: the address on a second line; nobody: a dash."""
    name = (user.first_name_or_email if first else user.get_full_name()) if user else ""
    return {"person": user, "name": name, "with_email": email}


@register.simple_tag
def avatar(user: User) -> SafeString:
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', user.initials)


@register.inclusion_tag("_shared/thumb.html")
def thumb(item: Item, css: str = "thumb", alt: str = "") -> dict[str, object]:
    """The item's small picture, or a drawn place-holder that says why there is none yet."""
    src = reverse("item_thumbnail", args=[item.pk]) if item.thumbnail else ""
    why = item.thumbnail_error or "The small picture is not made yet."
    return {"src": src, "css": css, "alt": alt, "why": why, "failed": bool(item.thumbnail_error)}


@register.filter
def number(value: object) -> str:
    """12345 → 12,345; None → a dash."""
    if value is None or value == "":
        return NONE
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


@register.filter
def percent(part: float | None, whole: float | None) -> str:
    """How much `part` is of `whole`. 100 % only when it is all, 0 % only when it is nothing."""
    if not whole or part is None:
        return NONE
    share = round(100 * part / whole)
    if 0 < part < whole:
        share = min(max(share, 1), 99)
    return f"{share}{GAP}%"


@register.filter(name="bytes")
def size(value: int | None) -> str:
    """2481152 → 2.5 MB (thousands, as file managers count)."""
    if value is None:
        return NONE
    if value < 1000:
        return f"{value}{GAP}B"
    amount = float(value)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.5 or unit == "TB":
            break
    return f"{amount:,.1f}{GAP}{unit}" if amount < 9.95 else f"{amount:,.0f}{GAP}{unit}"


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Seconds, or a timedelta, as its two largest units: 2 min 41 s."""
    if value is None:
        return NONE
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < 1:
        return f"under 1{GAP}s"
    if seconds < 60:
        return f"{seconds}{GAP}s"
    for outer, inner, unit, small in ((86400, 3600, "d", "h"), (3600, 60, "h", "min"), (60, 1, "min", "s")):
        if seconds >= outer:
            rest = seconds % outer // inner
            return f"{seconds // outer}{GAP}{unit}" + (f" {rest:02d}{GAP}{small}" if rest else "")
    raise AssertionError(seconds)


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """Today 14:02; within a week 3 d ago; else 18 Nov, with the year where it is another one."""
    if value is None:
        return NONE
    there, here = timezone.localtime(value), timezone.localtime(now)
    days = (here.date() - there.date()).days
    if days == 0:
        return f"today {there:%H:%M}"
    if 0 < days <= 7:
        return f"{days}{GAP}d ago"
    return f"{there.day} {there:%b}" + (f" {there.year}" if there.year != here.year else "")


@register.simple_tag
def when(value: datetime | None) -> str | SafeString:
    """`ago` in a `<time>` with the full date under the pointer."""
    if value is None:
        return NONE
    there = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        there.isoformat(timespec="seconds"),
        f"{there.day} {there:%b %Y, %H:%M}",
        ago(value),
    )


@register.filter
def operation_words(operation: Operation) -> str:
    """Where a long action is: done of total and how fast; what stopped it and what to do; or that it is done."""
    done, total = number(operation.done), number(operation.total)
    if operation.status == Operation.Status.FAILED:
        return (
            f"{operation.get_kind_display()} stopped after {done} of {total}. {operation.error} "
            "What was done stays. Start it again; if it stops again, tell whoever runs this server."
        )
    if operation.status == Operation.Status.CANCELLED:
        return f"Cancelled after {done} of {total} images."
    if operation.status == Operation.Status.DONE:
        return f"Done: {done} images."
    if operation.is_cancel_asked:
        return f"Stopping after {done} of {total} images."
    if operation.status == Operation.Status.QUEUED:
        return "Waits for its turn."
    if operation.total is None:
        return f"{done} images so far."
    return " · ".join([f"{done} of {total} images", *_speed(operation)])


def _speed(operation: Operation) -> list[str]:
    seconds = (timezone.now() - operation.created_at).total_seconds()
    if operation.done < 1 or seconds < 1 or operation.total is None:
        return []
    rate = operation.done / seconds
    left = duration((operation.total - operation.done) / rate)
    return [f"{rate:,.0f} a second", f"{left} left"] if rate >= 1 else [f"{left} left"]
