from __future__ import annotations

import json
import logging

import pytest

from config.logs import JsonLines, without_secrets


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /roboflow/?api_key=abc123&x=1", "abc123"),
        ("Authorization: Bearer mete_0123456789abcdef", "0123456789abcdef"),
        ("postgres://mete:s3cret@db/mete", "s3cret"),
        ("password=hunter2 rest", "hunter2"),
        ("the key mete_0123456789abcdef0123 was sent", "0123456789abcdef0123"),
    ],
)
def test_a_secret_never_reaches_a_line(text, secret):
    assert secret not in without_secrets(text)


def test_a_line_is_one_json_object_with_its_facts():
    record = logging.LogRecord("mete.request", logging.INFO, "", 0, "%s %s", ("GET", "/x?api_key=1"), None)
    record.status = 200
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "GET /x?api_key=***"
    assert line["status"] == 200
    assert line["level"] == "info"
