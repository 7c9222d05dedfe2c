"""Lines for a configuration, as what is to be added and what is to be removed: nobody may paste what has to go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_HEADING: Final = re.compile(r"# (ADD|REMOVE) (.+)")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong to one place."""

    #: `ADD` or `REMOVE`; empty for a command, which is run.
    kind: str
    #: Where they belong, or are: `in squid.conf`.
    where: str
    lines: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """The blocks of lines that a snippet has; each begins with a comment that says what to do with it."""
    found: list[Block] = []
    kind, where = "", ""
    lines: list[str] = []

    def end() -> None:
        while lines and not lines[-1].strip():
            lines.pop()
        if lines:
            found.append(Block(kind, where, tuple(lines)))
        lines.clear()

    for line in text.splitlines():
        if heading := _HEADING.fullmatch(line):
            end()
            kind, where = heading[1], heading[2]
        else:
            lines.append(line)
    end()
    return found


def merged(blocks: Iterable[Block]) -> list[Block]:
    """What belongs to one place together, each line once; what is to be removed comes first."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for block in blocks:
        places.setdefault((block.kind, block.where), {}).update(dict.fromkeys(block.lines))
    found = [Block(kind, where, tuple(lines)) for (kind, where), lines in places.items()]
    return sorted(found, key=lambda block: block.kind != "REMOVE")
