"""Statements that run with every message, on SQLite's driver itself.

SQLAlchemy builds a context, a cursor and a result for each statement. That is nothing while its code is in the
processor's caches. A scribe that wakes 20 times a second finds it gone: measured 20 ms after the last one, a commit
takes 1.7 ms through SQLAlchemy and 0.4 ms here (0.45 and 0.15 ms one right after the other). So the statements stay
SQLAlchemy's, and are compiled once; only their running is the driver's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import sqlalchemy as sa

#: Compiled statements that are kept. The hot ones are a dozen; whatever is built anew each time passes through.
MAX_COMPILED: Final = 64


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement's text, and for each of its places the parameter's name, default and way to the driver."""

    #: Held, so that the identity it is found by is not given to another.
    statement: sa.Executable
    text: str
    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    #: Those without a default: whoever runs the statement gives them.
    required: frozenset[str]
    processors: Mapping[str, Callable[[Any], Any]]
    #: Of a select: its columns, and what makes of the driver's value theirs.
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    def values(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters as the driver takes them; raises `StatementError` where one is missing."""
        if not self.required <= parameters.keys():
            missing = ", ".join(sorted(self.required - parameters.keys()))
            raise sa.exc.StatementError(f"no value for {missing}", self.text, dict(parameters), None)
        values = {**self.defaults, **parameters}
        processors = self.processors
        return tuple(processors[name](values[name]) if name in processors else values[name] for name in self.names)


class DirectResult:
    """What a statement gave, as far as hot statements ask for it. Values come as SQLite has them, but in `mappings`."""

    def __init__(self, cursor: sqlite3.Cursor, columns: Sequence[tuple[str, Callable[[Any], Any] | None]] = ()) -> None:
        self._cursor = cursor
        self._columns = columns
        # Read at once: a statement whose rows are not fetched stays open, and a commit would meet it.
        self._rows = cursor.fetchall() if cursor.description is not None else []
        self.rowcount = cursor.rowcount

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row; None where there is none."""
        if len(self._rows) > 1:
            raise sa.exc.MultipleResultsFound(f"{len(self._rows)} rows where at most one was expected")
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """The first column of the only row; raises `NoResultFound`."""
        if not self._rows:
            raise sa.exc.NoResultFound("no row where one was expected")
        return self.scalar_one_or_none()

    def one_or_none(self) -> Any:
        """The only row, its columns by position; None where there is none."""
        if len(self._rows) > 1:
            raise sa.exc.MultipleResultsFound(f"{len(self._rows)} rows where at most one was expected")
        return self._rows[0] if self._rows else None

    def all(self) -> Sequence[Any]:
        """All rows, their columns by position."""
        return self._rows

    def mappings(self) -> DirectMappings:
        """The rows of a select by their columns' names, with values as SQLAlchemy gives them."""
        return DirectMappings(
            [
                {
                    name: value if processor is None else processor(value)
                    for (name, processor), value in zip(self._columns, row, strict=True)
                }
                for row in self._rows
            ]
        )


class DirectMappings:
    """Rows by their columns' names."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def all(self) -> Sequence[Mapping[str, Any]]:
        """All of them."""
        return self._rows

    def one_or_none(self) -> Mapping[str, Any] | None:
        """The only one; None where there is none."""
        if len(self._rows) > 1:
            raise sa.exc.MultipleResultsFound(f"{len(self._rows)} rows where at most one was expected")
        return self._rows[0] if self._rows else None


class DirectConnection:
    """A transaction on SQLite's driver, for statements that are built once. One thread at a time."""

    def __init__(self, driver: sqlite3.Connection, dialect: sa.Dialect) -> None:
        self.dialect = dialect
        self._driver = driver
        self._compiled: dict[tuple[int, tuple[str, ...]], _Compiled] = {}

    def execute(
        self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> DirectResult:
        """Run a statement, with one set of parameters or with several; raises what the driver raises."""
        several = not isinstance(parameters, Mapping) and parameters is not None
        first: Mapping[str, Any] = (parameters[0] if several else parameters) or {}  # type: ignore[index,assignment]
        compiled = self._compile(statement, first)
        if several:
            rows = [compiled.values(each) for each in parameters]  # type: ignore[union-attr,arg-type]
            return DirectResult(self._driver.executemany(compiled.text, rows))
        return DirectResult(self._driver.execute(compiled.text, compiled.values(first)), compiled.columns)

    @contextmanager
    def begin_nested(self) -> Iterator[DirectSavepoint]:
        """A part of the transaction that may be taken back."""
        savepoint = DirectSavepoint(self._driver)
        try:
            yield savepoint
        except BaseException:
            savepoint.rollback()
            raise
        finally:
            savepoint.release()

    @contextmanager
    def transaction(self) -> Iterator[DirectConnection]:
        """A transaction that has the write lock from its beginning; raises `sqlite3.OperationalError`."""
        if self._driver.in_transaction:
            # Left open by something that came between its beginning and its end; nobody waits for it any more.
            self._driver.execute("ROLLBACK")
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            yield self
            self._driver.execute("COMMIT")
        except BaseException:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            raise

    def _compile(self, statement: sa.Executable, parameters: Mapping[str, Any]) -> _Compiled:
        # As SQLAlchemy does: an insert without values of its own has the columns that it is given.
        keys = tuple(parameters) if isinstance(statement, sa.Insert) else ()
        found = self._compiled.get((id(statement), keys))
        if found is not None:
            return found
        made: Any = statement.compile(dialect=self.dialect, column_keys=list(keys) or None)  # type: ignore[attr-defined]
        if made.insert_prefetch or made.update_prefetch:
            columns = ", ".join(column.name for column in (*made.insert_prefetch, *made.update_prefetch))
            raise sa.exc.CompileError(f"a value for {columns} has to be given: nothing is made up here")
        names = tuple(made.positiontup)
        processors = {
            name: processor
            for name, bound in made.binds.items()
            if (processor := bound.type.dialect_impl(self.dialect).bind_processor(self.dialect)) is not None
        }
        required = frozenset(name for name, bound in made.binds.items() if bound.required)
        selected = statement.selected_columns if isinstance(statement, sa.Select) else ()
        shown = tuple(
            (str(column.name), column.type.dialect_impl(self.dialect).result_processor(self.dialect, None))
            for column in selected
        )
        compiled = _Compiled(statement, str(made), names, made.params, required, processors, shown)
        if len(self._compiled) >= MAX_COMPILED:
            self._compiled.clear()
        self._compiled[id(statement), keys] = compiled
        return compiled


class DirectSavepoint:
    """See `DirectConnection.begin_nested`."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self._driver.execute("SAVEPOINT direct")

    def rollback(self) -> None:
        """Take back what was done since."""
        self._driver.execute("ROLLBACK TO direct")

    def release(self) -> None:
        """Let it be part of the transaction."""
        self._driver.execute("RELEASE direct")


#: What a hot statement may be run on.
HotConnection: TypeAlias = sa.Connection | DirectConnection
