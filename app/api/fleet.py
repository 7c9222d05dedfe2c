"""Plugins and devices, as the workers of the fleet announce them. The web process imports no plugin."""

from __future__ import annotations

import statistics
from typing import Any, Final

import sqlalchemy as sa
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from app.api.caller import tenant_of
from app.api.parameters import rfc3339
from app.database.schema import tool_runs
from app.errors import NoWorker, PluginNotFound, ToolNotFound
from app.jobs import fleet
from app.models_phase10 import Device, DeviceList, PluginHealth, PluginList, PluginSummary
from app.state import ApiRequest
from plugins.contract import PluginMetadata, ToolManifest

#: Runs that a plugin's health looks back on.
HEALTH_RUNS: Final = 1000


class FleetPlugins:
    """The plugins of the workers that are there now."""

    def __init__(self, workers: list[fleet.Worker]) -> None:
        self.workers = workers
        self._manifests: dict[str, PluginMetadata] = {}
        self._failures: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for worker in workers:
            for announced in worker.plugins:
                self._read(announced)

    def manifest(self, name: str) -> PluginMetadata:
        """A plugin that a worker can run; raises `PluginNotFound`, and `NoWorker` while nobody can know."""
        manifest = self._manifests.get(name)
        if manifest is None:
            if not self.workers:
                raise NoWorker("No worker is there to say which plugins there are; try again in a moment")
            reason = self._failures.get(name)
            known = ", ".join(sorted(self._manifests))
            raise PluginNotFound(
                f"The plugin {name!r} could not be loaded: {reason}"
                if reason
                else f"There is no plugin {name[:64]!r}; there are: {known}"
            )
        return manifest

    def tool(self, plugin: str, name: str) -> ToolManifest:
        """A tool of a plugin; raises `PluginNotFound` and `ToolNotFound`."""
        tools = self.manifest(plugin).tools
        for tool in tools:
            if tool.name == name:
                return tool
        known = ", ".join(tool.name for tool in tools)
        raise ToolNotFound(f"The plugin {plugin!r} has no tool {name[:64]!r}; it has: {known}")

    def summaries(self) -> list[PluginSummary]:
        """Every plugin, those that failed to load among them."""
        return [self.summary(name) for name in sorted({*self._manifests, *self._failures})]

    def summary(self, name: str) -> PluginSummary:
        """One plugin; raises `PluginNotFound` for one that no worker has ever tried to load."""
        manifest = self._manifests.get(name)
        if manifest is None:
            if name not in self._failures:
                self.manifest(name)
            return PluginSummary(
                name=name,
                title=None,
                version=None,
                description=None,
                state="failed",
                reason=self._failures.get(name),
                tools=[],
                devices=[],
                input_types=[],
                workers=0,
            )
        return PluginSummary(
            name=name,
            title=manifest.title,
            version=manifest.version,
            description=manifest.description,
            state="ready",
            reason=None,
            tools=[tool.name for tool in manifest.tools],
            devices=manifest.devices,
            input_types=[str(kind) for kind in manifest.input_types],
            workers=self._counts[name],
        )

    def loaded(self) -> int:
        """How many plugins can be run."""
        return len(self._manifests)

    def _read(self, announced: dict[str, Any]) -> None:
        if "manifest" not in announced:
            self._failures[str(announced["name"])] = str(announced["error"])
            return
        try:
            manifest = PluginMetadata.model_validate(announced["manifest"])
        except ValidationError:
            # A worker of another version: its plugin can't be offered, those of the others can.
            name = str(announced["manifest"].get("name", "?"))
            self._failures[name] = "Its manifest does not fit this server's version."
            return
        self._counts[manifest.name] = self._counts.get(manifest.name, 0) + 1
        self._manifests[manifest.name] = manifest


async def fleet_plugins(request: ApiRequest) -> FleetPlugins:
    """Read the fleet."""
    return FleetPlugins(await request.state["database"].run_read(fleet.workers))


async def list_plugins(request: ApiRequest) -> Response:
    """`GET /v1/plugins`: every plugin of the fleet, those that could not be loaded among them."""
    summaries = (await fleet_plugins(request)).summaries()
    return JSONResponse(PluginList(plugins=summaries, count=len(summaries)).model_dump(mode="json"))


async def get_plugin(request: ApiRequest) -> Response:
    """`GET /v1/plugins/{plugin}`: one plugin at a glance."""
    summary = (await fleet_plugins(request)).summary(request.path_params["plugin"])
    return JSONResponse(summary.model_dump(mode="json"))


async def get_manifest(request: ApiRequest) -> Response:
    """`GET /v1/plugins/{plugin}/manifest`: its tools, each with the JSON schema of its options."""
    manifest = (await fleet_plugins(request)).manifest(request.path_params["plugin"])
    return JSONResponse(manifest.model_dump(mode="json"))


async def get_plugin_health(request: ApiRequest) -> Response:
    """`GET /v1/plugins/{plugin}/health`: how its last runs went."""
    summary = (await fleet_plugins(request)).summary(request.path_params["plugin"])
    runs = await request.state["database"].run_read(_last_runs, tenant_of(request), summary.name)
    timings = sorted(run.timing_ms for run in runs if run.timing_ms is not None and not run.failed)
    health = PluginHealth(
        name=summary.name,
        state=summary.state,
        reason=summary.reason,
        p50_ms=statistics.median(timings) if timings else None,
        p95_ms=timings[min(len(timings) - 1, round(0.95 * (len(timings) - 1)))] if timings else None,
        runs=len(runs),
        errors=sum(run.failed for run in runs),
        last_used=rfc3339(max((run.at_ms for run in runs), default=None)),
    )
    return JSONResponse(health.model_dump(mode="json"))


async def list_devices(request: ApiRequest) -> Response:
    """`GET /v1/devices`: what the fleet can compute on."""
    found: dict[str, Device] = {}
    for worker in (await fleet_plugins(request)).workers:
        for device in worker.devices:
            name = str(device["name"])
            before = found.get(name)
            found[name] = Device(
                name=name,
                title=str(device.get("title", name)),
                workers=1 + (before.workers if before else 0),
                queues=sorted({*worker.queues, *(before.queues if before else ())}),
            )
    devices = [found[name] for name in sorted(found)]
    return JSONResponse(DeviceList(devices=devices, count=len(devices)).model_dump(mode="json"))


def _last_runs(connection: sa.Connection, tenant: str, plugin: str) -> list[sa.Row[Any]]:
    statement = (
        sa.select(tool_runs.c.timing_ms, tool_runs.c.failed, tool_runs.c.at_ms)
        .where(tool_runs.c.tenant == tenant, tool_runs.c.plugin == plugin)
        .order_by(tool_runs.c.id.desc())
        .limit(HEALTH_RUNS)
    )
    return list(connection.execute(statement))
