"""Whether the server lives, is ready, and which of its parts is not."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from app.version import VERSION
from tests.stack import wait_until
from tests.unit.api.web import Web


def test_phase_9_health(web: Web) -> None:
    """Three fields; plugins that failed to load do not count."""
    assert web.get("/v1/health") == {"status": "healthy", "plugins_loaded": 2, "version": VERSION}


def test_it_lives(web: Web) -> None:
    """Whatever stands around it."""
    assert web.get("/livez") == {"status": "alive"}


def test_each_part_by_name(web: Web) -> None:
    """Without a broker the stream is a second late and jobs wait: that is told, and is no reason to be not ready."""
    ready = web.get("/readyz")

    assert ready["status"] == "ready"
    assert {name: part["ok"] for name, part in ready["parts"].items()} == {
        "database": True,
        "storage": True,
        "relay": True,
        "broker": True,
        "fleet": True,
    }
    assert ready["parts"]["broker"]["subscribed"] is False
    assert ready["parts"]["fleet"]["workers"] == 1


def test_a_stopped_consumer_makes_it_not_ready(own_web: Callable[..., Web]) -> None:
    """Its thread is what brings messages: without it a restart is due."""
    web = own_web()
    web.server.lifespan.state["relay"]._consumer.close()

    answer = web.client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert [name for name, part in answer.json()["parts"].items() if not part["ok"]] == ["relay"]


def test_a_broken_database_makes_it_not_ready(own_web: Callable[..., Web]) -> None:
    """The answer comes all the same, names the part, and tells nothing of what it is made of."""
    web = own_web()
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE log_epoch RENAME TO away"))

    answer = web.client.get("/readyz")
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO log_epoch"))

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == {"ok": False}
    assert "log_epoch" not in answer.text
    wait_until(lambda: web.client.get("/readyz").status_code == 200, what="being ready again")
