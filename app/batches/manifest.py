"""A manifest: a JSON document, one JSON object a line, or CSV. Each entry says where one input comes from.

What is wrong with an entry is said of that entry, by its line, and keeps no other from its turn.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

import pydantic_core

from app.batches.batch import Item
from app.errors import InvalidManifest

#: What an entry may have: one of the sources, and a name to show.
SOURCES: Final = ("upload_id", "path", "url")
FIELDS: Final = (*SOURCES, "name")
MAX_TEXT_CHARACTERS: Final = 4096
INVALID: Final = "MANIFEST_ITEM_INVALID"
DUPLICATE: Final = "DUPLICATE_ITEM"


class ManifestKind(StrEnum):
    """How a manifest is written; the value is its media type."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    CSV = "text/csv"


def kind_of(media_type: str, name: str | None = None) -> ManifestKind | None:
    """How a manifest of this media type or name is written; None where neither says."""
    try:
        return ManifestKind(media_type.split(";", maxsplit=1)[0].strip().lower())
    except ValueError:
        ending = (name or "").lower().rpartition(".")[2]
        return {
            "json": ManifestKind.JSON,
            "ndjson": ManifestKind.NDJSON,
            "jsonl": ManifestKind.NDJSON,
            "csv": ManifestKind.CSV,
        }.get(ending)


def read_manifest(content: bytes, kind: ManifestKind) -> Iterator[Item]:
    """Its entries in order, as they are read; raises `InvalidManifest` where it is none at all."""
    match kind:
        case ManifestKind.JSON:
            entries = _json(content)
        case ManifestKind.NDJSON:
            entries = _lines(content)
        case ManifestKind.CSV:
            entries = _csv(content)
    for n, (line, entry) in enumerate(entries, 1):
        yield _item(n, line, entry)


def told_twice(items: Iterable[Item]) -> list[Item]:
    """The items; one whose input came before says where."""
    seen: dict[tuple[str, str], int | None] = {}
    told: list[Item] = []
    for item in items:
        source = item.source
        if source is not None and item.error is None:
            key = (source["kind"], source["at"])
            if key in seen:
                error = {"code": DUPLICATE, "detail": f"The same input is in line {seen[key]}"}
                told.append(replace(item, source=None, error=error))
                continue
            seen[key] = item.line
        told.append(item)
    return told


def _item(n: int, line: int, entry: Any) -> Item:
    if isinstance(entry, _Bad):
        return _refused(n, line, None, INVALID, str(entry))
    if not isinstance(entry, dict):
        return _refused(n, line, None, INVALID, "An entry is an object")
    name = entry.get("name")
    given = {field: value for field, value in entry.items() if value not in (None, "")}
    shown = name if isinstance(name, str) else None
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        return _refused(n, line, shown, INVALID, f"{unknown[0][:64]!r} is not known; known are: {', '.join(FIELDS)}")
    wrong = [
        field
        for field, value in given.items()
        if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS or "\0" in value
    ]
    if wrong:
        return _refused(
            n, line, shown, INVALID, f"{wrong[0]} must be a text of at most {MAX_TEXT_CHARACTERS} characters"
        )
    sources = [field for field in SOURCES if field in given]
    if len(sources) != 1:
        return _refused(n, line, shown, INVALID, f"Name one of {', '.join(SOURCES)}, and only one")
    kind = sources[0].removesuffix("_id")
    return Item(n=n, line=line, name=given.get("name"), source={"kind": kind, "at": given[sources[0]]})


def _refused(n: int, line: int, name: str | None, code: str, detail: str) -> Item:
    return Item(n=n, line=line, name=name, error={"code": code, "detail": detail})


class _Bad(str):
    """A line that can't be read, and why."""

    __slots__ = ()


def _json(content: bytes) -> Iterator[tuple[int, Any]]:
    try:
        document = pydantic_core.from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidManifest(f"The manifest is not JSON: {str(error)[:200]}") from None
    entries = document.get("items") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise InvalidManifest('The manifest must be {"items": […]}, or a list')
    return iter(enumerate(entries, 1))


def _lines(content: bytes) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), 1):
        if not line.strip():
            continue
        try:
            yield number, pydantic_core.from_json(line, allow_inf_nan=False)
        except ValueError as error:
            yield number, _Bad(f"The line is not JSON: {str(error)[:200]}")


def _csv(content: bytes) -> Iterator[tuple[int, Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidManifest(f"The manifest is not UTF-8: byte {error.start}") from None
    # Line by line, so that an unclosed quote is told by where it begins; a name may have line breaks in it.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _Bad(f"The line is not CSV: {error}")
            continue
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = [cell.strip() for cell in row]
            if not set(header) & set(SOURCES):
                raise InvalidManifest(f"The first line must name the columns; at least one of {', '.join(SOURCES)}")
            continue
        if len(row) > len(header):
            yield line, _Bad(f"The line has {len(row)} cells, and there are {len(header)} columns")
            continue
        yield line, dict(zip(header, row, strict=False))
