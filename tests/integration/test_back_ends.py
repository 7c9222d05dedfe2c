"""The same way of a job over the back ends that production uses instead of the embedded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.stack import Product
from tests.watching import BackgroundWatcher, assert_unbroken

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture
def postgres() -> Iterator[str]:
    """A database of this test's own, dropped afterwards."""
    name = f"transom_test_{uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{POSTGRES}/{name}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.service("postgres")
@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis://127.0.0.1:6379/13", marks=pytest.mark.service("redis"), id="redis"),
        pytest.param("amqp://guest:guest@127.0.0.1:5672//", marks=pytest.mark.service("rabbitmq"), id="rabbitmq"),
    ],
)
def test_job_is_watched_over_production_back_ends(
    own_product: Callable[..., Product], postgres: str, broker: str, sample: Path, tmp_path: Path
) -> None:
    """Over PostgreSQL and a real broker a job whose child is killed is done, and its watcher's log is unbroken."""
    product = own_product(TRANSOM_DATABASE_URL=postgres, TRANSOM_BROKER_URL=broker)
    job_id = product.submit(sample, plugin="killer", options={"frame": 50, "marker": str(tmp_path / "killed")})
    watcher = BackgroundWatcher(product, job_id)

    messages = watcher.finish()

    assert_unbroken(messages)
    assert messages == product.events(job_id)
    assert product.extended(job_id)["attempt"] == 2
    assert not (product.data / "transom.db").exists()
