"""The devices that a worker can offer: what its settings say, else what is found on its machine."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any, Final

from app.settings import Settings

#: Where NVIDIA's driver lists the cards; in a container, those that it was given.
NVIDIA_CARDS: Final = Path("/proc/driver/nvidia/gpus")


def offered(settings: Settings, *, cards: Path = NVIDIA_CARDS) -> list[dict[str, Any]]:
    """Each as the fleet shows it; the CPU first, and a GPU once however many cards there are."""
    found = gpu_names(cards)
    names = [name.strip() for name in settings.devices.split(",") if name.strip()]
    wanted = set(names) or ({"cpu", "gpu"} if found else {"cpu"})
    devices: list[dict[str, Any]] = []
    if "cpu" in wanted:
        devices.append({"name": "cpu", "title": platform.processor() or platform.machine(), "cores": os.cpu_count()})
    if "gpu" in wanted:
        devices.append({"name": "gpu", "title": ", ".join(found) or "GPU", "cards": len(found) or 1})
    return devices


def served_queues(settings: Settings) -> list[str]:
    """The queues that this worker answers for: those that are set, else one for each of its devices."""
    named = [name.strip() for name in settings.queues.split(",") if name.strip()]
    return named or [str(device["name"]) for device in offered(settings)]


def gpu_names(cards: Path = NVIDIA_CARDS) -> list[str]:
    """The graphics cards of this machine that a tool could use, by name."""
    names = []
    for described in sorted(cards.glob("*/information")):
        facts = dict(line.split(":", maxsplit=1) for line in described.read_text().splitlines() if ":" in line)
        names.append(facts.get("Model", "NVIDIA").strip())
    return names
