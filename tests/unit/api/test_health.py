"""Whether the server lives, is ready, and which of its parts is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
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
        "migrations": True,
        "storage": True,
        "relay": True,
        "broker": False,
        "fleet": True,
    }
    assert {name for name, part in ready["parts"].items() if part["needed"]} == {
        "database",
        "migrations",
        "storage",
        "relay",
    }
    assert all(part["message"].endswith(".") for part in ready["parts"].values())
    assert "TRANSOM_BROKER_URL" in ready["parts"]["broker"]["message"]
    assert ready["parts"]["broker"]["subscribed"] is False
    assert ready["parts"]["fleet"]["workers"] == 1


def test_a_stopped_consumer_makes_it_not_ready(own_web: Callable[..., Web]) -> None:
    """Its thread is what brings messages: without it a restart is due."""
    web = own_web()
    web.server.lifespan.state["relay"]._consumer.close()

    answer = web.client.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert [name for name, part in answer.json()["parts"].items() if part["needed"] and not part["ok"]] == ["relay"]
    assert "start this process again" in answer.json()["parts"]["relay"]["message"]


def test_a_broken_database_makes_it_not_ready(own_web: Callable[..., Web]) -> None:
    """The answer comes all the same, names the part, and tells nothing of what it is made of."""
    web = own_web()
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE log_epoch RENAME TO away"))

    answer = web.client.get("/readyz")
    with web.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO log_epoch"))

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"]["ok"] is False
    assert "TRANSOM_DATABASE_URL" in answer.json()["parts"]["database"]["message"]
    assert "log_epoch" not in answer.text
    wait_until(lambda: web.client.get("/readyz").status_code == 200, what="being ready again")


@pytest.mark.parametrize(("version", "status"), [("0001", 503), ("from_tomorrow", 200)])
def test_tables_of_another_version(own_web: Callable[..., Web], version: str, status: int) -> None:
    """Older tables are not ready and say how to mend that; newer ones are those of a fleet that is being replaced."""
    web = own_web()
    with web.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})

    answer = web.client.get("/readyz")

    assert answer.status_code == status
    part = answer.json()["parts"]["migrations"]
    assert part["ok"] is (status == 200)
    assert ("transom migrate" in part["message"]) is (status == 503)


def test_inputs_that_can_not_be_kept_make_it_not_ready(own_web: Callable[..., Web]) -> None:
    """Where the blobs' folder can't be written to, and again once it can; nothing of the look stays there."""
    web = own_web()
    folder = web.settings.data_dir / "blobs"
    assert web.client.get("/readyz").status_code == 200
    assert list(folder.iterdir()) == []
    folder.rmdir()
    folder.write_text("a file in its place")

    answer = web.client.get("/readyz")
    folder.unlink()

    assert answer.status_code == 503
    assert answer.json()["parts"]["storage"]["ok"] is False
    assert "TRANSOM_STORAGE_URL" in answer.json()["parts"]["storage"]["message"]
    assert str(folder) not in answer.text
    assert web.client.get("/readyz").status_code == 200


def test_without_workers_it_is_ready(own_web: Callable[..., Web]) -> None:
    """Jobs wait, and whoever looks is told."""
    web = own_web()
    web.forget("hand-1")

    part = web.get("/readyz")["parts"]["fleet"]

    assert (part["ok"], part["needed"], part["workers"]) == (False, False, 0)
