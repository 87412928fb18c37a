"""Progress of a batch as a small stacked SVG: widths and colours are attributes, so the strict CSP holds."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COLOURS = {
    "completed": "#0a7a58",
    "quality_check": "#7f3fc4",
    "in_progress": "#ba7a08",
    "returned": "#b92c15",
    "skipped": "#3f464f",
    "not_started": "#c8c8c8",
}
"""In the order of every bar of the pages."""

WORDS = {status: status.replace("_", " ") for status in COLOURS}


def bar(counts: dict[str, int]) -> SafeString:
    """`{status: images}` → the bar and "12 of 40 done"."""
    total = sum(counts.values())
    if not total:
        return SafeString("–")
    parts, x = [], 0.0
    for status, colour in COLOURS.items():
        width = 100 * counts.get(status, 0) / total
        if width:
            parts.append((f"{x:.2f}%", f"{width:.2f}%", colour, f"{counts[status]:,} {WORDS[status]}"))
            x += width
    words = ", ".join(f"{counts[s]:,} {WORDS[s]}" for s in COLOURS if counts.get(s))
    return format_html(
        '<svg width="140" height="8" role="img" aria-label="{}">{}</svg> {} of {} done',
        words,
        format_html_join("", '<rect x="{}" width="{}" height="8" fill="{}"><title>{}</title></rect>', parts),
        f"{counts.get('completed', 0):,}",
        f"{total:,}",
    )
