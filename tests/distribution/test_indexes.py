"""No index is missed: the hot queries are EXPLAINed. On SQLite a partial index wants the literals of its condition."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from annotation.distribution import queue_postgres, queue_sqlite
from annotation.distribution.eligibility import Ask, Barrier
from annotation.distribution.held import held_tasks
from annotation.distribution.standing import held_sql
from annotation.models import Project, Task
from tests.factories import make_batch, make_folder, make_items

ASKS = [
    Ask(0, 0, "annotator"),
    Ask(0, 0, "qa"),
    Ask(0, 0, "qa", allows_self_review=True),
    *(Ask(0, 0, "qa", barrier=barrier) for barrier in Barrier),
]


def explained(sql: str, parameters: dict[str, Any]) -> str:
    """The plan as text, one step a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            return "\n".join(row[3] for row in cursor.fetchall())
        cursor.execute(
            "SET LOCAL enable_seqscan = off"
        )  # a table of 600 rows is read whole, a large one is not
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
        return "\n".join(_steps(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"]))


def _steps(node: dict[str, Any]) -> list[str]:
    own = f"{node['Node Type']} {node.get('Relation Name', '')} {node.get('Index Name', '')}".strip()
    return [own, *(line for child in node.get("Plans", []) for line in _steps(child))]


def _forget_statistics(cursor: Any) -> None:
    """As if nobody had ever looked: autovacuum may have, while the table of another test was empty."""
    cursor.execute("DELETE FROM pg_statistic WHERE starelid = 'annotation_task'::regclass")
    cursor.execute(
        "UPDATE pg_class SET reltuples = -1, relpages = 0"
        " WHERE oid = 'annotation_task'::regclass"
        " OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'annotation_task'::regclass)"
    )


@pytest.fixture(params=["fresh statistics", "no statistics"])
def work(request: pytest.FixtureRequest, project: Project, ana: User) -> Project:
    """600 tasks in three folders and two batches; Ana holds 20 and has handed in 200."""
    for name in ("A", "B", "C"):
        make_items(project, make_folder(project, name), 100)
    items = list(project.items.order_by("id"))
    make_batch(project, items[:150], name="One")
    make_batch(project, items[150:], name="Two")
    tasks = list(Task.objects.filter(stage_kind="annotate").order_by("id"))
    Task.objects.filter(pk__in=[task.pk for task in tasks[:20]]).update(assignee=ana)
    Task.objects.filter(pk__in=[task.pk for task in tasks[20:220]]).update(assignee=ana, status="submitted")
    with connection.cursor() as cursor:
        if request.param == "fresh statistics":
            cursor.execute("ANALYZE annotation_task" if connection.vendor == "postgresql" else "ANALYZE")
        elif connection.vendor == "postgresql":
            _forget_statistics(cursor)
    return project


@pytest.mark.postgresql
@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_the_claim_walks_the_queue_index(work: Project, ana: User, ask: Ask) -> None:
    ask = Ask(work.pk, ana.pk, ask.role, ask.allows_self_review, ask.barrier)
    parameters = {**ask.parameters, "n": 50, "wide": 200, "now": "2026-11-24", "door": "page"}
    plan = explained(queue_postgres.claim_sql(ask.shape), parameters)
    assert "annotation_task task_queue" in plan
    assert "Seq Scan annotation_task" not in plan


@pytest.mark.postgresql
def test_a_claim_stops_reading_when_it_has_enough(work: Project, ana: User) -> None:
    ask = Ask(work.pk, ana.pk, "annotator")
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {queue_postgres.heads_sql(ask.shape)}",
            {**ask.parameters, "wide": 10},
        )
        plan = cursor.fetchone()[0]
    read = [
        node["Actual Rows"] * node["Actual Loops"]
        for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        if node.get("Index Name") == "task_queue"
    ]
    assert 10 <= sum(read) <= 25


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for child in node.get("Plans", []) for found in _nodes(child))]


@pytest.mark.sqlite
@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_the_heads_of_a_batch_are_read_in_order_from_the_queue_index(
    work: Project, ana: User, ask: Ask
) -> None:
    stretch = {"folder": 1, "kind": ask.kind, "order": 1, "user": ana.pk}
    plan = explained(queue_sqlite.heads_sql(ask), {**stretch, "batch": 1, "limit": 50})
    assert "USING INDEX task_queue (folder_id=? AND stage_kind=? AND stage_order=? AND batch_id=?)" in plan
    assert "TEMP B-TREE" not in plan
    assert "USING INDEX task_queue" in explained(queue_sqlite.any_sql(ask), stretch)


def test_counting_what_i_hold_walks_my_index(work: Project, ana: User) -> None:
    plan = explained(held_sql(), {"project": work.pk, "user": ana.pk, "kind": "annotate"})
    assert "task_mine" in plan


def test_listing_what_i_hold_walks_my_index(work: Project, ana: User) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "task_mine" in held_tasks(work.pk, ana.pk).explain()
