"""Slugs of workspaces and projects."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.text import slugify


def free_slug(name: str, longest: int, is_taken: Callable[[str], bool], otherwise: str) -> str:
    """A slug of `name` that is not taken: `street-scenes`, `street-scenes-2`, …"""
    base = slugify(name)[: longest - 7].strip("-") or otherwise
    slug, number = base, 1
    while is_taken(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug
