"""Pages as people meet them: who looks, what is read on them, which buttons they have."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Project

HTMX = {"hx-request": "true"}
JSON = {"accept": "application/json"}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def of(name: str, project: Project) -> str:
    """The address of a project's page."""
    return reverse(name, args=[project.workspace.slug, project.slug])


def text(response: Any) -> str:
    """What is read on a page, in one line."""
    page = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def buttons(response: Any) -> list[str]:
    """The words of all buttons that do something."""
    found = re.findall(r"<button\b([^>]*)>(.*?)</button>", response.content.decode(), flags=re.S)
    words = [
        re.sub(r"<[^>]+>", "", inner) for attributes, inner in found if "aria-disabled" not in attributes
    ]
    return [" ".join(html.unescape(word).split()) for word in words]


@dataclass(frozen=True)
class File:
    name: str
    data: bytes


def sent_by_a_form(files: Sequence[File], fields: Mapping[str, object]) -> tuple[bytes, str]:
    """(body, content type): what a browser sends, with names as they are, which Django's own client would tidy."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="files"; filename="{one.name}"\r\n'.encode()
        + b"Content-Type: image/jpeg\r\n\r\n"
        + one.data
        + b"\r\n"
        for one in files
    ]
    body = b"".join(b"--boundary\r\n" + part for part in parts) + b"--boundary--\r\n"
    return body, "multipart/form-data; boundary=boundary"
