"""The sample, tried again, and deleted: with real workers, while somebody watches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phase10.small_inputs import clip
from tests.stack import Product, wait_until


def post(product: Product, path: str, status: int) -> dict[str, Any]:
    """A call that must answer so."""
    answer = product.client.post(path)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_the_sample_tried_again_finds_the_same(product: Product) -> None:
    """Also after the first job was deleted, whose pictures are gone while those of the second are there."""
    first = product.wait(post(product, "/v1/demo", 202)["job_id"])
    again = post(product, f"/v1/jobs/{first['job_id']}/retry", 202)["job_id"]
    post(product, f"/v1/jobs/{first['job_id']}/purge", 200)

    second = product.wait(again)

    assert (second["status"], second["retry_of"]) == ("done", first["job_id"])
    assert second["frames"] == first["frames"]
    previews = product.client.get(f"/v1/jobs/{again}/previews").json()["previews"]
    assert previews
    assert {product.client.get(f"/v1/jobs/{again}/frames/{index}.jpg").status_code for index in previews} == {200}
    blobs = product.data / "blobs"
    assert not (blobs / "previews" / first["job_id"]).exists()
    assert not (blobs / "inputs" / first["job_id"]).exists()


def test_a_job_deleted_in_its_last_breath_takes_no_worker_along(product: Product, tmp_path: Path) -> None:
    """Cancelled and deleted while its tool still runs: what that says is refused, and the next job is done."""
    job_id = product.submit(clip(tmp_path, frames=20), plugin="sleepy", options={"ms": 500})
    wait_until(
        lambda: product.client.get(f"/v1/jobs/{job_id}/frames").json()["frames"], what="the first frame being there"
    )
    cursor = product.client.get("/v1/realtime").json()["cursor"]

    post(product, f"/v1/jobs/{job_id}/cancel", 200)
    post(product, f"/v1/jobs/{job_id}/purge", 200)

    assert product.wait(product.submit(clip(tmp_path, frames=2), plugin="numbered"))["status"] == "done"
    assert product.client.get(f"/v1/jobs/{job_id}").status_code == 404
    messages = product.client.get("/v1/realtime", params={"since": cursor}).json()["messages"]
    assert [message for message in messages if message.get("job_id") == job_id] == []
