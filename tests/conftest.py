"""Fixtures of all tests: the running product over its back ends, media to give it, and services that may be there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest

from app.database.migrations import migrate
from plugins.samples import sample_path
from tests.back_ends import (
    BACK_ENDS,
    DATABASES,
    REQUIRED_VARIABLE,
    each_part,
    empty,
    environment_of,
    new_sqlite,
    parameters,
    postgres_database,
    require,
)
from tests.stack import Product, start_product


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--back-ends sqlite` runs the tests over one of them, for a quick look; `all` runs all over each."""
    parser.addoption(
        "--back-ends", default="needed", help=f"any of {','.join(BACK_ENDS)}, or all; else what each test needs"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark for tests that are about one back end; try the same examples in every run.

    What is found by chance is found by whoever looks for it (CONTRIBUTING.md), not by whoever changed something else.
    """
    hypothesis.settings.load_profile("ci")
    config.addinivalue_line("markers", "only_over(names): runs over these back ends or databases, and no others")
    config.addinivalue_line("markers", "every_back_end: runs over each pair of database and broker, not over each part")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a back end over so many that each database and each kind of broker is met.

    What needs a database only runs over each of those. The mark `only_over` names those that a test is about, and
    `every_back_end` has it run over each pair of database and broker.
    """
    given = metafunc.config.getoption("--back-ends")
    mark = metafunc.definition.get_closest_marker("only_over")
    only = tuple(mark.args) if mark else ()
    if given == "needed":
        every = bool(only) or metafunc.definition.get_closest_marker("every_back_end") is not None
        wanted = list(BACK_ENDS if every else each_part())
    else:
        wanted = list(BACK_ENDS) if given == "all" else given.split(",")
    if "back_end" in metafunc.fixturenames:
        chosen = {name: needs for name, needs in BACK_ENDS.items() if name in wanted}
        metafunc.parametrize("back_end", parameters(chosen, only), indirect=True, scope="session")
    if "database_kind" in metafunc.fixturenames:
        chosen = {name: needs for name, needs in DATABASES.items() if name in wanted or wanted != ["sqlite"]}
        metafunc.parametrize("database_kind", parameters(chosen, only), indirect=True, scope="session")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is not there; where CI has started it, that is a failure."""
    for mark in item.iter_markers("service"):
        require(mark.args[0])


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's own leaks into a test."""
    for name in list(os.environ):
        if name.startswith("TRANSOM_") and name != REQUIRED_VARIABLE:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def back_end(request: pytest.FixtureRequest) -> str:
    """One of the three back ends; whoever asks for it runs over those that it needs."""
    return str(request.param)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """One of the two databases; whoever asks for it runs over each."""
    return str(request.param)


@pytest.fixture(scope="session")
def products(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Product]]:
    """The running stack over each back end, from when it is first asked for until the last test is over.

    A fixture with a parameter would be made anew whenever the parameter changes, which is several times a file.
    """
    running: dict[str, Product] = {}
    with ExitStack() as stack:

        def product_over(back_end: str) -> Product:
            if back_end not in running:
                environment = stack.enter_context(environment_of(back_end))
                product = start_product(tmp_path_factory.mktemp("product") / "data", **environment)
                stack.callback(product.stop)
                running[back_end] = product
            return running[back_end]

        yield product_over


@pytest.fixture(scope="session")
def product(back_end: str, products: Callable[[str], Product]) -> Product:
    """One running stack for all tests that do not break it."""
    return products(back_end)


@pytest.fixture
def own_product(back_end: str, tmp_path: Path) -> Iterator[Callable[..., Product]]:
    """A factory of stacks for tests that break theirs."""
    with ExitStack() as stack:

        def start(**environment: str) -> Product:
            own = stack.enter_context(environment_of(back_end))
            running = start_product(tmp_path / f"data{uuid4().hex[:4]}", **{**own, **environment})
            stack.callback(running.stop)
            return running

        yield start


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The URL of a database that tests have one after the other."""
    with postgres_database() as url:
        migrate(url)
        yield url


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database without a row, this test's own while it runs."""
    if database_kind == "postgres":
        url = str(request.getfixturevalue("migrated_postgres"))
        yield url
        empty(url)
        return
    yield new_sqlite(tmp_path / "test.db")


@pytest.fixture(scope="session")
def sample() -> Iterator[Path]:
    """The bundled video: 250 frames with six things that move."""
    with sample_path() as path:
        yield path
