"""How a change is told: who, on which machine, in which file, and what is typed; what was said before only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from app.client.doctor.blocks import Block, blocks_of, merged
from app.client.doctor.owners import Owner, Way

_INDENT: Final = "    "


@dataclass(slots=True)
class Told:
    """What was told before, each with the number of the change where it was; owners where they had lines to type."""

    owners: dict[Owner, int] = field(default_factory=dict)
    ways: dict[tuple[str, str], int] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def note(self, number: int, ways: list[Way]) -> None:
        """These ways of a change were told."""
        for way in ways:
            # Where there was nothing to type, no copy was told of either.
            if way.blocks:
                self.owners.setdefault(way.owner, number)
            self.ways.setdefault((way.owner.who, way.what), number)
            for line in (line for block in way.blocks if block.kind == "ADD" for line in block.lines):
                self.lines.setdefault(line, number)


def people(way: Way, told: Told) -> list[tuple[str, str]]:
    """Who does it, on which machine, in which file."""
    if number := told.owners.get(way.owner):
        with_lines = ", on which machine and in which file" if way.blocks else ""
        return [(f"Who{with_lines}", f"as for change {number}")]
    found = [("Who", way.owner.who), ("On", way.owner.where), ("File", way.owner.file)]
    return [(name, text) for name, text in found if text]


def action(way: Way, told: Told) -> str:
    """What is done."""
    number = told.ways.get((way.owner.who, way.what))
    return f"The same as for change {number}: done once, it is enough for both." if number else way.what


def steps(way: Way, told: Told) -> Iterator[str]:
    """What is typed, one after the other; on Linux, the commands around it."""
    owner, blocks = way.owner, merged(way.blocks)
    # A second copy would be one of what was changed already.
    is_new = owner not in told.owners
    added = [line for block in blocks if block.kind == "ADD" for line in block.lines]
    is_told = (owner.who, way.what) in told.ways and all(block.kind == "ADD" for block in blocks)
    if not blocks or (is_told and told.lines.keys() >= set(added)):
        # The very same was told before.
        return
    if owner.keep and is_new:
        yield f"First keep a copy: {owner.keep}"
    for block in blocks:
        yield from _block(block)
    for line in added:
        if line in told.lines:
            yield f"{line.strip()} is in change {told.lines[line]} too: put it in once."
    if owner.mind and is_new and any(block.kind == "ADD" for block in blocks):
        yield owner.mind
    if owner.reload:
        yield f"Then make it work: {owner.reload}"
    if owner.undo and (is_new or not owner.keep):
        yield f"To undo it: {owner.undo}"
    elif owner.undo:
        # The copy has none of the changes.
        first = f"the copy of change {told.owners[owner]} undoes all of them"
        yield f"To undo it alone, {_by_hand(blocks)}, and make that work in the same way; {first}."


def _by_hand(blocks: list[Block]) -> str:
    """How a change is undone where what came before it stays."""
    kinds = {block.kind for block in blocks}
    done = [
        *(["put back by hand the lines that you removed"] if "REMOVE" in kinds else []),
        *(["take out by hand the lines that you added"] if "ADD" in kinds else []),
    ]
    return " and ".join(done)


def shown(text: str) -> Iterator[str]:
    """The blocks of a snippet, as they are read."""
    for block in blocks_of(text):
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    yield f"{block.kind or 'RUN'}{f' {block.where}' if block.where else ''}:"
    yield from (f"{_INDENT}{line}" for line in block.lines)
