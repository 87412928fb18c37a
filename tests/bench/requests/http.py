"""CPU of the HTTP call, beside that of an empty authenticated endpoint and that of the rule alone."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.test import Client, override_settings
from django.urls import include, path
from ninja import NinjaAPI

from accounts.keys import create_key
from annotation.api.auth import KeyAuth
from annotation.members.people import set_project_role, set_workspace_role
from annotation.models import Project, Task
from tests.bench.requests.arms import place_of

empty = NinjaAPI(urls_namespace="bench", auth=KeyAuth(), docs_url=None, openapi_url=None)


@empty.get("/empty")
def nothing(request) -> dict[str, str]:
    return {}


urlpatterns = [path("bench/", empty.urls), path("", include("config.urls"))]
TIMES = 100


def cpu_of_http(project: Project, repeats: int) -> list[dict[str, float]]:
    """Milliseconds of CPU of this process, per call. The server's own parsing of HTTP is in neither."""
    place = place_of(project.pk)
    me = next(iter(place.people.values()))
    set_workspace_role(project.workspace, me, "member", by=me)
    set_project_role(project, me, "annotator", by=me)
    _, key = create_key(me, project.workspace_id, "bench")
    client = Client(headers={"authorization": f"Bearer {key}"})
    address = f"/api/v1/projects/{project.pk}/request-tasks"

    def put_back() -> None:
        Task.objects.filter(assignee=me).update(assignee=None)

    def call() -> None:
        response = client.post(address)
        assert response.status_code == 200, response.content
        put_back()

    def look() -> None:
        assert client.get("/bench/empty").status_code == 200

    def rule() -> None:
        assert place.rule(me.pk)
        put_back()

    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        for work in (call, look, rule, put_back):
            _cpu(work, 5)
        found = []
        for _ in range(repeats):
            back = _cpu(put_back)
            found.append({"http": _cpu(call) - back, "empty": _cpu(look), "rule": _cpu(rule) - back})
        return found


def _cpu(work: Callable[[], None], times: int = TIMES) -> float:
    at = time.process_time()
    for _ in range(times):
        work()
    return 1000 * (time.process_time() - at) / times
