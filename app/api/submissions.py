"""A submitted form, checked field by field, as a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pydantic_core
from jsonschema import Draft202012Validator

from app.api.fleet import FleetPlugins
from app.api.multipart import Form
from app.api.parameters import TRUTHS
from app.api.placement import DeviceRequest, place
from app.api.uploads import StoredFile
from app.errors import (
    EmptyInput,
    Invalid,
    InvalidDevice,
    InvalidOptions,
    MissingField,
    TooManyTools,
    UnsupportedInput,
)
from app.jobs.ids import made_at_ms
from app.jobs.job import Job, Priority
from app.storage.blobs import input_key
from app.storage.media_types import media_type_of
from plugins.contract import ToolManifest

#: Tools over one input; each sees every frame before the next frame is decoded.
MAX_TOOLS: Final = 8
MAX_NAME_CHARACTERS: Final = 255

#: What an input's address is called: by jobs, and by Phase 9.
URL_FIELDS: Final = ("input_url", "image_url")

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What a form asks for, whatever its file is."""

    plugin: str
    tools: list[ToolManifest]
    options: dict[str, Any]
    device: DeviceRequest
    fallback_allowed: bool
    priority: Priority

    def job(
        self,
        file: StoredFile,
        fleet: FleetPlugins,
        *,
        job_id: str,
        tenant: str,
        request_id: str | None,
        batch_id: str | None = None,
        retry_of: str | None = None,
    ) -> Job:
        """The job over this file, which is stored already, placed in the fleet as it is.

        Raises `EmptyInput`, `UnsupportedInput`, and what `place` raises.
        """
        if file.size == 0:
            raise EmptyInput
        media_type = media_type_of(file.head)
        _refuse_wrong_kind(media_type, self.tools)
        placement = place(fleet, self.plugin, self.tools, self.device, fallback_allowed=self.fallback_allowed)
        return Job(
            id=job_id,
            tenant=tenant,
            batch_id=batch_id,
            plugin=self.plugin,
            tools=[tool.name for tool in self.tools],
            options=self.options,
            queue=placement.queue,
            device_requested=self.device.value,
            device_used=placement.device,
            fallback=placement.fallback,
            fallback_reason=placement.reason,
            fallback_allowed=self.fallback_allowed,
            priority=self.priority,
            input_key=input_key(job_id),
            input_name=shown_name(file.name),
            input_type=media_type,
            input_bytes=file.size,
            retry_of=retry_of,
            # Lists are sorted and bounded by the id's own time: the two must not differ, however long an upload took.
            created_at_ms=made_at_ms(job_id),
            request_id=request_id,
        )


def plan_of(form: Form, fleet: FleetPlugins) -> Plan:
    """Read all fields of a form; raises what is wrong with them, by its stable code."""
    _refuse_unknown_fields(form)
    plugin = form.one("plugin")
    if plugin is None:
        raise MissingField("The field 'plugin' is missing", errors=_one("plugin", "is missing"))
    tools = _tools(form, fleet, plugin)
    return Plan(
        plugin=plugin,
        tools=tools,
        options=checked_options(form.one("options"), tools),
        device=_device(form),
        fallback_allowed=_fallback_allowed(form),
        priority=_priority(form),
    )


def job_from_form(form: Form, fleet: FleetPlugins, *, job_id: str, tenant: str, request_id: str | None) -> Job:
    """The job that a form asks for; its file is stored already. Raises what is wrong with it, by its stable code."""
    plan = plan_of(form, fleet)
    if form.file is None or form.file.size == 0:
        raise MissingField(
            "The field 'file' is missing or empty: send an image or a video, name an upload by 'upload_id', "
            "or an address by 'input_url'",
            errors=_one("file", "is missing or empty"),
        )
    return plan.job(form.file, fleet, job_id=job_id, tenant=tenant, request_id=request_id, retry_of=form.retry_of)


def checked_options(text: str | None, tools: list[ToolManifest]) -> dict[str, Any]:
    """The options as an object that fits each tool's schema; raises `InvalidOptions` naming every bad field."""
    try:
        options = pydantic_core.from_json(text, allow_inf_nan=False) if text else {}
    except ValueError:
        raise InvalidOptions("The options are not JSON", errors=_one("options", "is not JSON")) from None
    if not isinstance(options, dict):
        raise InvalidOptions("The options must be a JSON object", errors=_one("options", "must be a JSON object"))
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
    found: dict[tuple[str, str], None] = {}
    for error in Draft202012Validator(tool.options_schema).iter_errors(options):
        path = ".".join([prefix, *(str(part) for part in error.absolute_path)])
        # These two are said of the object around the field that is meant.
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            problems = [(f"{path}.{name[:64]}", "is not known") for name in error.instance if name not in known]
        elif error.validator == "required":
            problems = [
                (f"{path}.{name}", "is missing") for name in error.validator_value if name not in error.instance
            ]
        else:
            problems = [(path, error.message[:300])]
        found.update(dict.fromkeys(problems))
    return [{"field": path, "message": message} for path, message in found]


def _tools(form: Form, fleet: FleetPlugins, plugin: str) -> list[ToolManifest]:
    names = [name for name in form.fields.get("tool", []) if name]
    if not names:
        manifest = fleet.manifest(plugin)
        # A worker of an earlier release announces no default; its only tool is one all the same.
        default = manifest.default_tool or (manifest.tools[0].name if len(manifest.tools) == 1 else None)
        if default is None:
            known = ", ".join(tool.name for tool in manifest.tools)
            raise MissingField(
                f"The field 'tool' is missing; the plugin {plugin!r} has: {known}", errors=_one("tool", "is missing")
            )
        names = [default]
    if len(set(names)) != len(names):
        raise TooManyTools("A tool is named twice", errors=_one("tool", "is named twice"))
    if len(names) > MAX_TOOLS:
        message = f"at most {MAX_TOOLS} tools run over one input"
        raise TooManyTools(message.capitalize(), errors=_one("tool", message))
    return [fleet.tool(plugin, name) for name in names]


def _device(form: Form) -> DeviceRequest:
    text = form.one("device")
    if text is None:
        return DeviceRequest.CPU
    try:
        return DeviceRequest(text)
    except ValueError:
        message = "ask for cpu, gpu or auto"
        raise InvalidDevice(f"device={text[:40]!r}: {message}", errors=_one("device", message)) from None


def _fallback_allowed(form: Form) -> bool:
    text = form.one("fallback") or "true"
    if text.lower() not in TRUTHS:
        raise Invalid("fallback must be true or false", errors=_one("fallback", "must be true or false"))
    return TRUTHS[text.lower()]


def _priority(form: Form) -> Priority:
    name = form.one("priority") or "normal"
    try:
        return Priority[name.upper()]
    except KeyError:
        message = "must be low, normal or high"
        raise Invalid(f"priority {message}", errors=_one("priority", message)) from None


def _one(name: str, message: str) -> list[dict[str, str]]:
    """The list of a problem's bad fields, where it is one."""
    return [{"field": name, "message": message}]


def _refuse_unknown_fields(form: Form) -> None:
    unknown = [{"field": name[:64], "message": "is not known"} for name in sorted(set(form.fields) - KNOWN_FIELDS)]
    if unknown:
        raise Invalid(f"There are unknown fields; known are: file, {', '.join(sorted(KNOWN_FIELDS))}", errors=unknown)


def _refuse_wrong_kind(media_type: str, tools: list[ToolManifest]) -> None:
    kind = media_type.split("/", maxsplit=1)[0]
    for tool in tools:
        kinds = [str(item) for item in tool.input_types]
        if kind not in kinds:
            raise UnsupportedInput(f"The tool {tool.name!r} takes {' or '.join(kinds)}, and this is {media_type}")


def shown_name(name: str | None) -> str | None:
    """A file's name without folders and control characters: it is shown, and never used as a path."""
    if name is None:
        return None
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(character for character in last if character.isprintable())[:MAX_NAME_CHARACTERS] or None
