"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.unit.api.web import Web, serve_web


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One web process for all tests that do not break it."""
    with serve_web(tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture
def own_web(tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """A factory of web processes with settings of their own."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(serve_web(tmp_path / "web", **settings))
