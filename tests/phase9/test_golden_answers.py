"""Every answer of Phase 9, to the byte: clients of the older system go on reading them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.phase9.answers import golden, normalised, validator
from tests.stack import Product

pytestmark = pytest.mark.every_back_end


def assert_golden(answer: httpx.Response, name: str, *, status: int = 200) -> None:
    """The status, the media type, and every byte of the body but for what differs from run to run."""
    assert (status, golden(name)) == (answer.status_code, normalised(answer))
    assert answer.headers["content-type"] == "application/json"


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    """A problem document of this code; its words are for people, and may change."""
    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert answer.headers["content-type"] == "application/problem+json"
    validator("Problem").validate(answer.json())


def test_submitting(product: Product, image: Path) -> None:
    """`POST /v1/jobs`: a queued job without frames, and its address."""
    with image.open("rb") as file:
        answer = product.client.post("/v1/jobs", data={"plugin": "numbered"}, files={"file": file})

    assert_golden(answer, "submitted", status=202)
    assert answer.headers["location"] == f"/v1/jobs/{answer.json()['job_id']}"


def test_a_done_job(product: Product, image: Path) -> None:
    """`GET /v1/jobs/{id}`, over an image."""
    job_id = product.submit(image, plugin="numbered")
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_done")


def test_a_done_job_over_a_video(product: Product, clip: Path) -> None:
    """Frames by their index and their time."""
    job_id = product.submit(clip, plugin="numbered")
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_done_video")


def test_a_job_that_found_nothing(product: Product, image: Path) -> None:
    """A frame with empty lists."""
    job_id = product.submit(image, plugin="warner")
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_done_empty")


def test_a_running_job(product: Product, image: Path) -> None:
    """No frame yet; neither has it a result."""
    job_id = product.submit(image, plugin="sleepy", options={"ms": 60_000})
    product.wait(job_id, status="running")

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_running")
    assert_golden(product.client.get(f"/v1/jobs/{job_id}/result"), "result_not_yet")
    product.client.delete(f"/v1/jobs/{job_id}")


def test_a_failed_job(product: Product, image: Path) -> None:
    """`error` is a status here; why is told elsewhere."""
    job_id = product.submit(image, plugin="crasher", options={"frame": 0})
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_error")


def test_a_fallback(product: Product, image: Path) -> None:
    """What was asked for, what was used, and that they differ."""
    job_id = product.submit(image, plugin="numbered", device="gpu")
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_fallback")


def test_cancelling(product: Product, image: Path) -> None:
    """`DELETE /v1/jobs/{id}`; again it is a conflict."""
    job_id = product.submit(image, plugin="sleepy", options={"ms": 60_000})
    product.wait(job_id, status="running")

    assert_golden(product.client.delete(f"/v1/jobs/{job_id}"), "cancelled")
    assert_golden(product.client.get(f"/v1/jobs/{job_id}"), "job_cancelled")
    assert_problem(product.client.delete(f"/v1/jobs/{job_id}"), 409, "JOB_ALREADY_ENDED")


def test_a_result(product: Product, image: Path) -> None:
    """`GET /v1/jobs/{id}/result`."""
    job_id = product.submit(image, plugin="numbered")
    product.wait(job_id)

    assert_golden(product.client.get(f"/v1/jobs/{job_id}/result"), "result")


@pytest.mark.parametrize("how", ["raw", "multipart"])
def test_analyzing(product: Product, image: Path, how: str) -> None:
    """`POST /v1/analyze`, with the image as the body or as a form's file."""
    content = image.read_bytes()
    answer = (
        product.client.post("/v1/analyze?plugin=numbered&device=cpu", content=content)
        if how == "raw"
        else product.client.post("/v1/analyze?plugin=numbered&device=cpu", files={"file": content})
    )

    assert_golden(answer, "analyzed")


def test_health(product: Product) -> None:
    """`GET /v1/health`."""
    assert_golden(product.client.get("/v1/health"), "health")


def test_no_such_job(product: Product) -> None:
    """404 on reading and on cancelling."""
    path = "/v1/jobs/01a206df-3489-7381-b4b5-6b148e1a5f47"

    assert_problem(product.client.get(path), 404, "JOB_NOT_FOUND")
    assert_problem(product.client.get(f"{path}/result"), 404, "JOB_NOT_FOUND")
    assert_problem(product.client.delete(path), 404, "JOB_NOT_FOUND")


def test_a_device_that_analyze_does_not_take(product: Product, image: Path) -> None:
    """cpu or gpu, else 400."""
    answer = product.client.post("/v1/analyze?plugin=numbered&device=tpu", content=image.read_bytes())

    assert_problem(answer, 400, "INVALID_DEVICE")
