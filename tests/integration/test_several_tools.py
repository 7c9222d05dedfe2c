"""Several tools over one input, through the front door: decoded once, merged by frame, apart in everything else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.phase10.small_inputs import clip
from tests.stack import Product, start_product

FRAMES = 12


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A stack with the plugin `mixed`."""
    plugins = "tests.plugins_for_tests:Numbered,tests.plugins_for_tests.mixed:Mixed"
    running = start_product(tmp_path_factory.mktemp("mixed") / "data", TRANSOM_PLUGINS=plugins, TRANSOM_WORKERS="1")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ended(mixed: Product, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A job of three tools with options of their own, once it has ended."""
    options = {"words": {"things": 2, "ms": 20}, "tracks": {"things": 3}}
    path = clip(tmp_path_factory.mktemp("input"), frames=FRAMES)
    return mixed.wait(mixed.submit(path, plugin="mixed", tool=["words", "tracks", "choosy"], options=options))


def payloads(product: Product, job: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """What the log tells of one type."""
    return [message["payload"] for message in product.events(job["job_id"]) if message["type"] == kind]


def test_frames_are_merged_and_each_detection_names_its_tool(mixed: Product, ended: dict[str, Any]) -> None:
    """One frame an index, equal lists, in the order of the tools; a tool that skipped a frame is not in it."""
    assert ended["status"] == "done", ended["error"]
    assert [frame["frame_index"] for frame in ended["frames"]] == list(range(FRAMES))
    for index, frame in enumerate(ended["frames"]):
        choosy = [] if index % 3 == 0 else ["choosy"]
        assert frame["tools"] == ["words"] * 2 + ["tracks"] * 3 + choosy
        lists = [frame[name] for name in ("boxes", "scores", "labels", "track_ids", "texts", "polygons")]
        assert {len(values) for values in lists} == {len(frame["tools"])}
        assert frame["track_ids"] == [None, None, 0, 1, 2, *(None for _ in choosy)]
        assert frame["texts"][2:5] == ["", "", ""]
        assert frame["data"] == {name: {"language": "en"} for name in ("words", *choosy)}


def test_every_way_to_read_frames_gives_the_same(mixed: Product, ended: dict[str, Any]) -> None:
    """Phase 9's answer, its result, pages of any size and lines agree to the letter."""
    address = f"/v1/jobs/{ended['job_id']}"
    lines = mixed.client.get(f"{address}/frames", headers={"Accept": "application/x-ndjson"}).text
    paged: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = mixed.client.get(f"{address}/frames", params={"after": after, "limit": 5}).json()
        paged += page["frames"]
        after = page["next_after"]

    assert paged == ended["frames"]
    assert [json.loads(line) for line in lines.splitlines()] == ended["frames"]
    assert mixed.client.get(address).json()["frames"] == ended["frames"]
    assert mixed.client.get(f"{address}/result").json()["frames"] == ended["frames"]


def test_results_are_told_apart_by_tool(mixed: Product, ended: dict[str, Any]) -> None:
    """Each tool ran with its own options, the last with its defaults."""
    result = mixed.client.get(f"/v1/jobs/{ended['job_id']}/result").json()["result"]

    assert result == {"words": {"things": 2}, "tracks": {"things": 3}, "choosy": {"things": 1}}


def test_status_and_timing_are_each_tools_own(mixed: Product, ended: dict[str, Any]) -> None:
    """Every tool starts and completes, with the frames it processed and the time it took itself."""
    statuses = payloads(mixed, ended, "plugin_status")
    done = {status["tool"]: status for status in statuses if status["status"] == "completed"}

    assert Counter((status["tool"], status["status"]) for status in statuses) == Counter(
        (tool, status) for tool in ("words", "tracks", "choosy") for status in ("started", "completed")
    )
    assert {tool: status["frames_processed"] for tool, status in done.items()} == {
        "words": FRAMES,
        "tracks": FRAMES,
        "choosy": FRAMES - FRAMES // 3,
    }
    assert set(ended["tool_timings"]) == {"mixed.words", "mixed.tracks", "mixed.choosy"}
    # It sleeps that long at each frame.
    assert ended["tool_timings"]["mixed.words"] >= 20 * FRAMES
    assert ended["plugin_timings"] == {"mixed": pytest.approx(sum(ended["tool_timings"].values()))}


def test_warnings_name_their_tool(mixed: Product, ended: dict[str, Any]) -> None:
    """What each tool warned of, and how often."""
    warned = Counter((warning["tool"], warning["code"]) for warning in payloads(mixed, ended, "warning"))
    counts = {
        status["tool"]: status["warnings_count"]
        for status in payloads(mixed, ended, "plugin_status")
        if status["status"] == "completed"
    }

    assert warned == {("tracks", "ODD"): 6, ("choosy", "FRAME_SKIPPED"): 4}
    assert counts == {"words": 0, "tracks": 6, "choosy": 4}
    assert len(ended["warnings"]) == 10


def test_the_input_is_decoded_once(mixed: Product, ended: dict[str, Any]) -> None:
    """Progress counts each frame of the input once, whatever the number of tools; frames come tool by tool."""
    last = payloads(mixed, ended, "progress")[-1]
    told = [(frame["frame_index"], frame["tool"]) for frame in payloads(mixed, ended, "frame")]

    assert (last["progress"], last["frames_done"], last["frames_total"]) == (100, FRAMES, FRAMES)
    assert told == [
        (index, tool)
        for index in range(FRAMES)
        for tool in ("words", "tracks", "choosy")
        if tool != "choosy" or index % 3
    ]


def test_one_tool_that_crashes_ends_the_job_and_says_which(mixed: Product, tmp_path: Path) -> None:
    """The job is an error that names the tool; what all of them found until then is kept."""
    path = clip(tmp_path, frames=FRAMES)
    job = mixed.wait(mixed.submit(path, plugin="mixed", tool=["words", "breaks"]))

    assert (job["status"], job["error"]["error_code"]) == ("error", "PLUGIN_CRASH")
    assert "'breaks'" in job["error"]["message"]
    failed = [status["tool"] for status in payloads(mixed, job, "plugin_status") if status["status"] == "failed"]
    assert failed == ["breaks"]
    assert [frame["tools"] for frame in job["frames"]] == [["words", "breaks"]] * 3 + [["words"]]


def test_two_tools_of_motion_agree_over_the_sample(mixed: Product, sample: Path) -> None:
    """Where something is found, something moves; one pass over a real video."""
    options = {"activity": {"quiet_seconds": 1}, "detect": {"confirm_frames": 2}}
    job = mixed.wait(mixed.submit(sample, plugin="motion", tool=["detect", "activity"], options=options))

    assert job["status"] == "done", job["error"]
    assert len(job["frames"]) == 250
    for frame in job["frames"]:
        assert set(frame["tools"]) <= {"detect"}
        if frame["boxes"]:
            assert frame["data"]["activity"]["moving_fraction"] > 0
