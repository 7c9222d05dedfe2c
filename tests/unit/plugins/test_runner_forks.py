"""What a tool forks is no second run: it ends where the tool would have come back, and nothing is told twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
#: A run of the hostile tool over a still picture, in an interpreter of its own: a fork of pytest would be none.
SCRIPT = """
import asyncio, io, os, sys
from PIL import Image
from plugins.inspector.inspector_service import InspectorService
from plugins.media import open_media
from plugins.registry import PluginRegistry
from plugins.runtime.observers import RecordingObserver
from plugins.runtime.tool_runner import ToolRunner

registry = PluginRegistry.load(extra=["tests.plugins_for_tests.hostile:Hostile"])
frames = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in (0, 90, 180)]
content = io.BytesIO()
frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
observer = RecordingObserver()
with open_media(content, max_pixels=1000) as media:
    runner = ToolRunner(registry=registry, inspector=InspectorService(registry))
    asyncio.run(runner.run("hostile", tools=["run"], media=media, options={"act": sys.argv[1]}, observer=observer))
print(len(observer.of("frame")), len(observer.of("warning")), flush=True)
"""


@pytest.mark.parametrize("act", ["fork_and_return", "fork_and_raise", "fork_and_speak"])
def test_a_fork_ends_without_a_word(act: str) -> None:
    """The run is done once: three frames, told by one process."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", SCRIPT, act]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)

    assert ended.stdout == "3 0\n", ended.stderr
