"""Names that people give to workspaces, projects, classes and batches: any text of one line."""

from __future__ import annotations

import unicodedata

from annotation.errors import Invalid


def clean_title(name: object, what: str, longest: int) -> str:
    """NFC without outer spaces, 1..`longest` characters, no control characters. Raises `Invalid`."""
    if not isinstance(name, str):
        raise Invalid(f"The {what}'s name must be text.", field="name")
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise Invalid(f"The {what} needs a name.", field="name")
    if len(name) > longest:
        raise Invalid(f"The {what}'s name has {len(name)} characters. Use at most {longest}.", field="name")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise Invalid(f"The {what}'s name contains a control character. Remove it.", field="name")
    return name
