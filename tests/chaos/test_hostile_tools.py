"""Tools that do what no tool should, and a hundred good jobs beside them: each ends by its own code, these well."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from tests.phase10.small_inputs import clip
from tests.stack import Product, wait_until
from tests.watching import assert_unbroken

FRAMES = 6
GOOD_JOBS = 100
#: All of them together, on a busy machine.
PATIENCE_SECONDS = 900.0


class End(NamedTuple):
    """How a job should end: its status, its code or that of its warning, its attempt."""

    status: str
    code: str | None = None
    attempt: int = 1


CRASH, DIES = End("error", "PLUGIN_CRASH"), End("error", "PLUGIN_CRASH", attempt=2)
ENDS: dict[str, End] = {
    # It takes its process with it: tried again, and given up.
    **dict.fromkeys(("exit", "segfault", "close_all_files", "fork_and_die"), DIES),
    # It is over a limit.
    **dict.fromkeys(("hang", "stop"), End("error", "PLUGIN_TIMEOUT")),
    "allocate": End("error", "OUT_OF_MEMORY"),
    # It raises, or answers with what is no answer.
    **dict.fromkeys(("recurse", "system_exit", "keyboard_interrupt", "generator_exit", "cancelled"), CRASH),
    **dict.fromkeys(("own_error", "wrong_type", "no_answer", "exit_at_the_end"), CRASH),
    "huge_result": End("error", "RESULT_TOO_LARGE"),
    # It answers wrongly for one frame, which is repaired or left out.
    "outside": End("done", "BOX_OUTSIDE"),
    "no_number": End("done", "BOX_INVALID"),
    "wrong_score": End("done", "SCORE_INVALID"),
    "wrong_box": End("done", "FRAME_INVALID"),
    "unequal": End("done", "LENGTHS_UNEQUAL"),
    "holds_itself": End("done", "FRAME_INVALID"),
    "huge_frame": End("done", "MESSAGE_LEFT_OUT"),
    "many_boxes": End("done", "MESSAGE_LEFT_OUT"),
    "nested": End("done", "FRAME_INVALID"),
    "nested_a_little": End("done", "DATA_INVALID"),
    "huge_warning": End("done", "c" * 99 + "…"),
    # What it does to its process is undone, or does no harm.
    **dict.fromkeys(("print", "write", "close_standard_files", "surroundings", "threads"), End("done")),
    **dict.fromkeys(("fork_and_return", "fork_and_raise", "fork_and_speak"), End("done")),
}


def codes(product: Product, job_id: str) -> list[str | None]:
    """The codes of a job's warnings."""
    return [message["payload"].get("code") for message in product.events(job_id) if message["type"] == "warning"]


def how(product: Product, job: dict[str, Any]) -> End:
    """How the job ended."""
    if job["status"] == "error":
        return End("error", job["error"]["error_code"], job["attempt"])
    warned = codes(product, job["job_id"])
    return End(job["status"], warned[0] if warned else None, job["attempt"])


@pytest.mark.only_over("sqlite")
@pytest.mark.timeout(1000)
def test_a_hundred_good_jobs_are_done_beside_every_hostile_tool(
    own_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Each hostile job ends as it should, every good one is done with all its frames, and nothing is left behind."""
    # Given a stack with limits that a test can wait for
    product = own_product(
        TRANSOM_PLUGINS="tests.plugins_for_tests:Numbered,tests.plugins_for_tests.hostile:Hostile",
        TRANSOM_WORKERS="2",
        TRANSOM_LEASE_SECONDS="5",
        TRANSOM_NO_PROGRESS_SECONDS="30",
        TRANSOM_MAX_CRASHES="2",
        TRANSOM_MEMORY_LIMIT_BYTES=str(1024**3),
    )
    path, long = clip(tmp_path, frames=FRAMES), clip(tmp_path, frames=64)

    # When every hostile job is handed in among a hundred good ones
    good: list[str] = []
    hostile: dict[str, str] = {}
    for number, act in enumerate(ENDS):
        # A frame at a time, a gigabyte is printed in time also where the machine is busy.
        hostile[act] = product.submit(long if act == "print" else path, plugin="hostile", options={"act": act})
        until = GOOD_JOBS * (number + 1) // len(ENDS)
        good += [product.submit(path, plugin="numbered") for _ in range(until - len(good))]

    def all_ended() -> bool:
        jobs = product.client.get("/v1/jobs", params={"limit": 200}).json()["jobs"]
        return all(job["status"] in {"done", "error", "cancelled"} for job in jobs)

    wait_until(all_ended, what="the end of every job", seconds=PATIENCE_SECONDS)

    # Then each ended as it should
    ended = {act: how(product, product.extended(job_id)) for act, job_id in hostile.items()}
    assert {act: end for act, end in ended.items() if end != ENDS[act]} == {}

    # And so did every good one, with all that was found
    for job_id in good:
        job = product.extended(job_id)
        assert (job["status"], [frame["labels"] for frame in job["frames"]]) == (
            "done",
            [[str(index)] for index in range(FRAMES)],
        )
    for job_id in [*good, *hostile.values()]:
        assert_unbroken(product.events(job_id))

    # And nothing of a tool is left behind, in memory or in the log
    log = product.data.with_name(f"{product.data.name}.stderr")
    assert log.stat().st_size < 50 * 1024**2
    processes = psutil.Process(product.process.pid).children(recursive=True)
    assert product.stop() == 0
    wait_until(lambda: not any(process.is_running() for process in processes), what="every process being gone")
