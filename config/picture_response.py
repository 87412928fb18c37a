"""Stored pictures as answers: never shown as anything but a picture, kept by the browser, asked for again by ETag."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified

SHOWN = {"image/jpeg", "image/png", "image/webp"}


def picture_response(
    request: HttpRequest, file: IO[bytes], content_type: str, etag: str | None = None
) -> HttpResponseBase:
    """`etag` without quotes: its content never changes under it."""
    if etag and request.headers.get("If-None-Match") == f'"{etag}"':
        file.close()
        return HttpResponseNotModified()
    kind = content_type if content_type in SHOWN else "application/octet-stream"
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = "private, max-age=86400"
    if etag:
        response["ETag"] = f'"{etag}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
