"""Exports of real media, read back by other libraries."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO

from tests.integration.test_batches import hand_in, items_of, pictures, wait_for_end
from tests.stack import Product


@pytest.fixture(name="job", scope="module")
def _job(product: Product, sample: Path) -> dict[str, Any]:
    """The sample's job, with its frames."""
    job_id = product.submit(sample, plugin="motion")
    product.wait(job_id, status="done")
    return product.extended(job_id)


def exported(product: Product, job: dict[str, Any], kind: str) -> bytes:
    """The job's export."""
    answer = product.client.get(f"/v1/jobs/{job['job_id']}/export", params={"format": kind})
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content


def boxes_of(job: dict[str, Any]) -> list[tuple[int, dict[str, float], float, str, int | None]]:
    """Each box of each frame with what is said of it."""
    return [
        (frame["frame_index"], box, frame["scores"][n], frame["labels"][n], (frame.get("track_ids") or [None] * 99)[n])
        for frame in job["frames"]
        for n, box in enumerate(frame["boxes"])
    ]


def test_json_is_the_whole_job(product: Product, job: dict[str, Any]) -> None:
    """All that the API tells of it in one document."""
    read = json.loads(exported(product, job, "json"))

    result = product.client.get(f"/v1/jobs/{job['job_id']}/result").json()["result"]
    assert {name: read[name] for name in job if name != "cursor"} == {
        name: value for name, value in job.items() if name != "cursor"
    }
    assert read["result"] == result


def test_lines_are_frames(product: Product, job: dict[str, Any]) -> None:
    """A frame a line."""
    lines = exported(product, job, "ndjson").decode().splitlines()

    assert [json.loads(line) for line in lines] == job["frames"]
    assert len(lines) == 250


def test_csv_is_boxes(product: Product, job: dict[str, Any]) -> None:
    """A row a box, as a spreadsheet's library reads it."""
    rows = list(csv.DictReader(io.StringIO(exported(product, job, "csv").decode(), newline="")))

    read = [
        (
            int(row["frame_index"]),
            {corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")},
            float(row["score"]),
            row["label"],
            int(row["track_id"]),
        )
        for row in rows
    ]
    assert read == boxes_of(job)
    assert {row["tool"] for row in rows} == {"detect"}


def test_coco_is_read_by_its_own_library(product: Product, job: dict[str, Any], tmp_path: Path) -> None:
    """pycocotools finds each frame as an image, and in it the job's boxes."""
    path = tmp_path / "job.coco.json"
    path.write_bytes(exported(product, job, "coco"))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))

    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    read = []
    for image_id in sorted(coco.getImgIds()):
        (image,) = coco.loadImgs([image_id])
        assert (image["width"], image["height"]) == (640, 360)
        for annotation in coco.loadAnns(coco.getAnnIds(imgIds=[image_id])):
            x, y, width, height = annotation["bbox"]
            box = {"x1": x, "y1": y, "x2": pytest.approx(x + width), "y2": pytest.approx(y + height)}
            read.append(
                (
                    image["frame_index"],
                    box,
                    annotation["score"],
                    names[annotation["category_id"]],
                    annotation["track_id"],
                )
            )
    assert read == boxes_of(job)
    assert len(coco.getImgIds()) == len(job["frames"])


def test_a_batch_is_an_archive(product: Product) -> None:
    """A file for each item that is done, and a list of all of them with why one is not there."""
    files = [*pictures(3), pictures(1)[0], ("file", ("notes.txt", b"no picture", "text/plain"))]
    batch_id = hand_in(product, files, name="five")["batch_id"]
    wait_for_end(product, batch_id)

    answer = product.client.get(f"/v1/batches/{batch_id}/export", params={"format": "ndjson"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = ["000001-picture-1", "000002-picture-2", "000003-picture-3", "000004-picture-1"]
        assert archive.namelist() == [*(f"{name}.ndjson" for name in names), "items.csv"]
        listed = list(csv.DictReader(io.StringIO(archive.read("items.csv").decode(), newline="")))
        items = items_of(product, batch_id)
        for item, name in zip(items[:4], names, strict=True):
            frames = product.extended(item["job"]["job_id"])["frames"]
            assert [json.loads(line) for line in archive.read(f"{name}.ndjson").splitlines()] == frames
    assert [(row["n"], row["status"], row["error"]) for row in listed] == [
        *((str(n), "done", "") for n in range(1, 5)),
        ("5", "error", "UNSUPPORTED_INPUT"),
    ]


def test_a_format_that_there_is_not(product: Product, job: dict[str, Any]) -> None:
    """It says which there are."""
    answer = product.client.get(f"/v1/jobs/{job['job_id']}/export", params={"format": "xls"})

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_QUERY")
    assert "coco" in answer.json()["detail"]
