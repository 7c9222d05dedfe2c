"""Where a job really runs, and that it says so: a fleet with a GPU, one without, and runtimes that fall back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.phase10.small_inputs import clip
from tests.stack import Product, start_product

PLUGINS = "tests.plugins_for_tests:Numbered,tests.plugins_for_tests.graphics:Graphics"
CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


def _start(folder: Path, **environment: str) -> Product:
    return start_product(folder, TRANSOM_PLUGINS=PLUGINS, TRANSOM_WORKERS="1", **environment)


@pytest.fixture(scope="module")
def with_gpu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A stack whose worker offers a GPU."""
    running = _start(tmp_path_factory.mktemp("gpu") / "data", TRANSOM_DEVICES="cpu,gpu")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def without_gpu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A stack whose worker has none."""
    running = _start(tmp_path_factory.mktemp("cpu") / "data", TRANSOM_DEVICES="cpu")
    yield running
    running.stop()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A video of four frames."""
    return clip(tmp_path, frames=4)


def run(product: Product, path: Path, behaviour: str = "works", **fields: str) -> dict[str, Any]:
    """The ended job."""
    return product.wait(product.submit(path, plugin="graphics", options={"behaviour": behaviour}, **fields))


def placed(job: dict[str, Any]) -> tuple[str, str, bool]:
    """What a job says of its device."""
    return job["device_requested"], job["device_used"], job["fallback"]


def computed_by(job: dict[str, Any]) -> list[str]:
    """The provider that computed each frame, by the session itself."""
    return [frame["labels"][0] for frame in job["frames"]]


def payloads(product: Product, job: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """What the log tells of one type."""
    return [message["payload"] for message in product.events(job["job_id"]) if message["type"] == kind]


def test_the_fleet_says_what_it_has(with_gpu: Product, without_gpu: Product) -> None:
    """`/v1/devices` lists the devices with the queues that lead to them."""

    def names(product: Product) -> list[str]:
        return [device["name"] for device in product.client.get("/v1/devices").json()["devices"]]

    assert (names(with_gpu), names(without_gpu)) == (["cpu", "gpu"], ["cpu"])


@pytest.mark.parametrize("device", ["gpu", "auto"])
def test_a_gpu_is_used_where_there_is_one(with_gpu: Product, path: Path, device: str) -> None:
    """Asked for, or left to the server: every frame is computed there, and says so."""
    job = run(with_gpu, path, device=device, fallback="false")

    assert job["status"] == "done", job["error"]
    assert placed(job) == (device, "gpu", False)
    assert computed_by(job) == [CUDA] * 4
    assert {frame["device_used"] for frame in payloads(with_gpu, job, "frame")} == {"gpu"}
    assert job["warnings"] == []


def test_the_cpu_is_used_where_it_is_asked_for(with_gpu: Product, path: Path) -> None:
    """A GPU that is there changes nothing for others."""
    job = run(with_gpu, path, device="cpu")

    assert placed(job) == ("cpu", "cpu", False)
    assert computed_by(job) == [CPU] * 4


@pytest.mark.parametrize(
    ("behaviour", "reason"), [("falls_back", "could not use CUDA"), ("refuses", "CUDA says: out of memory")]
)
def test_a_runtime_that_falls_back_is_found_out(with_gpu: Product, path: Path, behaviour: str, reason: str) -> None:
    """The job tells what was really used and why: as a warning, in its status and in the extended answer."""
    job = run(with_gpu, path, behaviour, device="gpu")
    (warning,) = payloads(with_gpu, job, "warning")
    ended = payloads(with_gpu, job, "job_status")[-1]

    assert job["status"] == "done", job["error"]
    assert computed_by(job) == [CPU] * 4
    assert placed(job) == placed(ended) == ("gpu", "cpu", True)
    assert reason in job["fallback_reason"]
    assert job["fallback_reason"] == ended["fallback_reason"] == warning["message"] == job["warnings"][0]
    assert (warning["code"], warning["severity"], warning["tool"]) == ("DEVICE_UNAVAILABLE", "medium", "infer")
    assert {frame["device_used"] for frame in payloads(with_gpu, job, "frame")} == {"cpu"}
    # Phase 9 says it as well.
    assert placed(with_gpu.client.get(f"/v1/jobs/{job['job_id']}").json()) == ("gpu", "cpu", True)


def test_one_that_falls_back_with_the_first_frame_is_found_out_too(with_gpu: Product, path: Path) -> None:
    """Making the session went well, using it did not."""
    job = run(with_gpu, path, "falls_back_at_run", device="gpu")

    assert (job["status"], placed(job)) == ("done", ("gpu", "cpu", True))
    assert {frame["device_used"] for frame in payloads(with_gpu, job, "frame")} == {"cpu"}


def test_a_choice_of_the_server_is_no_fallback(with_gpu: Product, path: Path) -> None:
    """`auto` that ends on the CPU is as asked for; a warning says that the GPU could not be used."""
    job = run(with_gpu, path, "falls_back", device="auto", fallback="false")

    assert (job["status"], placed(job), job["fallback_reason"]) == ("done", ("auto", "cpu", False), None)
    assert [warning["code"] for warning in payloads(with_gpu, job, "warning")] == ["DEVICE_UNAVAILABLE"]


@pytest.mark.parametrize("behaviour", ["falls_back", "falls_back_at_run", "refuses"])
def test_without_fallback_it_fails_rather_than_run_on_the_cpu(with_gpu: Product, path: Path, behaviour: str) -> None:
    """The error says that the GPU could not be used, and no frame was taken from the CPU."""
    job = run(with_gpu, path, behaviour, device="gpu", fallback="false")

    assert (job["status"], job["error"]["error_code"]) == ("error", "DEVICE_UNAVAILABLE")
    assert "GPU" in job["error"]["message"]
    assert job["frames"] == []
    assert payloads(with_gpu, job, "plugin_status")[-1]["status"] == "failed"
    # The worker's child is well.
    assert run(with_gpu, path, device="gpu")["status"] == "done"


def test_a_fleet_without_gpu_falls_back_and_says_so(without_gpu: Product, path: Path) -> None:
    """At once in the answer, then as the first warning, in the status and in the extended answer."""
    job = run(without_gpu, path, device="gpu")
    warnings = payloads(without_gpu, job, "warning")

    assert (job["status"], placed(job)) == ("done", ("gpu", "cpu", True))
    assert "No worker has a GPU" in job["fallback_reason"]
    assert [warning["code"] for warning in warnings] == ["DEVICE_UNAVAILABLE"]
    assert {placed(status) for status in payloads(without_gpu, job, "job_status")} == {("gpu", "cpu", True)}
    assert placed(run(without_gpu, path, device="auto")) == ("auto", "cpu", False)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"device": "gpu", "fallback": "false"}, 503, "DEVICE_UNAVAILABLE"),
        ({"device": "gpu", "tool": "gpu-only"}, 503, "DEVICE_UNAVAILABLE"),
        ({"device": "auto", "tool": "gpu-only"}, 503, "DEVICE_UNAVAILABLE"),
        ({"device": "cpu", "tool": "gpu-only"}, 400, "INVALID_DEVICE"),
        ({"device": "tpu"}, 400, "INVALID_DEVICE"),
    ],
)
def test_what_can_not_run_is_refused_at_once(
    without_gpu: Product, path: Path, fields: dict[str, str], status: int, code: str
) -> None:
    """With the reason, and nothing queued that would wait for ever."""
    answer = without_gpu.client.post(
        "/v1/jobs", data={"plugin": "graphics", **fields}, files={"file": (path.name, path.read_bytes())}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
