"""Reads bodies and queries, and refuses once, for every field, what no database can keep: NUL, half of a surrogate
pair, and numbers that are not finite."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from annotation.errors import Invalid

SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


class CarefulParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        body = request.body
        data = json.loads(body, parse_constant=_finite, parse_float=_finite)
        if SUSPECT.search(body):
            _check(data)
        return data

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        for name in data:
            for value in (name, *data.getlist(name)):
                if isinstance(value, str):
                    refuse_bad_text(value)
        return super().parse_querydict(data, list_fields, request)


def refuse_bad_text(text: str) -> None:
    if "\0" in text:
        raise Invalid("A text contains a NUL character. Remove it.")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Invalid("A text contains half of a surrogate pair. Send valid Unicode.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Invalid(f"{text[:20]} is not a finite number. Send an ordinary one.")
    return number


def _check(value: Any) -> None:
    if isinstance(value, str):
        refuse_bad_text(value)
    elif isinstance(value, list):
        for each in value:
            _check(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            refuse_bad_text(name)
            _check(each)
