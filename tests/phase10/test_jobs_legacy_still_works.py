"""A client written for Phase 9 does its whole work, and never has to know of anything newer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.phase9.answers import validator
from tests.phase10.small_inputs import clip
from tests.stack import Product, wait_until


class LegacyClient:
    """Knows Phase 9's addresses and fields only, and refuses any answer that has more."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60, trust_env=False)

    def submit(self, path: Path, plugin: str, **fields: str) -> str:
        """Submit a file."""
        with path.open("rb") as file:
            answer = self.http.post("/v1/jobs", data={"plugin": plugin, **fields}, files={"file": file})
        return str(self._checked(answer, "JobResponse", 202)["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as it is."""
        return self._checked(self.http.get(f"/v1/jobs/{job_id}"), "JobResponse")

    def wait(self, job_id: str) -> dict[str, Any]:
        """Ask until it has ended."""

        def ended() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in {"done", "error", "cancelled"} else None

        return dict(wait_until(ended, what="the job ending"))

    def result(self, job_id: str) -> dict[str, Any]:
        """What it found."""
        return self._checked(self.http.get(f"/v1/jobs/{job_id}/result"), "JobResultResponse")

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel it."""
        return self._checked(self.http.delete(f"/v1/jobs/{job_id}"), "CancelResponse")

    def analyze(self, content: bytes, **query: str) -> dict[str, Any]:
        """Submit and wait in one call."""
        return self._checked(self.http.post("/v1/analyze", params=query, content=content), "AnalyzeResponse")

    def _checked(self, answer: httpx.Response, schema: str, status: int = 200) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        validator(schema).validate(answer.json())
        return dict(answer.json())


@pytest.fixture
def legacy(product: Product) -> Iterator[LegacyClient]:
    """Such a client."""
    client = LegacyClient(product.url)
    yield client
    client.http.close()


def test_submit_poll_result(legacy: LegacyClient, tmp_path: Path) -> None:
    """The usual way."""
    job_id = legacy.submit(clip(tmp_path, frames=4), "numbered")

    job = legacy.wait(job_id)
    result = legacy.result(job_id)

    assert job["status"] == "done"
    assert result["frames"] == job["frames"]
    assert result["result"] == {"answer": 42}
    assert [frame["timestamp_ms"] for frame in job["frames"]] == [0, 40, 80, 120]


def test_the_bundled_sample(legacy: LegacyClient, sample: Path) -> None:
    """A real plugin over a real video: things move in it, and they are found."""
    job = legacy.wait(legacy.submit(sample, "motion"))

    assert job["status"] == "done"
    assert len(job["frames"]) == 250
    assert sum(len(frame["boxes"]) for frame in job["frames"]) > 250


def test_cancel(legacy: LegacyClient, tmp_path: Path) -> None:
    """When it answers, the job is cancelled, and stays so."""
    job_id = legacy.submit(clip(tmp_path, frames=3), "sleepy", options='{"ms": 60000}')

    assert legacy.cancel(job_id) == {"status": "cancelled", "job_id": job_id}
    assert legacy.job(job_id)["status"] == "cancelled"
    assert legacy.http.delete(f"/v1/jobs/{job_id}").status_code == 409


def test_analyze(legacy: LegacyClient, tmp_path: Path) -> None:
    """One call over a whole video, too."""
    content = clip(tmp_path, frames=3).read_bytes()

    answer = legacy.analyze(content, plugin="numbered", device="cpu")

    assert (len(answer["frames"]), answer["result"]) == (3, {"answer": 42})
    assert legacy.job(answer["job_id"])["status"] == "done"


def test_analyze_of_what_can_not_be_read(legacy: LegacyClient, tmp_path: Path) -> None:
    """A file that only begins like a video: the caller's mistake, by its code."""
    content = clip(tmp_path, frames=3).read_bytes()[:40]

    answer = legacy.http.post("/v1/analyze?plugin=numbered", content=content)

    assert (answer.status_code, answer.json()["code"]) == (400, "INPUT_UNREADABLE")


def test_health(legacy: LegacyClient) -> None:
    """It counts the plugins that can be used."""
    health = legacy.http.get("/v1/health").json()

    validator("HealthResponse").validate(health)
    assert health["plugins_loaded"] > 1
