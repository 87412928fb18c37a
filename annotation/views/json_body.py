"""The JSON object a script sent; what is not one is refused in a sentence."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from annotation.errors import Invalid


class NotJson(Invalid):
    code = "not_json"
    status = 400


def json_body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise NotJson("The body is not JSON. Send one JSON object.") from error
    if not isinstance(body, dict):
        raise NotJson("The body is JSON but not an object. Send {…}.")
    return body
