"""`/metrics`: what an operator's monitoring reads, by the rules of its format and with nothing of any user in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from app.jobs.figures import MAX_COUNTED, figures
from tests.stack import PATIENCE_SECONDS, wait_until
from tests.unit.api.web import Web

BOTH = ("websocket", "sse")
Labels = tuple[tuple[str, str], ...]


def scrape(web: Web) -> dict[str, dict[Labels, float]]:
    """Every sample, by its name and its labels."""
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(web.client.get("/metrics").text):
        assert family.documentation, family.name
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(web: Web, name: str, **labels: str) -> float | None:
    """One sample, or None where it is not there."""
    return scrape(web).get(name, {}).get(tuple(sorted(labels.items())))


def test_each_system_gets_its_format(web: Web) -> None:
    """Prometheus' own by default, OpenMetrics for who asks; both can be read back."""
    plain = web.client.get("/metrics")
    asked = web.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert list(text_string_to_metric_families(plain.text))
    assert asked.headers["content-type"].startswith("application/openmetrics-text")
    assert list(parse_openmetrics(asked.text))


def test_jobs_are_counted_by_status_and_the_oldest_is_timed(own_web: Callable[..., Web]) -> None:
    """What waits, what runs, and since when; an empty queue that workers serve is 0 and not missing."""
    web = own_web()
    assert value(web, "transom_queue_age_seconds", queue="cpu") == 0
    web.worker.begin(web.submit())
    web.submit()

    wait_until(lambda: value(web, "transom_jobs", status="queued") == 1, what="the jobs being counted")

    assert value(web, "transom_jobs", status="running") == 1
    assert value(web, "transom_jobs", status="done") == 0
    wait_until(lambda: (value(web, "transom_queue_age_seconds", queue="cpu") or 0) > 0, what="the queue growing old")
    assert value(web, "transom_workers") == 1
    assert value(web, "transom_worker_processes", queue="cpu") == 2


def test_runs_of_tools_are_timed(own_web: Callable[..., Web]) -> None:
    """Each run once, by plugin, tool and outcome, however often somebody asks."""
    web = own_web()
    scrape(web)
    with web.database.write() as connection:
        row = "('default', 'j', 'counting', 'count', :timing_ms, 1, :failed, 1)"
        insert = sa.text(
            f"INSERT INTO tool_runs (tenant, job_id, plugin, tool, timing_ms, frames, failed, at_ms) VALUES {row}"  # noqa: S608
        )
        connection.execute(insert, [{"timing_ms": 40.0, "failed": False}, {"timing_ms": 700.0, "failed": False}])
        connection.execute(insert, [{"timing_ms": None, "failed": True}])
    of_it = {"plugin": "counting", "tool": "count"}

    wait_until(lambda: value(web, "transom_tool_run_seconds_count", **of_it) == 2, what="the runs being read")
    wait_until(lambda: value(web, "transom_tool_run_seconds_count", **of_it) == 2, what="them staying so")

    assert value(web, "transom_tool_run_seconds_bucket", le="0.05", **of_it) == 1
    assert value(web, "transom_tool_run_seconds_bucket", le="1.0", **of_it) == 2
    assert value(web, "transom_tool_run_seconds_sum", **of_it) == pytest.approx(0.74)
    assert value(web, "transom_tool_runs_total", outcome="failed", **of_it) == 1
    assert value(web, "transom_tool_runs_total", outcome="completed", **of_it) == 2


def test_streams_are_counted(own_web: Callable[..., Web]) -> None:
    """Connections by transport, those that went on from a cursor, and how late events were."""
    web = own_web()
    cursor = web.get("/v1/realtime")["cursor"]
    address = web.url.replace("http", "ws", 1) + "/v1/realtime"

    def handed_on() -> dict[str, dict[Labels, float]] | None:
        found = scrape(web)
        return found if found.get("transom_delivery_delay_seconds_count", {}).get(()) else None

    with (
        connect(f"{address}?since={cursor}", proxy=None, open_timeout=PATIENCE_SECONDS, ping_timeout=None) as socket,
        httpx.stream(
            "GET",
            f"{web.url}/v1/realtime",
            headers={"Accept": "text/event-stream"},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        ),
    ):
        assert json.loads(socket.recv(timeout=PATIENCE_SECONDS))["type"] == "hello"
        # Whoever is still catching up reads from the log, and is handed nothing.
        wait_until(
            lambda: all(value(web, "transom_connections", state="live", transport=each) == 1 for each in BOTH),
            what="both streams being live",
        )
        job_id = web.submit()
        while json.loads(socket.recv(timeout=PATIENCE_SECONDS)).get("job_id") != job_id:
            continue
        during = wait_until(handed_on, what="the delivery being counted")
    after = web.client.get("/v1/realtime", params={"since": "gone-5"}).json()["messages"]

    opened = "transom_connections"
    assert during[opened][(("state", "live"), ("transport", "sse"))] == 1
    assert during[opened][(("state", "live"), ("transport", "websocket"))] == 1
    assert during["transom_resumes_total"][(("transport", "websocket"),)] == 1
    assert during["transom_delivery_delay_seconds_count"][()] == 1
    assert sum(during["transom_events_delivered_total"].values()) == 1
    assert during["transom_broker_subscribed"][()] == 0
    assert during["transom_relay_healthy"][()] == 1
    assert during["process_open_fds"][()] > 0
    assert after[0]["type"] == "reset"
    assert value(web, "transom_resets_total", reason="epoch_changed") == 1
    wait_until(
        lambda: value(web, opened, state="live", transport="websocket") == 0, what="the connection being forgotten"
    )
    assert value(web, "transom_connections_closed_total", code="1000") is not None


def test_nobody_is_named(own_web: Callable[..., Web]) -> None:
    """No tenant, no job, no session and no file."""
    web = own_web()
    job_id = web.submit(name="holiday.png")
    web.client.get("/v1/realtime", params={"session_id": "ada", "job_id": job_id})
    wait_until(lambda: value(web, "transom_jobs", status="queued") == 1, what="the job being counted")

    text = web.client.get("/metrics").text

    for name in ("default", "tenant", job_id, "ada", "holiday"):
        assert name not in text


def test_without_a_database_the_process_tells_of_itself(own_web: Callable[..., Web]) -> None:
    """The jobs are left out, not guessed, and the failure is counted; they are back once it is mended."""
    web = own_web()
    assert value(web, "transom_jobs", status="queued") == 0
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE jobs RENAME TO away"))
    wait_until(lambda: value(web, "transom_jobs", status="queued") is None, what="the jobs being left out")

    failures = value(web, "transom_database_scrape_failures_total")
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO jobs"))

    assert failures is not None
    assert failures >= 1
    wait_until(lambda: value(web, "transom_jobs", status="queued") == 0, what="the jobs being back")


@pytest.mark.only_over("sqlite")
def test_what_is_counted_comes_from_an_index(web: Web) -> None:
    """Whatever a scrape asks of the jobs is answered by an index, and no count goes on for ever."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    web.submit()
    with web.database.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        figures(connection, 0)
        sa.event.remove(connection, "before_cursor_execute", note)
        plans = [
            (statement, " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", p)))
            for statement, p in asked
            if "FROM jobs" in statement or "FROM tool_runs" in statement
        ]

    assert len(plans) > 7
    # A search without a condition is one for the least or the greatest, at an end of the table.
    answers = ("SEARCH jobs USING COVERING INDEX", "SEARCH tool_runs USING INTEGER PRIMARY KEY", "SEARCH tool_runs'")
    for statement, plan in plans:
        assert any(answer in plan for answer in answers), (statement, plan)
    assert all(str(MAX_COUNTED) in str(p) for statement, p in asked if "LIMIT" in statement and "jobs" in statement)
