"""Where a job will run: its queue and device, by what was asked for and what the fleet has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.api.fleet import FleetPlugins
from app.errors import DeviceUnavailable, InvalidDevice, TransomError
from app.jobs.fleet import Worker
from plugins.contract import ToolManifest


class DeviceRequest(StrEnum):
    """What can be asked for."""

    CPU = "cpu"
    GPU = "gpu"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a job is expected to run; `reason` says why not where it was asked to."""

    queue: str
    device: str
    fallback: bool = False
    reason: str | None = None


def place(
    fleet: FleetPlugins, plugin: str, tools: list[ToolManifest], wanted: DeviceRequest, *, fallback_allowed: bool
) -> Placement:
    """Choose queue and device.

    Raises `InvalidDevice` where a tool has no use for the only device that will do, and `DeviceUnavailable` where no
    worker has it now.
    """
    needs_gpu = next((tool.name for tool in tools if "cpu" not in tool.devices), None)
    if wanted is DeviceRequest.CPU:
        if needs_gpu is not None:
            raise _invalid(f"The tool {needs_gpu!r} runs on a GPU only; ask for gpu or auto.")
        return _on_cpu(fleet, plugin)
    problem = _why_no_gpu(fleet, plugin, tools)
    if problem is None:
        return Placement("gpu", "gpu")
    if needs_gpu is not None or (wanted is DeviceRequest.GPU and not fallback_allowed):
        raise problem
    if wanted is DeviceRequest.AUTO:
        return _on_cpu(fleet, plugin)
    return replace(
        _on_cpu(fleet, plugin), fallback=True, reason=f"A GPU was asked for and the CPU is used: {problem.detail}"
    )


def _on_cpu(fleet: FleetPlugins, plugin: str) -> Placement:
    if not any("cpu" in worker.queues and _has(worker, plugin) for worker in fleet.workers):
        raise DeviceUnavailable(f"No worker that runs jobs on the CPU has the plugin {plugin!r}.")
    return Placement("cpu", "cpu")


def _why_no_gpu(fleet: FleetPlugins, plugin: str, tools: list[ToolManifest]) -> TransomError | None:
    for tool in tools:
        if "gpu" not in tool.devices:
            return _invalid(f"The tool {tool.name!r} runs on the CPU only.")
    able = [worker for worker in fleet.workers if _serves_gpu(worker)]
    if not able:
        return DeviceUnavailable("No worker has a GPU.")
    if not any(_has(worker, plugin) for worker in able):
        return DeviceUnavailable(f"No worker with a GPU has the plugin {plugin!r}.")
    return None


def _serves_gpu(worker: Worker) -> bool:
    return "gpu" in worker.queues and any(device["name"] == "gpu" for device in worker.devices)


def _has(worker: Worker, plugin: str) -> bool:
    return plugin in worker.plugin_names()


def _invalid(sentence: str) -> InvalidDevice:
    return InvalidDevice(sentence, errors=[{"field": "device", "message": sentence}])
