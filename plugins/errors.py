"""What can go wrong with plugins and media, as one tree. Only `tasks` translates it for the outside.

An input's errors have a `code`, stable and machine-readable, which the README lists.

* `PluginError`
    * `UnknownPlugin`, `UnknownTool`
    * `InvalidOptions`      the options do not fit the tool; `fields` lists each bad one
    * `UnreadableMedia`     the input can't be decoded; the message says what to do
        * `UnknownMedia`    it is neither an image nor a video, or coded in a way that is not known here
        * `EmptyMedia`      it holds no picture
        * `TooManyPixels`, `TooLong`, `TooLarge`    it is over a limit
        * `TooDamaged`      too many of its frames are broken
    * `UnsupportedMedia`    the tool does not take this kind of input
    * `FrameSkipped`        raised by a tool: this frame can't be processed, the run goes on
    * `DeviceUnusable`      a tool can't compute on the device that it was given, or does not
    * `ToolCrashed`         a tool raised something else; it is the cause
    * `RunStopped`          the observer asked the run to stop
"""

from __future__ import annotations

from typing import ClassVar


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
    """The input can't be decoded."""

    code: ClassVar[str] = "INPUT_UNREADABLE"


class UnknownMedia(UnreadableMedia):
    """The input is neither an image nor a video, or it is coded in a way that is not known here."""

    code = "UNSUPPORTED_INPUT"


class EmptyMedia(UnreadableMedia):
    """The input holds no picture."""

    code = "INPUT_EMPTY"


class TooManyPixels(UnreadableMedia):
    """A frame of the input has more pixels than are decoded."""

    code = "INPUT_TOO_MANY_PIXELS"


class TooLong(UnreadableMedia):
    """The input lasts longer, or has more frames, than is taken."""

    code = "INPUT_TOO_LONG"


class TooLarge(UnreadableMedia):
    """The input's file is larger than is decoded."""

    code = "INPUT_TOO_LARGE"


class TooDamaged(UnreadableMedia):
    """Too many frames of the input are damaged or lost."""

    code = "INPUT_TOO_DAMAGED"


class UnsupportedMedia(PluginError):
    """The tool does not take this kind of input."""

    code: ClassVar[str] = "UNSUPPORTED_INPUT"


class FrameSkipped(PluginError):
    """A tool can't process this frame; the run goes on without it."""


class DeviceUnusable(PluginError):
    """A tool can't compute on the device that it was given; the message says why."""


class ToolCrashed(PluginError):
    """A tool failed; what it raised is the cause."""


class RunStopped(PluginError):
    """The observer asked the run to stop."""
