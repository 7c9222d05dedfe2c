"""The plugins that are there: by entry point, in the built-in folder, and those that a setting names.

One that can't be loaded is logged and listed with the reason, and the others work.
"""

from __future__ import annotations

import logging
import pkgutil
import re
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from inspect import isclass
from typing import Any, Final

from pydantic import ValidationError

import plugins as builtin_folder
from plugins.contract import Plugin, PluginMetadata, Tool, ToolOptions
from plugins.errors import InvalidOptions, UnknownPlugin, UnknownTool

logger = logging.getLogger(__name__)

ENTRY_POINTS: Final = "transom.plugins"
#: Packages of the built-in folder that hold no plugin.
_NOT_PLUGINS: Final = frozenset({"inspector", "rendering", "runtime", "samples"})
#: Names are parts of addresses, and a dot stands between a plugin's and a tool's.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
#: An absolute path within a sentence; in quotes it may hold blanks.
_PATH: Final = re.compile(r"(?<=')/[^']+(?=')|(?<=\")/[^\"]+(?=\")|(?<![\w:/'\"])/[^\s'\"():,;]+")
#: A reason for people is a sentence; the log has the rest.
_REASON_CHARACTERS: Final = 500


class PluginRegistry:
    """Plugins by name, and why others are not among them."""

    def __init__(self) -> None:
        self._plugins: dict[str, type[Plugin]] = {}
        self._failed: dict[str, str] = {}
        self._manifests: dict[str, PluginMetadata] = {}

    @classmethod
    def load(cls, *, extra: Sequence[str] = ()) -> PluginRegistry:
        """Find and import every plugin; `extra` names more of them as `module:Class`."""
        registry = cls()
        for point in entry_points(group=ENTRY_POINTS):
            registry._add(point.name, point.load)
        for module in pkgutil.iter_modules(builtin_folder.__path__, f"{builtin_folder.__name__}."):
            name = module.name.rsplit(".", maxsplit=1)[-1]
            if module.ispkg and name not in _NOT_PLUGINS and not registry._knows(name):
                registry._add(name, partial(_plugin_of, module.name))
        for path in extra:
            registry._add(path, partial(_named, path))
        return registry

    def plugins(self) -> list[type[Plugin]]:
        """Every plugin that can be used, by name."""
        return [self._plugins[name] for name in sorted(self._plugins)]

    def failed(self) -> dict[str, str]:
        """Why a plugin could not be loaded, by its name."""
        return dict(self._failed)

    def get(self, name: str) -> type[Plugin]:
        """One plugin; raises `UnknownPlugin`."""
        try:
            return self._plugins[name]
        except KeyError:
            raise UnknownPlugin(f"There is no plugin {name!r}") from None

    def manifest(self, name: str) -> PluginMetadata:
        """What the plugin says of itself, made once: schemas take longer than a small job. Raises `UnknownPlugin`."""
        if name not in self._manifests:
            self._manifests[name] = self.get(name).manifest()
        return self._manifests[name]

    def tool(self, plugin: str, name: str) -> type[Tool[Any]]:
        """One tool of a plugin; raises `UnknownPlugin` and `UnknownTool`."""
        for tool in self.get(plugin).tools:
            if tool.name == name:
                return tool
        raise UnknownTool(f"The plugin {plugin!r} has no tool {name!r}")

    def options(self, plugin: str, tool: str, values: dict[str, Any]) -> ToolOptions:
        """The tool's options, checked; raises `InvalidOptions` naming each bad field."""
        try:
            return self.tool(plugin, tool).Options.model_validate(values)
        except ValidationError as error:
            raise InvalidOptions(
                [
                    {"field": ".".join(str(part) for part in item["loc"]) or "options", "message": item["msg"]}
                    for item in error.errors()
                ]
            ) from None

    def _knows(self, name: str) -> bool:
        return name in self._plugins or name in self._failed

    def _add(self, name: str, load: Callable[[], type[Plugin]]) -> None:
        try:
            plugin = _checked(load())
            if self._plugins.setdefault(plugin.name, plugin) is not plugin:
                raise ValueError(f"another plugin is named {plugin.name!r} already")
        # A module that calls `sys.exit` while it is imported must not end the worker.
        except (Exception, SystemExit) as error:
            logger.exception("A plugin can't be loaded", extra={"action": "plugin_failed", "plugin": name})
            self._failed[name] = _reason(error)


def _checked(plugin: type[Plugin]) -> type[Plugin]:
    """The same plugin; making its manifest finds what is missing or ill-made now, not at the first job."""
    manifest = plugin.manifest()
    tools = [tool.name for tool in manifest.tools]
    for name in (manifest.name, *tools):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name: letters, digits, - and _ are, up to 64")
    if not tools or len(set(tools)) != len(tools):
        raise ValueError("a plugin needs tools, each with a name of its own")
    if manifest.default_tool not in (None, *tools):
        raise ValueError(f"its default tool {manifest.default_tool!r} is none of its tools")
    return plugin


def _reason(error: BaseException) -> str:
    """What went wrong, for everybody: of a path only its last part."""
    told = _PATH.sub(lambda path: path[0].rsplit("/", maxsplit=1)[-1], f"{type(error).__name__}: {error}")
    return told[:_REASON_CHARACTERS]


def _plugin_of(module: str) -> type[Plugin]:
    """The one plugin class that a package of the built-in folder offers."""
    found = [
        value
        for value in vars(import_module(module)).values()
        if isclass(value) and issubclass(value, Plugin) and value is not Plugin
    ]
    if len(found) != 1:
        raise TypeError(f"{module} offers {len(found)} plugins, and one is expected")
    return found[0]


def _named(path: str) -> type[Plugin]:
    module, _, name = path.partition(":")
    plugin = getattr(import_module(module), name)
    if not (isclass(plugin) and issubclass(plugin, Plugin)):
        raise TypeError(f"{path} is not a plugin class")
    return plugin
