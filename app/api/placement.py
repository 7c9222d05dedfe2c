"""Where a job will run: its queue and device, by what was asked for and what the fleet has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.api.fleet import FleetPlugins
from app.errors import DeviceUnavailable, InvalidDevice, TransomError
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
    fleet: FleetPlugins, tools: list[ToolManifest], wanted: DeviceRequest, *, fallback_allowed: bool
) -> Placement:
    """Choose queue and device.

    Where a GPU is wanted, can't be had, and no fallback is allowed, raises `InvalidDevice` when the tool has no use for
    one, and `DeviceUnavailable` when no worker has one now.
    """
    if wanted is DeviceRequest.CPU:
        return Placement("cpu", "cpu")
    problem = _why_no_gpu(fleet, tools)
    if problem is None:
        return Placement("gpu", "gpu")
    if wanted is DeviceRequest.AUTO:
        return Placement("cpu", "cpu")
    if not fallback_allowed:
        raise problem
    reason = f"A GPU was asked for and the CPU is used: {problem.detail}"
    return Placement("cpu", "cpu", fallback=True, reason=reason)


def _why_no_gpu(fleet: FleetPlugins, tools: list[ToolManifest]) -> TransomError | None:
    for tool in tools:
        if "gpu" not in tool.devices:
            errors = [{"field": "device", "message": "the tool runs on the CPU only"}]
            return InvalidDevice(f"The tool {tool.name!r} runs on the CPU only.", errors=errors)
    if not any(device["name"] == "gpu" for worker in fleet.workers for device in worker.devices):
        return DeviceUnavailable("No worker has a GPU.")
    return None
