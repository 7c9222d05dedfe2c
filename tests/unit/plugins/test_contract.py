"""The contract: what a plugin's author can rely on, without a runner."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from plugins.contract import Box, FrameData, MediaKind, Plugin, Tool, ToolContext, ToolOptions
from tests.plugins_for_tests import Killer, Numbered, NumberRun

BOX = Box(x1=0, y1=0, x2=1, y2=1)


class StillTool(Tool[ToolOptions]):
    """Takes images, on two devices."""

    name = "still"
    title = "Still"
    description = "For tests."
    inputs = frozenset({MediaKind.IMAGE})
    devices = ("cpu", "cuda")


class Mixed(Plugin):
    """Tools that differ in what they take."""

    name = "mixed"
    version = "1.0.0"
    title = "Mixed"
    description = "For tests."
    license = "Apache-2.0"
    tools = (StillTool, NumberRun)


def test_a_manifest_is_what_the_tools_are_together() -> None:
    """A plugin takes what any of its tools takes, and runs where any of them runs; each tool keeps its own."""
    manifest = Mixed.manifest()

    assert manifest.input_types == [MediaKind.IMAGE, MediaKind.VIDEO]
    assert manifest.devices == ["cpu", "cuda"]
    assert [(tool.name, tool.input_types, tool.devices) for tool in manifest.tools] == [
        ("still", [MediaKind.IMAGE], ["cpu", "cuda"]),
        ("run", [MediaKind.IMAGE, MediaKind.VIDEO], ["cpu"]),
    ]


def test_a_schema_says_what_validation_says() -> None:
    """The bounds that a form is made from are those that the options are checked by."""
    schema: Any = Killer.manifest().tools[0].options_schema

    assert schema["properties"]["frame"]["minimum"] == 0
    assert schema["properties"]["frame"]["default"] == 5
    with pytest.raises(ValidationError):
        Killer.tools[0].Options.model_validate({"frame": -1})


def test_options_are_frozen_and_refuse_unknown_names() -> None:
    """A tool's options can't change under it, and a slip in a name does not pass silently."""
    options = Numbered.tools[0].Options.model_validate({})

    with pytest.raises(ValidationError):
        options.per_frame = 2  # type: ignore[attr-defined]
    with pytest.raises(ValidationError):
        Numbered.tools[0].Options.model_validate({"perframe": 2})


@pytest.mark.parametrize(
    "lists",
    [
        {"scores": [0.5]},
        {"boxes": [BOX]},
        {"boxes": [BOX], "scores": [0.5], "labels": []},
        {"boxes": [BOX], "scores": [0.5], "labels": ["a"], "track_ids": []},
        {"boxes": [BOX], "scores": [0.5], "labels": ["a"], "texts": ["a", "b"]},
        {"boxes": [BOX], "scores": [0.5], "labels": ["a"], "polygons": []},
    ],
)
def test_lists_of_unequal_length_are_refused(lists: dict[str, Any]) -> None:
    """Frame data whose lists do not belong together can't be made."""
    with pytest.raises(ValidationError, match="entries"):
        FrameData(frame_index=0, timestamp_ms=0, **lists)


def test_a_frame_with_nothing_in_it_is_as_good_as_any() -> None:
    """Nothing found is three empty lists."""
    data = FrameData(frame_index=3, timestamp_ms=120)

    assert (data.boxes, data.scores, data.labels) == ([], [], [])


def test_a_context_alone_keeps_what_a_tool_says() -> None:
    """A tool can be tried without a runner: its warnings and partial results can be looked at."""
    context = ToolContext(device="cuda")
    context.warn("dark", severity="high", code="DARK", frame_index=2)
    context.partial({"so_far": 1})

    assert context.device == "cuda"
    assert [warning.model_dump() for warning in context.warnings] == [
        {"message": "dark", "severity": "high", "code": "DARK", "frame_index": 2}
    ]
    assert context.partial_results == [{"so_far": 1}]


def test_the_contract_loads_no_vision_library() -> None:
    """The web process reads manifests, and stays as light as it is."""
    script = (
        "import sys, plugins.contract\n"
        "print(sorted(name for name in sys.modules if name in {'cv2', 'av', 'PIL', 'numpy'}))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
