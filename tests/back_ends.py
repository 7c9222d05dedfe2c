"""The three back ends that tests of database, broker or stack run over, each test with its own part of them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import psycopg
import pytest
import redis
from kombu import Connection

from app.database.engine import Database
from app.database.migrations import migrate
from app.database.schema import metadata
from app.settings import load_settings

SERVICES: Final = {"postgres": 5432, "redis": 6379, "rabbitmq": 5672}
POSTGRES: Final = "postgresql://postgres@127.0.0.1:5432"
REDIS: Final = "redis://127.0.0.1:6379/13"
RABBITMQ: Final = "amqp://guest:guest@127.0.0.1:5672//"

#: What runs by which services; SQLite and the embedded Valkey need none.
BACK_ENDS: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (),
    "redis": ("postgres", "redis"),
    "rabbitmq": ("postgres", "rabbitmq"),
}
DATABASES: Final[dict[str, tuple[str, ...]]] = {"sqlite": (), "postgres": ("postgres",)}
REQUIRED_VARIABLE: Final = "TRANSOM_REQUIRE_SERVICES"


def parameters(kinds: dict[str, tuple[str, ...]], only: tuple[str, ...]) -> list[object]:
    """These, or those of `only`, as pytest's parameters with the services that they need as marks."""
    return [
        pytest.param(name, id=name, marks=[pytest.mark.service(service) for service in services])
        for name, services in kinds.items()
        if not only or name in only
    ]


def require(service: str) -> None:
    """Skip the test whose service is not there; where CI has started it, that is a failure."""
    if _answers(service):
        return
    if _is_required(service):
        pytest.fail(f"{service} was started for these tests and does not answer", pytrace=False)
    pytest.skip(f"needs {service} on localhost:{SERVICES[service]}")


def each_part() -> tuple[str, ...]:
    """With these each database is met, and each kind of broker that is there: the embedded Valkey is a Redis too."""
    without_rabbitmq = not _answers("rabbitmq") and not _is_required("rabbitmq")
    return ("sqlite", "redis" if without_rabbitmq else "rabbitmq")


@contextmanager
def environment_of(back_end: str) -> Iterator[dict[str, str]]:
    """The settings of one Transom over this back end; what it leaves there is deleted afterwards."""
    if back_end == "sqlite":
        yield {}
        return
    namespace = f"test-{uuid4().hex[:12]}"
    broker = REDIS if back_end == "redis" else RABBITMQ
    with postgres_database() as url:
        yield {"TRANSOM_DATABASE_URL": url, "TRANSOM_BROKER_URL": broker, "TRANSOM_NAMESPACE": namespace}
        clear_broker(broker, namespace)


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a database of its caller's own, without a table."""
    name = f"transom_test_{uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        # As the settings read it: with the driver that is installed.
        yield load_settings(database_url=f"{POSTGRES}/{name}").database_url
    finally:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def new_sqlite(path: Path) -> str:
    """The URL of a migrated SQLite without a row, made at this path: sooner copied than migrated."""
    path.write_bytes(_migrated_sqlite())
    return f"sqlite:///{path}"


@cache
def _migrated_sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def empty(url: str) -> None:
    """Take every row out of a PostgreSQL that has its tables: sooner done than another is made."""
    names = ", ".join(metadata.tables)
    with opened(url) as database, database.write() as connection:
        # Whoever still holds a lock here has been left behind by the test.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '20s'")
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def clear_broker(url: str, namespace: str) -> None:
    """Delete what was made under these names: queues and exchanges outlive whoever made them."""
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter(f"*{namespace}*", count=1000):
                client.delete(key)
        return
    with Connection(url) as connection:
        channel = connection.channel()
        for queue in ("cpu", "gpu"):
            channel.queue_delete(f"{namespace}.{queue}")
            channel.exchange_delete(f"{namespace}.{queue}")
        channel.exchange_delete(f"{namespace}.events")


def _is_required(service: str) -> bool:
    return service in os.environ.get(REQUIRED_VARIABLE, "").split(",")


@cache
def _answers(service: str) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", SERVICES[service])) == 0


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database at this URL, for as long as the block."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
