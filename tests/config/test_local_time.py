from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from config.local_time import LocalTime


def zone_of(cookie: str | None) -> str:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES["mete_tz"] = cookie
    middleware = LocalTime(lambda _: HttpResponse(timezone.get_current_timezone_name()))
    return middleware(request).content.decode()


def test_times_are_in_the_zone_of_the_browser() -> None:
    assert zone_of("Europe%2FBerlin") == "Europe/Berlin"


@pytest.mark.parametrize(
    "cookie", [None, "", "Nowhere/At all", "../../etc/passwd", "a\0b", "x" * 5000, "é", "Europe/"]
)
def test_a_zone_that_does_not_exist_leaves_utc(cookie: str | None) -> None:
    assert zone_of(cookie) == "UTC"


def test_the_next_request_does_not_inherit_the_zone() -> None:
    zone_of("Asia/Tokyo")
    assert timezone.get_current_timezone_name() == "UTC"
