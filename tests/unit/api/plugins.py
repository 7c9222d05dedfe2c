"""Plugins that a fleet can announce: what the API needs of them is their manifest."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from plugins.contract import MediaKind, Plugin, Tool, ToolOptions


class Colour(StrEnum):
    """A choice."""

    RED = "red"
    BLUE = "blue"


class Stroke(ToolOptions):
    """Options of several kinds; `colour` has to be given."""

    colour: Colour
    width: int = Field(default=1, ge=1, le=10)


class Outline(Tool[Stroke]):
    """Takes images and videos, and has a use for a GPU."""

    name = "outline"
    title = "Outline"
    description = "For tests."
    devices = ("cpu", "gpu")
    Options: ClassVar[type[ToolOptions]] = Stroke


class Count(Tool[ToolOptions]):
    """Takes anything, without options."""

    name = "count"
    title = "Count"
    description = "For tests."


class Read(Tool[ToolOptions]):
    """Takes images only."""

    name = "read"
    title = "Read"
    description = "For tests."
    inputs = frozenset({MediaKind.IMAGE})


class Drawing(Plugin):
    """Several tools, so that one has to be named."""

    name = "drawing"
    version = "1.2.3"
    title = "Drawing"
    description = "For tests."
    license = "Apache-2.0"
    tools = (Outline, Count, Read)


class Counting(Plugin):
    """One tool, so that it need not be named."""

    name = "counting"
    version = "1.0.0"
    title = "Counting"
    description = "For tests."
    license = "Apache-2.0"
    tools = (Count,)
