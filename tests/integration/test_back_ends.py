"""The product runs over the back end that it was given, and over no other."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from kombu import Connection

from tests.back_ends import RABBITMQ, REDIS, environment_of
from tests.stack import start_product

pytestmark = pytest.mark.every_back_end


def test_the_back_end_that_was_asked_for_is_the_one(back_end: str, sample: Path, tmp_path: Path) -> None:
    """Its job is in that database, its bell in that broker; and of neither is anything left by the tests."""
    with environment_of(back_end) as environment:
        product = start_product(tmp_path / "data", **environment)
        job = product.wait(product.submit(sample, plugin="numbered"))
        with product.database() as database, database.read() as connection:
            dialect = connection.dialect.name
        namespace = environment.get("TRANSOM_NAMESPACE", "")
        brokers = {"sqlite": bool(product.child_processes("valkey-server")), **_known_at_brokers(back_end, namespace)}
        product.stop()

    assert job["status"] == "done"
    assert dialect == ("sqlite" if back_end == "sqlite" else "postgresql")
    assert (product.data / "transom.db").exists() == (back_end == "sqlite")
    assert brokers == {"sqlite": back_end == "sqlite", **({back_end: True} if back_end != "sqlite" else {})}
    assert not any(_known_at_brokers(back_end, namespace).values())


def _known_at_brokers(back_end: str, namespace: str) -> dict[str, bool]:
    """Whether this broker knows anything by these names."""
    if back_end == "redis":
        with redis.Redis.from_url(REDIS) as client:
            return {back_end: any(client.scan_iter(f"*{namespace}*"))}
    if back_end == "rabbitmq":
        with Connection(RABBITMQ) as connection:
            try:
                connection.channel().queue_declare(f"{namespace}.cpu", passive=True)
            except connection.channel_errors:
                return {back_end: False}
            return {back_end: True}
    return {}
