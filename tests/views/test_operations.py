"""Long background actions: their progress for the page that asks again and again, and their cancelling."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation import background
from annotation.batches.create import create_batch
from annotation.models import Batch, Operation
from tests.factories import make_items
from tests.views.pages import HTMX, JSON, browser, of, text


@pytest.fixture
def operation(project, ada) -> Operation:
    make_items(project, n=5)
    return create_batch(project, "Week 1", by=ada)[1]


def url(name: str, operation: Operation) -> str:
    return reverse(name, args=[operation.pk])


def progress(user, operation, **headers):
    return browser(user).get(url("operation_progress", operation), headers=headers)


def test_only_admins_of_the_project_may_look_and_stop(operation, ada, ana, quinn, mallory):
    for user, status in ((ada, 200), (ana, 403), (quinn, 403), (mallory, 404)):
        assert progress(user, operation).status_code == status
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert browser(user).post(url("operation_cancel", operation)).status_code == status
    for name in ("operation_progress", "operation_cancel"):
        assert Client().post(url(name, operation))["Location"].startswith("/sign-in")
    operation.refresh_from_db()
    assert not operation.is_cancel_asked


def test_without_a_script_it_is_a_page(operation, ada):
    response = progress(ada, operation)
    page = text(response)
    assert b"<html" in response.content
    for words in ("Building a batch", "Week 1", "Waits for its turn."):
        assert words in page


def test_htmx_gets_the_piece_which_asks_again_while_it_runs(operation, ada):
    Operation.objects.update(status="running", done=2)
    response = progress(ada, operation, **HTMX)
    page = response.content.decode()
    assert "<html" not in page
    assert f'hx-get="{url("operation_progress", operation)}"' in page
    assert 'max="5" value="2"' in page
    assert "2 of 5 images" in text(response)
    assert "HX-Refresh" not in response
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("status", ["done", "failed", "cancelled"])
def test_once_it_has_ended_the_page_is_loaded_anew(operation, ada, status):
    Operation.objects.update(status=status, error="The disk is full.", done=5)
    response = progress(ada, operation, **HTMX)
    assert response["HX-Refresh"] == "true"
    assert "hx-get" not in response.content.decode()
    if status == "failed":
        assert "The disk is full." in text(response)


def test_stopping_leads_back_to_the_batch_and_takes_back_what_was_made(operation, ada):
    response = browser(ada).post(url("operation_cancel", operation), follow=True)
    batch = Batch.objects.get()
    assert response.redirect_chain == [(reverse("batch_detail", args=[batch.pk]), 302)]
    assert "Stopping after 0 of 5 images." in text(response)
    background.run_now(operation)
    batch.refresh_from_db()
    assert (operation.status, batch.status) == ("cancelled", "cancelled")


def test_an_operation_of_no_batch_leads_to_the_list(project, operation, ada):
    Operation.objects.update(batch=None)
    response = browser(ada).post(url("operation_cancel", operation))
    assert response["Location"] == of("project_batches", project)


def test_what_has_ended_cannot_be_stopped(operation, ada):
    background.run_now(operation)
    page = browser(ada).post(url("operation_cancel", operation))
    assert page.status_code == 409
    assert "It has ended already" in text(page)
    data = browser(ada).post(url("operation_cancel", operation), headers=JSON)
    assert (data.status_code, data.json()["code"]) == (409, "refused")


def test_stopping_is_no_link(operation, ada):
    assert browser(ada).get(url("operation_cancel", operation)).status_code == 405


def test_one_that_is_not_there_is_not_found(ada):
    for name in ("operation_progress", "operation_cancel"):
        assert browser(ada).get(reverse(name, args=[uuid4()])).status_code in {404, 405}
    assert browser(ada).get("/operations/nonsense").status_code == 404
