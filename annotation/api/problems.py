"""Every error of the API as problem+json: `{type, title, status, detail, code, …facts}`. Never an HTML page.

`code` is for programs, `detail` is a sentence for the person who reads their log.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.responses import NinjaJSONEncoder

from annotation.errors import NotFound, Refused

log = logging.getLogger("mete.api")

TITLES = {
    400: "The request cannot be read",
    401: "No valid key",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Refused",
    413: "Too large",
    422: "Invalid",
    500: "Error on our side",
    503: "Busy",
}
CODES = {400: "malformed", 401: "unauthorized", 403: "forbidden", 404: "not_found", 413: "too_large"}
DOCUMENTED = (400, 401, 403, 404, 409, 413, 422, 503)
SHOWN_ERRORS = 20
RESERVED = {"type", "title", "status", "detail", "code"}


def problem(status: int, code: str, sentence: str, /, **facts: Any) -> HttpResponse:
    """A fact that has the name of one of problem+json's own members is called `current_…`."""
    body = {
        "type": f"urn:mete:problem:{code}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": sentence,
        "code": code,
        **{f"current_{name}" if name in RESERVED else name: value for name, value in facts.items()},
    }
    response = HttpResponse(
        json.dumps(body, cls=NinjaJSONEncoder), status=status, content_type="application/problem+json"
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def document(schema: dict[str, Any]) -> None:
    """Every operation of the OpenAPI description may answer these problems."""
    members = {name: {"type": "string"} for name in ("type", "title", "detail", "code")}
    schema["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": "problem+json; what an error knows besides (field, errors, reasons, …) stands beside these.",
        "properties": {**members, "status": {"type": "integer"}},
        "required": ["type", "title", "status", "detail", "code"],
    }
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status in DOCUMENTED:
                operation["responses"].setdefault(status, {"description": TITLES[status], "content": content})


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problem(refused.status, refused.code, refused.sentence, **refused.facts)


def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, "unauthorized", "Send a valid key in the header: Authorization: Bearer <key>.")


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Refused):
        return _refused(request, cause)
    if isinstance(cause, RequestDataTooBig):
        return _too_big(request, cause)
    if error.status_code == 400 and cause is not None:
        return problem(400, "malformed", "The body is not valid JSON. Send one JSON object in UTF-8.")
    status = error.status_code
    return problem(status, CODES.get(status, "refused"), str(error))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """An impossible id in the address is an address of nothing; all else is named field by field."""
    if error.errors and all(e["loc"][0] == "path" for e in error.errors):
        return _not_found(request, error)
    errors = [{"field": _place(e["loc"]), "sentence": _sentence(e)} for e in error.errors[:SHOWN_ERRORS]]
    first = errors[0]
    more = f" There are {len(error.errors) - 1} more such problems." if len(error.errors) > 1 else ""
    return problem(422, "invalid", f"{first['field']}: {first['sentence']}{more}", errors=errors)


def _place(loc: tuple[Any, ...]) -> str:
    """`("body", "body", "items", 3, "name")` → `items[3].name`."""
    parts = [p for p in loc[1:] if p not in {"body", "filters"}] or ["body"]
    place = ""
    for part in parts:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


def _sentence(error: dict[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "missing":
        message = "this is missing"
    elif error["type"] == "extra_forbidden":
        message = "there is no such field; check its spelling"
    return message if message.endswith(".") else message[0].upper() + message[1:] + "."


def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, "not_found", "There is no such thing here, or you are not a member.")


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(413, "too_large", "The body is too large. Send it in several calls.")


def _suspicious(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(400, "malformed", "The request cannot be read. Send fewer or smaller parts, in UTF-8.")


def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.exception("the database did not answer in time")
    response = problem(503, "busy", "The database did not answer in time. Try again in a few seconds.")
    response["Retry-After"] = "2"
    return response


def _our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "error", "Something failed on our side. It is in the server's log; try again later.")


def add_handlers(api: NinjaAPI) -> None:
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refused: _refused,
        NotFound: _refused,
        AuthenticationError: _no_key,
        HttpError: _http_error,
        ValidationError: _invalid,
        Http404: _not_found,
        RequestDataTooBig: _too_big,
        SuspiciousOperation: _suspicious,
        MultiPartParserError: _suspicious,
        UnreadablePostError: _suspicious,
        OperationalError: _busy,
        Exception: _our_fault,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def always_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the API whose 405 is a problem too: ninja answers it in plain text."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response.get("Allow", "")
            response = problem(
                405, "method_not_allowed", f"{request.method} does nothing here. Use {allowed}."
            )
            response["Allow"] = allowed
        return response

    return wrapped
