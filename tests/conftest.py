"""Fixtures of all tests: the running product, media to give it, and services that may be there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plugins.samples import sample_path
from tests.stack import Product, start_product

SERVICES = {"postgres": 5432, "redis": 6379, "rabbitmq": 5672}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's own leaks into a test."""
    for name in list(os.environ):
        if name.startswith("TRANSOM_") and name != "TRANSOM_REQUIRE_SERVICES":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One running stack for all tests that do not break it."""
    running = start_product(tmp_path_factory.mktemp("product") / "data")
    yield running
    running.stop()


@pytest.fixture
def own_product(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """A factory of stacks for tests that break theirs."""
    started: list[Product] = []

    def start(**environment: str) -> Product:
        running = start_product(tmp_path / f"data{len(started)}", **environment)
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def sample() -> Iterator[Path]:
    """The bundled video: 250 frames with six things that move."""
    with sample_path() as path:
        yield path


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is not there; where CI has started it, that is a failure."""
    required = os.environ.get("TRANSOM_REQUIRE_SERVICES", "").split(",")
    for mark in item.iter_markers("service"):
        name = mark.args[0]
        with socket.socket() as probe:
            probe.settimeout(1)
            there = probe.connect_ex(("127.0.0.1", SERVICES[name])) == 0
        if not there and name in required:
            pytest.fail(f"{name} was started for these tests and does not answer", pytrace=False)
        if not there:
            pytest.skip(f"needs {name} on localhost:{SERVICES[name]}")
