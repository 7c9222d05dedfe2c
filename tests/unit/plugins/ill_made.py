"""Plugins that no registry should take, each for a reason of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from plugins.contract import Plugin, Tool, ToolOptions


class RunTool(Tool[ToolOptions]):
    """A tool as it should be."""

    name = "run"
    title = "Run"
    description = "For tests."


class NamedTwice(RunTool):
    """Another of the same name."""


class DottedTool(RunTool):
    """Its name can't be told from a plugin's and a tool's."""

    name = "run.fast"


class Well(Plugin):
    """As it should be."""

    name = "well"
    version = "1.0.0"
    title = "Well made"
    description = "For tests."
    license = "Apache-2.0"
    tools: ClassVar[tuple[type[Tool[Any]], ...]] = (RunTool,)


class Nameless(Plugin):
    """Forgot its name."""

    version = "1.0.0"
    title = "Nameless"
    description = "For tests."
    license = "Apache-2.0"
    tools = (RunTool,)


class Toolless(Well):
    """Can do nothing."""

    name = "toolless"
    tools = ()


class Doubled(Well):
    """Two tools of one name."""

    name = "doubled"
    tools = (RunTool, NamedTwice)


class Dotted(Well):
    """A tool with a dot in its name."""

    name = "dotted"
    tools = (DottedTool,)


class Slashed(Well):
    """A name that is no part of an address."""

    name = "sla/shed"


class Misled(Well):
    """Names a default tool that it has not."""

    name = "misled"
    default_tool = "nowhere"


class Usurper(Well):
    """Calls itself like a plugin that is there already."""

    name = "motion"


NOT_A_PLUGIN = 42
