"""Finding jobs by the words of their input's name, at a cost that does not grow with the number of jobs.

For each beginning of each word of a name there is a row of `job_terms`, sorted by job, so that the newest jobs that a
search finds are read off the end of a list. Words are runs of letters and digits, in any case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from app.database.schema import job_terms

#: Of a longer word only this beginning counts, in a name and in what is searched for.
MAX_CHARACTERS: Final = 16
#: Words of a name that count.
MAX_WORDS: Final = 8
_WORD: Final = re.compile(r"[^\W_]+")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{1,32}")


def words_of(text: str) -> list[str]:
    """The words of a name or of a search, each once, as far as they count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return list(dict.fromkeys(word[:MAX_CHARACTERS] for word in _WORD.findall(plain)))[:MAX_WORDS]


def terms_of(name: str | None) -> set[str]:
    """All that a name is found by."""
    return {word[:end] for word in words_of(name or "") for end in range(1, len(word) + 1)}


def ids_that_begin(text: str) -> tuple[str, str] | None:
    """The lowest and the highest id that begin so, written with hyphens or without; None where no id does."""
    digits = text.strip().lower().replace("-", "")
    if not _HEXADECIMAL.fullmatch(digits):
        return None
    return str(UUID(digits.ljust(32, "0"))), str(UUID(digits.ljust(32, "f")))


def rows_of(tenant: str, job_id: str, name: str | None) -> list[dict[str, Any]]:
    """The rows of `job_terms` for a job."""
    return [{"tenant": tenant, "term": term, "job_id": job_id} for term in sorted(terms_of(name))]


def add(connection: sa.Connection, tenant: str, job_id: str, name: str | None) -> None:
    """Make a job be found by its input's name."""
    rows = rows_of(tenant, job_id, name)
    if rows:
        connection.execute(_INSERT, rows)


def add_all(connection: sa.Connection, named: Iterable[tuple[str, str, str | None]]) -> None:
    """The same for many: tenant, job and name of each."""
    rows = [row for tenant, job_id, name in named for row in rows_of(tenant, job_id, name)]
    if rows:
        connection.execute(_INSERT, rows)


def take_out(connection: sa.Connection, tenant: str, job_id: str, name: str | None) -> None:
    """The job goes."""
    terms = terms_of(name)
    if terms:
        connection.execute(
            sa.delete(job_terms).where(
                job_terms.c.tenant == tenant, job_terms.c.term.in_(sorted(terms)), job_terms.c.job_id == job_id
            )
        )


_INSERT: Final = sa.insert(job_terms)
