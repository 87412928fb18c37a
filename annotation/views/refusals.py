"""A rule's no, translated once for pages: a sentence where the person looks, with the right HTTP status.

A script that asked for JSON gets `{code, sentence, …facts}`; htmx gets a notice put into `#notice`; everybody else a
page with the sentence and a way back.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from annotation.errors import Forbidden, NotFound, Refused


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal_response(request, exception) if isinstance(exception, Refused) else None


def refusal_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(
            {"code": refused.code, "sentence": refused.sentence, **refused.facts}, status=refused.status
        )
    if getattr(request, "htmx", False):
        response = render(
            request,
            "_shared/notice.html",
            {"kind": "error", "sentence": refused.sentence},
            status=refused.status,
        )
        response["HX-Retarget"] = "#notice"
        response["HX-Reswap"] = "innerHTML"
        return response
    if isinstance(refused, NotFound):
        return not_found_page(request, refused)
    if isinstance(refused, Forbidden):
        return forbidden_page(request, refused)
    return render(
        request,
        "refused.html",
        {"sentence": refused.sentence, "back": request.headers.get("Referer", "")},
        status=refused.status,
    )


def not_found_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = exception.sentence if isinstance(exception, Refused) else ""
    return render(request, "404.html", {"sentence": sentence}, status=404)


def forbidden_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = exception.sentence if isinstance(exception, Refused) else ""
    return render(request, "403.html", {"sentence": sentence}, status=403)
