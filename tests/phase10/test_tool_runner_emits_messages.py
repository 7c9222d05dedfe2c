"""A whole run as its observer hears it: order, ends, failures, and that hearing it changes nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from itertools import groupby
from typing import Any

import pytest

from plugins.contract import FrameData, PluginMetadata
from plugins.errors import (
    InvalidOptions,
    PluginError,
    RunStopped,
    ToolCrashed,
    UnknownPlugin,
    UnknownTool,
    UnsupportedMedia,
)
from plugins.runtime.observers import NullObserver, RecordingObserver
from tests.phase10.tool_runs import recorded, registry, run


class Failing(RecordingObserver):
    """Hears everything, and raises when one kind of thing is told."""

    def __init__(self, what: str, error: BaseException) -> None:
        super().__init__()
        self._what = what
        self._error = error

    def stop_requested(self) -> bool:
        """No, or a failure."""
        self._fail("stop_requested")
        return False

    def metadata(self, plugin: str, metadata: PluginMetadata) -> None:
        """Hear it."""
        super().metadata(plugin, metadata)
        self._fail("metadata")

    def plugin_status(self, plugin: str, tool: str, status: str, **facts: Any) -> None:
        """Hear it."""
        super().plugin_status(plugin, tool, status, **facts)
        self._fail("plugin_status")

    def progress(self, percent: int, **facts: Any) -> None:
        """Hear it."""
        super().progress(percent, **facts)
        self._fail("progress")

    def frame(self, plugin: str, tool: str, data: FrameData, **facts: Any) -> None:
        """Hear it."""
        super().frame(plugin, tool, data, **facts)
        self._fail("frame")

    def partial_result(self, plugin: str, tool: str, result: Any) -> None:
        """Hear it."""
        super().partial_result(plugin, tool, result)
        self._fail("partial_result")

    def warning(self, plugin: str, message: str, **facts: Any) -> None:
        """Hear it."""
        super().warning(plugin, message, **facts)
        self._fail("warning")

    def _fail(self, what: str) -> None:
        if what == self._what:
            raise self._error


def statuses(observer: RecordingObserver) -> list[tuple[str, str]]:
    """Which tool was said to be where."""
    return [(told["tool"], told["status"]) for told in observer.of("plugin_status")]


def test_a_run_is_told_in_order() -> None:
    """Metadata, progress 0, started; then frames and progress; then completed, and progress 100 last."""
    _, observer = recorded("numbered", frames=5)
    names = [name for name, _ in observer.calls]

    assert names[:3] == ["metadata", "progress", "plugin_status"]
    assert names[-2:] == ["plugin_status", "progress"]
    assert set(names[3:-2]) <= {"frame", "progress"}
    assert statuses(observer) == [("run", "started"), ("run", "completed")]


def test_metadata_is_the_inspectors() -> None:
    """What is told first is what the plugin says of itself."""
    _, observer = recorded("numbered")

    assert observer.of("metadata") == [{"plugin": "numbered", "metadata": registry().get("numbered").manifest()}]


def test_every_tool_starts_before_the_first_frame_and_completes_after_the_last() -> None:
    """With two tools each has its own beginning and end, around all frames."""
    _, observer = recorded("twins", "run", "again", frames=3)

    assert statuses(observer) == [
        ("run", "started"),
        ("again", "started"),
        ("run", "completed"),
        ("again", "completed"),
    ]
    without_progress = [name for name, _ in observer.calls if name != "progress"]
    assert [name for name, _ in groupby(without_progress)] == ["metadata", "plugin_status", "frame", "plugin_status"]


def test_completed_names_time_frames_and_warnings() -> None:
    """The end of a tool says how long it took by itself, how many frames it answered, how often it warned."""
    outcome, observer = recorded("softfail", frames=7, options={"every": 3})
    completed = observer.of("plugin_status")[-1]

    assert completed["frames_processed"] == 4
    assert completed["warnings_count"] == 3
    assert completed["timing_ms"] == pytest.approx(outcome.tool_timings["softfail.run"], abs=0.001)


def test_timings_are_the_tools_own_time() -> None:
    """A tool's time is at least what it slept; the plugin's is the sum of its tools'."""
    outcome = run("sleepy", frames=4, options={"ms": 20})

    assert outcome.tool_timings["sleepy.run"] >= 80
    assert outcome.plugin_timings == {"sleepy": pytest.approx(outcome.tool_timings["sleepy.run"])}


def test_time_of_a_slow_listener_is_not_the_tools() -> None:
    """A listener that is slow to hear a warning makes the run slower, and not the tool's own time longer."""

    class Slow(NullObserver):
        def warning(self, plugin: str, message: str, **facts: Any) -> None:
            time.sleep(0.05)

    started = time.perf_counter()
    outcome = run("odd", "talk", frames=4, observer=Slow())
    whole_ms = (time.perf_counter() - started) * 1000

    # Six warnings of 50 ms each were waited for: none of that is the tool's.
    assert outcome.tool_timings["odd.talk"] <= whole_ms - 6 * 50


def test_timings_of_two_tools_add_up_to_their_plugins() -> None:
    """Each tool has its own time under `plugin.tool`."""
    outcome = run("twins", "run", "again", frames=4)

    assert set(outcome.tool_timings) == {"twins.run", "twins.again"}
    assert outcome.plugin_timings == {"twins": pytest.approx(sum(outcome.tool_timings.values()))}


def test_partial_results_are_told_at_once() -> None:
    """A partial result is heard before the frame that it was said at."""
    _, observer = recorded("warner", frames=1, options={"every": 1})
    names = [name for name, _ in observer.calls]

    assert observer.of("partial_result") == [{"plugin": "warner", "tool": "run", "result": {"odd_so_far": 0}}]
    assert names.index("partial_result") < names.index("frame")


@pytest.mark.parametrize(
    ("plugin", "tools", "options"),
    [
        ("numbered", ["run"], {}),
        ("twins", ["run", "again"], {}),
        ("softfail", ["run"], {"every": 2}),
        ("warner", ["run"], {"every": 2}),
        ("odd", ["answer"], {"answer": "score_above_one"}),
        ("odd", ["talk"], {"times": 30}),
    ],
)
def test_an_outcome_is_the_same_with_and_without_an_observer(
    plugin: str, tools: list[str], options: dict[str, Any]
) -> None:
    """Results, frames and warnings do not depend on who listens, nor on whether listening works."""
    heard, _ = recorded(plugin, *tools, options=options)
    unheard = run(plugin, *tools, options=options)
    badly_heard = run(plugin, *tools, options=options, observer=Failing("frame", ValueError("deaf")))

    for outcome in (unheard, badly_heard):
        assert outcome.results == heard.results
        assert outcome.frames_processed == heard.frames_processed
        assert outcome.warnings == heard.warnings
        assert outcome.tool_timings.keys() == heard.tool_timings.keys()


def test_one_tool_takes_its_own_options_and_several_take_theirs_by_name() -> None:
    """With one tool the options are its own; with several each finds its own under its name, or has defaults."""
    _, alone = recorded("odd", "answer", options={"answer": "score_above_one"}, frames=1)
    _, together = recorded("odd", "answer", "result", options={"answer": {"answer": "score_above_one"}}, frames=1)

    assert [told["code"] for told in alone.of("warning")] == ["SCORE_INVALID"]
    assert [told["code"] for told in together.of("warning")] == ["SCORE_INVALID"]


@pytest.mark.parametrize(
    ("plugin", "tools", "options", "error"),
    [
        ("sundial", ["run"], {}, UnknownPlugin),
        ("numbered", ["jump"], {}, UnknownTool),
        ("numbered", ["run"], {"per_frame": -1}, InvalidOptions),
        ("twins", ["run", "again"], {"again": {"per_frame": -1}}, InvalidOptions),
        ("twins", ["run", "again"], {"agian": {}}, InvalidOptions),
        ("twins", ["run", "again"], {"again": 5}, InvalidOptions),
        ("odd", ["image"], {}, UnsupportedMedia),
    ],
)
def test_a_run_that_can_not_begin_says_nothing(
    plugin: str, tools: list[str], options: dict[str, Any], error: type[PluginError]
) -> None:
    """What is wrong before the first frame is an error of its own, and no observer hears of a run."""
    observer = RecordingObserver()
    with pytest.raises(error):
        run(plugin, *tools, options=options, observer=observer)

    assert observer.calls == []


@pytest.mark.parametrize(
    ("tool", "options", "cause"),
    [
        ("raise", {"where": "init"}, RuntimeError),
        ("raise", {"where": "process"}, RuntimeError),
        ("raise", {"what": "SystemExit"}, SystemExit),
        ("raise", {"what": "KeyboardInterrupt"}, KeyboardInterrupt),
        ("raise", {"what": "GeneratorExit"}, GeneratorExit),
        ("raise", {"what": "CancelledError"}, asyncio.CancelledError),
        ("raise", {"where": "init", "what": "FrameSkipped"}, PluginError),
        ("raise", {"where": "process", "what": "ConnectionError"}, ConnectionError),
        ("result", {"result": "raises"}, RuntimeError),
        ("result", {"result": "skipped"}, PluginError),
        ("result", {"result": "invalid"}, ValueError),
        ("result", {"result": "arrays"}, ValueError),
        ("result", {"result": "a_list"}, ValueError),
        ("result", {"result": "nothing"}, ValueError),
    ],
)
def test_a_tool_that_raises_has_failed(tool: str, options: dict[str, Any], cause: type[BaseException]) -> None:
    """Whatever a tool raises, and wherever, it is told as failed once, and the error keeps its cause."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed, match=f"'{tool}'") as caught:
        run("odd", tool, options=options, observer=observer)

    assert isinstance(caught.value.__cause__, cause)
    assert statuses(observer) == [(tool, "started"), (tool, "failed")]
    assert observer.calls[-1][0] == "plugin_status"


def test_a_crash_says_nothing_of_the_inside() -> None:
    """The error that goes outside names tool and kind; what the tool said itself is for the log."""
    with pytest.raises(ToolCrashed) as caught:
        run("crasher", options={"frame": 0})

    assert "RuntimeError" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_only_the_tool_that_failed_is_told_as_failed() -> None:
    """Of two tools the one that raised is named."""
    observer = RecordingObserver()
    with pytest.raises(ToolCrashed):
        run("odd", "answer", "raise", observer=observer)

    assert statuses(observer) == [("answer", "started"), ("raise", "started"), ("raise", "failed")]


def test_memory_that_ran_out_while_telling_is_not_passed_over() -> None:
    """A listener without memory is no listener's crash: going on would lose what it could not take."""
    with pytest.raises(MemoryError):
        run("numbered", observer=Failing("frame", MemoryError()))


@pytest.mark.parametrize("where", ["init", "process"])
def test_memory_that_ran_out_is_no_crash_of_the_tool(where: str) -> None:
    """`MemoryError` comes through as it is: whoever runs this process decides."""
    with pytest.raises(MemoryError):
        run("odd", "raise", options={"where": where, "what": "MemoryError"})


def test_a_stop_is_heard_between_frames() -> None:
    """Once a stop is asked for no further frame is processed, and nothing is told as completed."""
    observer = RecordingObserver(stop_after_frames=3)
    with pytest.raises(RunStopped):
        run("numbered", frames=10, observer=observer)

    assert [told["data"].frame_index for told in observer.of("frame")] == [0, 1, 2]
    assert statuses(observer) == [("run", "started")]


def test_a_stop_after_the_last_frame_still_counts() -> None:
    """A run that is told to stop at its last frame does not complete."""
    observer = RecordingObserver(stop_after_frames=5)
    with pytest.raises(RunStopped):
        run("numbered", frames=5, observer=observer)

    assert statuses(observer) == [("run", "started")]


EVERYTHING = ["stop_requested", "metadata", "plugin_status", "progress", "frame", "partial_result", "warning"]


@pytest.mark.parametrize("what", EVERYTHING)
def test_a_listener_that_crashes_does_not_sink_the_run(what: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever an observer raises is logged, the rest is told all the same, and the outcome is unharmed."""
    observer = Failing(what, ValueError("deaf"))
    with caplog.at_level(logging.ERROR):
        outcome = run("warner", frames=4, options={"every": 2}, observer=observer)

    assert outcome.frames_processed == 4
    assert statuses(observer) == [("run", "started"), ("run", "completed")]
    assert {record.__dict__["action"] for record in caplog.records} == {"observer_failed"}


def test_a_listener_that_always_crashes_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """One failure of a kind is logged with its traceback; the same at every frame would say no more."""
    with caplog.at_level(logging.INFO):
        run("numbered", frames=30, observer=Failing("frame", ValueError("deaf")))

    # What threads of other tests say meanwhile is caught too.
    here = [record for record in caplog.records if record.threadName == threading.current_thread().name]
    assert len(here) == 1
    assert here[0].exc_info


@pytest.mark.parametrize("error", [RunStopped("stop"), ConnectionResetError("the scribe has gone")])
@pytest.mark.parametrize("what", EVERYTHING)
def test_a_listener_may_end_the_run(what: str, error: Exception) -> None:
    """A stop or a lost connection comes through as it is, wherever it is met, and nothing is told after it."""
    observer = Failing(what, error)
    with pytest.raises(type(error)) as caught:
        run("warner", frames=4, options={"every": 2}, observer=observer)

    assert caught.value is error
    assert observer.calls[-1][0] == ("plugin_status" if what == "stop_requested" else what)


@pytest.mark.parametrize("says", ["warn", "partial"])
def test_a_tool_can_not_swallow_the_end_of_the_run(says: str) -> None:
    """A tool that catches everything around what it says does not keep a lost connection from ending the run."""
    error = ConnectionResetError("the scribe has gone")
    observer = Failing("partial_result" if says == "partial" else "warning", error)
    with pytest.raises(ConnectionResetError) as caught:
        run("odd", "talk", frames=4, options={"says": says, "swallows": True}, observer=observer)

    assert caught.value is error
    assert len(observer.of("frame")) == 0


def test_results_can_be_read_by_every_client() -> None:
    """Numbers that JSON has not are null in a result, and a warning says so."""
    outcome, observer = recorded("odd", "result", options={"result": "without_number"})

    assert outcome.results == {"result": {"mean": 2.5, "parts": [1.5, {"top": None}]}}
    assert [told["code"] for told in observer.of("warning")] == ["RESULT_INVALID"]
    assert "NaN" not in json.dumps(outcome.results)


def test_results_are_text_that_can_be_sent() -> None:
    """Half a character in a result, in a name as in a value, is replaced, and a warning says so."""
    outcome, observer = recorded("odd", "result", options={"result": "without_characters"})

    assert outcome.results == {"result": {"name": "caf\ufffd", "\ufffd": None}}
    assert [told["code"] for told in observer.of("warning")] == ["RESULT_INVALID"]


def test_a_partial_result_that_is_no_json_is_left_out_with_a_warning() -> None:
    """What can't be shown costs the partial result and not the run; bad numbers in it are null."""
    _, arrays = recorded("odd", "talk", frames=1, options={"says": "partial_array"})
    _, numbers = recorded("odd", "talk", frames=1, options={"says": "partial_nan"})

    assert arrays.of("partial_result") == []
    assert [told["result"] for told in numbers.of("partial_result")] == [{"mean": None, "count": 3}]
    for observer in (arrays, numbers):
        assert [told["code"] for told in observer.of("warning")] == ["MADE", "RESULT_INVALID", "DONE"]


def test_results_of_numpy_are_plain_numbers() -> None:
    """A result's numbers are Python's own, whatever library they were counted with."""
    outcome = run("odd", "result", options={"result": "numpy"})

    assert json.dumps(outcome.results) == '{"result": {"mean": 2.5}}'


def test_results_are_by_tool() -> None:
    """Each tool's result stands under its name."""
    outcome = run("twins", "run", "again", frames=1)

    assert outcome.results == {"run": {"answer": 42}, "again": {"answer": 42}}
