"""A submitted form, checked field by field, as a job."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Final

from jsonschema import Draft202012Validator

from app.api.fleet import FleetPlugins
from app.api.multipart import Form
from app.api.parameters import boolean, choice
from app.api.placement import DeviceRequest, place
from app.errors import (
    InvalidDevice,
    InvalidOptions,
    InvalidQuery,
    MissingField,
    TooManyTools,
    UnsupportedInput,
    UploadsDisabled,
    UrlInputDisabled,
    WebhooksDisabled,
)
from app.jobs.ids import now_ms
from app.jobs.job import Job, Priority
from app.storage.blobs import input_key
from app.storage.media_types import media_type_of
from plugins.contract import ToolManifest

#: Tools over one input; each sees every frame before the next frame is decoded.
MAX_TOOLS: Final = 8
MAX_NAME_CHARACTERS: Final = 255

KNOWN_FIELDS: Final = frozenset(
    {
        "device",
        "fallback",
        "image_url",
        "input_url",
        "options",
        "plugin",
        "priority",
        "tool",
        "upload_id",
        "webhook_url",
    }
)


class PriorityName(StrEnum):
    """What a priority is called."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


def job_from_form(form: Form, fleet: FleetPlugins, *, job_id: str, tenant: str, request_id: str | None) -> Job:
    """The job that a form asks for; its file is stored already. Raises what is wrong with it, by its stable code."""
    _refuse_what_is_not_enabled(form)
    plugin = form.one("plugin")
    if plugin is None:
        raise MissingField("The field 'plugin' is missing", field="plugin")
    tools = _tools(form, fleet, plugin)
    options = checked_options(form.one("options"), tools)
    if form.file is None or form.file.size == 0:
        raise MissingField("The field 'file' is missing or empty: send an image or a video", field="file")
    media_type = media_type_of(form.file.head)
    _refuse_wrong_kind(media_type, tools)
    wanted = _device(form)
    placement = place(fleet, tools, wanted, fallback_allowed=boolean(form.one("fallback"), "fallback", default=True))
    priority = choice(form.one("priority"), "priority", PriorityName) or PriorityName.NORMAL
    return Job(
        id=job_id,
        tenant=tenant,
        plugin=plugin,
        tools=[tool.name for tool in tools],
        options=options,
        queue=placement.queue,
        device_requested=wanted.value,
        device_used=placement.device,
        fallback=placement.fallback,
        fallback_reason=placement.reason,
        priority=Priority[priority.name],
        input_key=input_key(job_id),
        input_name=_shown_name(form.file.name),
        input_type=media_type,
        input_bytes=form.file.size,
        created_at_ms=now_ms(),
        request_id=request_id,
    )


def checked_options(text: str | None, tools: list[ToolManifest]) -> dict[str, Any]:
    """The options as an object that fits each tool's schema; raises `InvalidOptions` naming every bad field."""
    try:
        options = json.loads(text) if text else {}
    except ValueError as error:
        raise InvalidOptions(f"The options are not JSON: {error}") from None
    if not isinstance(options, dict):
        raise InvalidOptions("The options must be a JSON object")
    if len(tools) == 1:
        problems = _problems(options, tools[0], prefix="options")
    else:
        names = {tool.name for tool in tools}
        problems = [
            {"field": f"options.{name}", "message": "is not one of the tools"} for name in options if name not in names
        ]
        for tool in tools:
            problems += _problems(options.get(tool.name, {}), tool, prefix=f"options.{tool.name}")
    if problems:
        raise InvalidOptions("; ".join(f"{p['field']}: {p['message']}" for p in problems), errors=problems)
    return options


def _problems(options: Any, tool: ToolManifest, *, prefix: str) -> list[dict[str, str]]:
    errors = Draft202012Validator(tool.options_schema).iter_errors(options)
    return [
        {"field": ".".join([prefix, *(str(part) for part in error.absolute_path)]), "message": error.message[:300]}
        for error in errors
    ]


def _tools(form: Form, fleet: FleetPlugins, plugin: str) -> list[ToolManifest]:
    names = [name for name in form.fields.get("tool", []) if name]
    if not names:
        tools = fleet.manifest(plugin).tools
        if len(tools) != 1:
            known = ", ".join(tool.name for tool in tools)
            raise MissingField(f"The field 'tool' is missing; the plugin {plugin!r} has: {known}", field="tool")
        return list(tools)
    if len(set(names)) != len(names):
        raise TooManyTools("A tool is named twice", field="tool")
    if len(names) > MAX_TOOLS:
        raise TooManyTools(f"At most {MAX_TOOLS} tools run over one input", field="tool")
    return [fleet.tool(plugin, name) for name in names]


def _device(form: Form) -> DeviceRequest:
    text = form.one("device")
    if text is None:
        return DeviceRequest.CPU
    try:
        return DeviceRequest(text)
    except ValueError:
        raise InvalidDevice(f"device={text[:40]!r}: ask for cpu, gpu or auto", field="device") from None


def _refuse_what_is_not_enabled(form: Form) -> None:
    unknown = sorted(set(form.fields) - KNOWN_FIELDS)
    if unknown:
        raise InvalidQuery(f"Unknown field {unknown[0][:64]!r}; known are: {', '.join(sorted(KNOWN_FIELDS))}")
    if form.one("input_url") or form.one("image_url"):
        raise UrlInputDisabled
    if form.one("upload_id"):
        raise UploadsDisabled
    if form.one("webhook_url"):
        raise WebhooksDisabled


def _refuse_wrong_kind(media_type: str, tools: list[ToolManifest]) -> None:
    kind = media_type.split("/", maxsplit=1)[0]
    for tool in tools:
        kinds = [str(item) for item in tool.input_types]
        if kind not in kinds:
            raise UnsupportedInput(f"The tool {tool.name!r} takes {' or '.join(kinds)}, and this is {media_type}")


def _shown_name(name: str | None) -> str | None:
    """A file's name without folders and control characters: it is shown, and never used as a path."""
    if name is None:
        return None
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(character for character in last if character.isprintable())[:MAX_NAME_CHARACTERS] or None
