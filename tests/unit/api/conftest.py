"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from tests.back_ends import postgres_database
from tests.unit.api.web import Web, serve_web


@pytest.fixture(scope="session")
def web(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One web process for all tests that do not break it."""
    with (
        postgres_database() if database_kind == "postgres" else nullcontext("") as url,
        serve_web(tmp_path_factory.mktemp("web"), database_url=url) as running,
    ):
        yield running


@pytest.fixture
def own_web(database_kind: str, tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """A factory of web processes with settings of their own, over one database."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres_database()) if database_kind == "postgres" else ""
        yield lambda **settings: stack.enter_context(serve_web(tmp_path / "web", **{"database_url": url, **settings}))
