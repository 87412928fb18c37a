"""Bodies sent without a Content-Length.

Django reads `CONTENT_LENGTH` bytes, so a chunked upload would arrive empty and without an error. The wrapper
spools such a body to a temporary file, at most `MAX_BODY` bytes of it, and sets the length.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

MAX_BODY = 2 * 1024**3
IN_MEMORY = 1024**2
PIECE = 64 * 1024


class ChunkedBodies:
    def __init__(self, application: Callable[..., Iterable[bytes]], max_body: int = MAX_BODY) -> None:
        self.application = application
        self.max_body = max_body

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked" or environ.get("CONTENT_LENGTH"):
            return self.application(environ, start_response)
        spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the response
        size = 0
        while piece := environ["wsgi.input"].read(PIECE):
            size += len(piece)
            if size > self.max_body:
                spool.close()
                return _too_large(start_response, self.max_body)
            spool.write(piece)
        spool.seek(0)
        environ["wsgi.input"] = spool
        environ["CONTENT_LENGTH"] = str(size)
        return self.application(environ, start_response)


def _too_large(start_response: Callable[..., Any], limit: int) -> list[bytes]:
    body = f"The body is larger than {limit} bytes. Send it in parts.\n".encode()
    start_response(
        "413 Content Too Large",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
