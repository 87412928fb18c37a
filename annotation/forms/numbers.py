from __future__ import annotations


def whole_number(text: str) -> int | str:
    """What was typed as a number, or as it is, for the rule to refuse."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else text
