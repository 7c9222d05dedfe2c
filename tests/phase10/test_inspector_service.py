"""The inspector in a real run: what the runner asks it, and what it knows afterwards."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from plugins.inspector.inspector_service import InspectorService
from plugins.media import open_media
from plugins.runtime.observers import RecordingObserver
from plugins.runtime.tool_runner import RunOutcome, ToolRunner
from tests.phase10.tool_runs import MAX_PIXELS, registry
from tests.unit.plugins.made_media import video


def inspected(
    plugin: str, *tools: str, inspector: InspectorService, observer: RecordingObserver | None = None, **options: object
) -> RunOutcome:
    """A run over a small video whose inspector the test holds."""
    runner = ToolRunner(registry=registry(), inspector=inspector)
    with open_media(io.BytesIO(video(frames=6)), max_pixels=MAX_PIXELS) as media:
        return asyncio.run(runner.run(plugin, tools=tools or ("run",), media=media, options=options, observer=observer))


def test_the_runner_tells_what_the_inspector_says() -> None:
    """The metadata of a run's first message is the inspector's own."""
    inspector, observer = InspectorService(registry()), RecordingObserver()
    inspected("numbered", inspector=inspector, observer=observer)

    assert observer.of("metadata")[0]["metadata"] == asyncio.run(inspector.inspect("numbered"))


def test_the_inspector_knows_the_timings_of_the_run() -> None:
    """Afterwards the plugin's milliseconds are the sum of its tools', and those of the outcome."""
    inspector = InspectorService(registry())
    outcome = inspected("twins", "run", "again", inspector=inspector)

    assert inspector.collect_timings() == outcome.plugin_timings
    assert inspector.collect_timings() == {"twins": pytest.approx(sum(outcome.tool_timings.values()))}


def test_the_inspector_knows_every_kind_of_warning() -> None:
    """Warnings of the tool and of the runner itself are collected in the order in which they were told."""
    inspector, observer = InspectorService(registry()), RecordingObserver()
    outcome = inspected("softfail", inspector=inspector, observer=observer, every=3)

    assert inspector.collect_warnings() == [told["message"] for told in observer.of("warning")]
    assert inspector.collect_warnings() == outcome.warnings
    assert len(outcome.warnings) == 2


def test_measuring_around_a_run_is_the_run_and_its_decoding() -> None:
    """A clock around a whole run shows more than the tool's own time, which leaves decoding out."""

    async def scenario() -> tuple[float, float]:
        inspector = InspectorService(registry())
        runner = ToolRunner(registry=registry(), inspector=InspectorService(registry()))
        await inspector.start_timing("numbered")
        with open_media(io.BytesIO(video(frames=30)), max_pixels=MAX_PIXELS) as media:
            outcome = await runner.run("numbered", tools=["run"], media=media, options={})
        return await inspector.stop_timing("numbered"), outcome.plugin_timings["numbered"]

    whole, own = asyncio.run(scenario())

    assert 0 < own < whole


def test_the_built_in_plugin_is_inspected_like_any_other(sample: Path) -> None:
    """Motion over the bundled video: its metadata, its time and its warnings are those of the outcome."""
    inspector = InspectorService(registry())
    runner = ToolRunner(registry=registry(), inspector=inspector)
    with open_media(sample, max_pixels=MAX_PIXELS) as media:
        outcome = asyncio.run(runner.run("motion", tools=["detect"], media=media, options={}))

    assert outcome.frames_processed == 250
    assert inspector.collect_timings() == {"motion": pytest.approx(outcome.tool_timings["motion.detect"])}
    assert inspector.collect_timings()["motion"] > 0
    assert inspector.collect_warnings() == outcome.warnings
