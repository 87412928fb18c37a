"""Log lines: one JSON object each, without secrets."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

SECRETS = (
    (re.compile(r"(?i)\b(api_key|token|password|secret|key)=[^&\s\"']+"), r"\1=***"),
    (re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)?\s*)[^\s\"',}]+"), r"\1***"),
    (re.compile(r"\bmete_[0-9a-f]{8,}"), "mete_***"),
    (re.compile(r"(\w+://[^:/\s@]+:)[^@\s/]+@"), r"\1***@"),
)
EXTRA = ("method", "path", "status", "ms", "user_id", "operation", "project_id")


def without_secrets(text: str) -> str:
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
