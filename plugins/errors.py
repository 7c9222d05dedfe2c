"""What can go wrong with plugins and media, as one tree. Only `tasks` translates it for the outside.

* `PluginError`
    * `UnknownPlugin`, `UnknownTool`
    * `InvalidOptions`      the options do not fit the tool; `fields` lists each bad one
    * `UnreadableMedia`     the input is neither an image nor a video that can be decoded
    * `UnsupportedMedia`    the tool does not take this kind of input
    * `FrameSkipped`        raised by a tool: this frame can't be processed, the run goes on
    * `ToolCrashed`         a tool raised something else; it is the cause
    * `RunStopped`          the observer asked the run to stop
"""

from __future__ import annotations


class PluginError(Exception):
    """The root of the tree."""


class UnknownPlugin(PluginError):
    """No plugin of this name is installed."""


class UnknownTool(PluginError):
    """The plugin has no tool of this name."""


class InvalidOptions(PluginError):
    """The options do not fit the tool."""

    def __init__(self, fields: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{item['field']}: {item['message']}" for item in fields))
        #: One `{"field", "message"}` for each value that is wrong.
        self.fields = fields


class UnreadableMedia(PluginError):
    """The input is neither an image nor a video that can be decoded."""


class UnsupportedMedia(PluginError):
    """The tool does not take this kind of input."""


class FrameSkipped(PluginError):
    """A tool can't process this frame; the run goes on without it."""


class ToolCrashed(PluginError):
    """A tool failed; what it raised is the cause."""


class RunStopped(PluginError):
    """The observer asked the run to stop."""
