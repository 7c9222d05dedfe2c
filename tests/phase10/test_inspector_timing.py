"""The inspector measures with a clock that never goes back, one clock a plugin."""

from __future__ import annotations

import asyncio
import time

import pytest

from plugins.inspector.inspector_service import InspectorService
from plugins.registry import PluginRegistry


class HandClock:
    """A clock in seconds that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time on it."""
        return self.now


def test_stop_gives_the_milliseconds_since_start() -> None:
    """A quarter of a second between start and stop is 250 ms."""

    async def scenario() -> float:
        clock = HandClock()
        inspector = InspectorService(PluginRegistry(), clock=clock)
        await inspector.start_timing("motion")
        clock.now += 0.25
        return await inspector.stop_timing("motion")

    assert asyncio.run(scenario()) == pytest.approx(250)


def test_timings_of_one_plugin_add_up() -> None:
    """What is timed twice is the sum of both, by plugin."""

    async def scenario() -> dict[str, float]:
        clock = HandClock()
        inspector = InspectorService(PluginRegistry(), clock=clock)
        for seconds in (0.1, 0.2):
            await inspector.start_timing("motion")
            clock.now += seconds
            await inspector.stop_timing("motion")
        return inspector.collect_timings()

    assert asyncio.run(scenario()) == {"motion": pytest.approx(300)}


def test_clocks_of_two_plugins_run_apart() -> None:
    """Starting and stopping one plugin's clock leaves the other's alone."""

    async def scenario() -> tuple[float, float]:
        clock = HandClock()
        inspector = InspectorService(PluginRegistry(), clock=clock)
        await inspector.start_timing("outer")
        clock.now += 1
        await inspector.start_timing("inner")
        clock.now += 2
        inner = await inspector.stop_timing("inner")
        clock.now += 4
        return inner, await inspector.stop_timing("outer")

    assert asyncio.run(scenario()) == pytest.approx((2000, 7000))


def test_a_running_clock_is_not_yet_a_timing() -> None:
    """Only what was stopped is collected."""

    async def scenario() -> dict[str, float]:
        inspector = InspectorService(PluginRegistry())
        await inspector.start_timing("motion")
        return inspector.collect_timings()

    assert asyncio.run(scenario()) == {}


def test_stopping_what_was_not_started_is_an_error() -> None:
    """A stop without a start, or a second stop, says which plugin's clock was meant."""

    async def scenario() -> None:
        inspector = InspectorService(PluginRegistry())
        with pytest.raises(ValueError, match="'motion'"):
            await inspector.stop_timing("motion")
        await inspector.start_timing("motion")
        await inspector.stop_timing("motion")
        with pytest.raises(ValueError, match="'motion'"):
            await inspector.stop_timing("motion")

    asyncio.run(scenario())


def test_starting_twice_is_an_error_and_keeps_the_first_start() -> None:
    """A second start is refused, and the first one is still measured from."""

    async def scenario() -> float:
        clock = HandClock()
        inspector = InspectorService(PluginRegistry(), clock=clock)
        await inspector.start_timing("motion")
        clock.now += 1
        with pytest.raises(ValueError, match="'motion'"):
            await inspector.start_timing("motion")
        clock.now += 1
        return await inspector.stop_timing("motion")

    assert asyncio.run(scenario()) == pytest.approx(2000)


def test_the_wall_clock_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall clock that is set back in the middle makes no timing negative."""

    async def scenario() -> float:
        inspector = InspectorService(PluginRegistry())
        await inspector.start_timing("motion")
        monkeypatch.setattr(time, "time", lambda: 0.0)
        return await inspector.stop_timing("motion")

    assert asyncio.run(scenario()) >= 0
