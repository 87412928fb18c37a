from __future__ import annotations

import io

from config.chunked import ChunkedBodies


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]


def call(application, body: bytes, **environ):
    answer = {}
    environ = {"wsgi.input": io.BytesIO(body), **environ}
    pieces = application(environ, lambda status, headers: answer.update(status=status))
    return answer["status"], b"".join(pieces)


def test_a_chunked_body_arrives_whole():
    assert call(ChunkedBodies(echo), b"x" * 100_000, HTTP_TRANSFER_ENCODING="chunked") == (
        "200 OK",
        b"x" * 100_000,
    )


def test_a_body_beyond_the_bound_is_refused():
    status, text = call(ChunkedBodies(echo, max_body=10), b"x" * 11, HTTP_TRANSFER_ENCODING="chunked")
    assert status.startswith("413")
    assert b"10 bytes" in text


def test_a_body_with_a_length_is_left_alone():
    assert call(ChunkedBodies(echo), b"hello", CONTENT_LENGTH="5") == ("200 OK", b"hello")
