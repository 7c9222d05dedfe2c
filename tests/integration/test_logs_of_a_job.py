"""The logs of all processes, as an operator collects them: JSON, and each line says whose it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stack import Product, wait_until
from tests.watching import watch_websocket


def test_a_job_can_be_followed_through_the_logs(
    own_product: Callable[..., Product], sample: Path, tmp_path: Path
) -> None:
    """By its id or by its request's, from the web process to the tool; and none of its user's file names is there."""
    product = own_product(TRANSOM_LOG_FORMAT="json")
    video = tmp_path / "private-holiday.webm"
    video.write_bytes(sample.read_bytes())
    with video.open("rb") as file:
        answer = product.client.post(
            "/v1/jobs",
            data={"plugin": "killer", "options": json.dumps({"frame": 20, "marker": str(tmp_path / "killed")})},
            files={"file": (video.name, file)},
            headers={"X-Request-Id": "followed-1"},
        )
    job_id = answer.json()["job_id"]
    watch_websocket(product, job_id, ticket="one-use")
    product.wait(job_id, status="done")
    logs = product.data / "transom.log"

    def of_the_job() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in logs.read_text().splitlines()]
        return [line for line in lines if line.get("job_id") == job_id]

    wait_until(lambda: any(line["action"] == "job_ended" for line in of_the_job()), what="the end being logged")
    lines = of_the_job()

    assert {line["request_id"] for line in lines} == {"followed-1"}
    assert {line["tenant"] for line in lines} == {"default"}
    # Lines of different processes may overtake each other.
    assert sorted((line["attempt"], line["action"]) for line in lines) == [
        (1, "child_died"),
        (1, "job_submitted"),
        (2, "job_ended"),
    ]
    everything = logs.read_text()
    assert "private-holiday" not in everything
    assert "one-use" not in everything
