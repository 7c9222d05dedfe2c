"""Plugins and devices, as workers announce them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.database.schema import tool_runs
from tests.unit.api.plugins import Drawing
from tests.unit.api.web import Web, problem_of


def test_every_plugin_is_listed(web: Web) -> None:
    """Those that could not be loaded too, with the reason."""
    plugins = {plugin["name"]: plugin for plugin in web.get("/v1/plugins")["plugins"]}

    assert set(plugins) == {"broken", "counting", "drawing"}
    assert plugins["drawing"] == {
        "name": "drawing",
        "title": "Drawing",
        "version": "1.2.3",
        "description": "For tests.",
        "state": "ready",
        "reason": None,
        "tools": ["outline", "count", "read"],
        "devices": ["cpu", "gpu"],
        "input_types": ["image", "video"],
        "workers": 1,
    }
    assert plugins["broken"]["state"] == "failed"
    assert plugins["broken"]["reason"] == "ImportError: no such library"
    assert plugins["broken"]["tools"] == []


def test_one_plugin(web: Web) -> None:
    """The same as in the list."""
    listed = {plugin["name"]: plugin for plugin in web.get("/v1/plugins")["plugins"]}

    assert web.get("/v1/plugins/drawing") == listed["drawing"]
    assert web.get("/v1/plugins/broken") == listed["broken"]


def test_a_manifest_has_the_schema_of_each_tools_options(web: Web) -> None:
    """As the plugin's classes say it."""
    assert web.get("/v1/plugins/drawing/manifest") == Drawing.manifest().model_dump(mode="json")


@pytest.mark.parametrize("path", ["nobody", "nobody/manifest", "nobody/health", "broken/manifest"])
def test_no_such_plugin(web: Web, path: str) -> None:
    """404, with what there is."""
    problem = problem_of(web.client.get(f"/v1/plugins/{path}"))

    assert (problem["status"], problem["code"]) == (404, "PLUGIN_NOT_FOUND")


def test_a_plugins_health_is_that_of_its_runs(web: Web) -> None:
    """Median and 95th percentile of those that ended well; how many there were, and how many failed."""
    runs = [
        {
            "tenant": "default",
            "job_id": "j",
            "plugin": "drawing",
            "tool": "count",
            "timing_ms": float(number),
            "frames": 1,
            "failed": number > 100,
            "at_ms": 1_700_000_000_000 + number,
        }
        for number in range(1, 106)
    ]
    with web.database.write() as connection:
        connection.execute(sa.insert(tool_runs), runs)

    health = web.get("/v1/plugins/drawing/health")

    assert health == {
        "name": "drawing",
        "state": "ready",
        "reason": None,
        "p50_ms": 50.5,
        "p95_ms": 95.0,
        "runs": 105,
        "errors": 5,
        "last_used": "2023-11-14T22:13:20.105Z",
    }


def test_a_plugin_that_never_ran_has_no_times(web: Web) -> None:
    """Null, not nought."""
    health = web.get("/v1/plugins/broken/health")

    assert (health["state"], health["p50_ms"], health["runs"], health["last_used"]) == ("failed", None, 0, None)


def test_the_fleet_is_that_of_all_workers(own_web: Callable[..., Web]) -> None:
    """Devices and plugins add up; who is gone counts no more."""
    web = own_web()
    web.announce(id="hand-2", queues=["cpu", "gpu"], devices=[{"name": "cpu"}, {"name": "gpu", "title": "A GPU"}])

    both = web.get("/v1/devices")
    web.forget("hand-2")
    one = web.get("/v1/devices")

    assert both == {
        "devices": [
            {"name": "cpu", "title": "cpu", "workers": 2, "queues": ["cpu", "gpu"]},
            {"name": "gpu", "title": "A GPU", "workers": 1, "queues": ["cpu", "gpu"]},
        ],
        "count": 2,
    }
    assert [(device["name"], device["workers"]) for device in one["devices"]] == [("cpu", 1)]


def test_a_manifest_of_another_version_takes_nothing_else_down(own_web: Callable[..., Web]) -> None:
    """A worker that was updated first may announce what this server can't read."""
    web = own_web()
    web.announce(id="hand-2", plugins=[{"manifest": {"name": "newer", "tools": "of another kind"}}])

    plugins = {plugin["name"]: plugin["state"] for plugin in web.get("/v1/plugins")["plugins"]}

    assert plugins == {"broken": "failed", "counting": "ready", "drawing": "ready", "newer": "failed"}
    assert web.post().status_code == 202


def test_without_a_worker_nobody_knows(own_web: Callable[..., Web]) -> None:
    """503: a worker that starts may have the plugin."""
    web = own_web()
    web.forget("hand-1")

    problem = problem_of(web.post())

    assert (problem["status"], problem["code"], problem["retryable"]) == (503, "NO_WORKER", True)
    assert web.get("/v1/plugins") == {"plugins": [], "count": 0}
