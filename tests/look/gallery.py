"""One page with every shared piece, for the tests of the look: nobody's page, only theirs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path
from django.utils import timezone

from annotation.errors import MayNotRequest
from annotation.models import Item, Operation
from config.urls import urlpatterns as the_pages

PAGE = Path(__file__).with_name("gallery.html").read_text()
EVIL = "<img src=x onerror=alert(1)>"


class GalleryForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=200, help_text="1 to 200.")
    name = forms.CharField(error_messages={"required": "A batch needs a name."})
    leave_out = forms.BooleanField(required=False, help_text="Images of a launched batch.")
    policy = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Finish first"), ("b", "Top up")])


def gallery(request: HttpRequest) -> HttpResponse:
    if "message" in request.GET:
        messages.error(request, request.GET["message"])
    return HttpResponse(Template(PAGE).render(_context(request)))


def _context(request: HttpRequest) -> RequestContext:
    workspace = SimpleNamespace(name="Demo", slug="demo")
    project = SimpleNamespace(name="Street scenes", slug="street-scenes", workspace=workspace)
    is_admin = request.GET.get("role", "admin") == "admin"
    return RequestContext(
        request,
        {
            "access": SimpleNamespace(project=project, is_admin=is_admin, user=request.user),
            "tab": request.GET.get("tab", "data"),
            "items": [Item(pk=n, name=f"cam-front_{n}.jpg") for n in range(5)],
            "form": GalleryForm({"number": "250"}),
            "page": SimpleNamespace(newer_cursor=None, older_cursor="ab&c"),
            "reasons": [SimpleNamespace(n=1612, sentence="are in folders of others", hint="")],
            "operation": Operation(
                id=UUID(int=7),
                kind="fill_batch",
                status=request.GET.get("operation", "running"),
                done=251,
                total=412,
                created_at=timezone.now() - timedelta(seconds=5),
            ),
            "counts": {"completed": 40, "skipped": 8, "not_started": 18},
            "now": timezone.now(),
            "evil": EVIL,
        },
    )


sent: list[tuple[str, list[str]]] = []


def slow(request: HttpRequest) -> HttpResponse:
    sent.append((request.POST.get("answer", ""), []))
    return HttpResponse(status=204)


def upload(request: HttpRequest) -> HttpResponse:
    """Answers as the upload page does: JSON for one file, a page for the last step."""
    names = [file.name for file in request.FILES.getlist("files")]
    sent.append((request.POST["upload"] + "/" + request.POST.get("then", ""), names))
    if request.headers.get("Accept") != "application/json":
        return HttpResponse("<h1>Uploaded</h1>")
    files = [
        {"name": name, "outcome": "refused", "sentence": "This is a text file."}
        if name.endswith(".txt")
        else {"name": name, "outcome": "added", "sentence": ""}
        for name in names
    ]
    return JsonResponse({"files": files})


def refuse(request: HttpRequest) -> HttpResponse:
    raise MayNotRequest("You are paused here. Ask Ada.")


def fail(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>stack trace</p>", status=500)


urlpatterns = [
    path("gallery", gallery),
    path("gallery/slow", slow),
    path("gallery/upload", upload),
    path("gallery/refuse", refuse),
    path("gallery/break", fail),
    *the_pages,
]
