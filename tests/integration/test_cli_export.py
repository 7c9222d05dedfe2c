"""Exports as files, by the command and by the Python client."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from app.client import AsyncTransomClient, RequestRefused, TransomClient
from tests.integration.rendered import frames_in
from tests.integration.test_batches import hand_in, pictures, wait_for_end
from tests.media import astronaut
from tests.stack import NOBODY, PATIENCE_SECONDS, ROOT, Product

#: What the server gives is tested over each back end elsewhere; here it is how it gets into a file.
pytestmark = pytest.mark.only_over("sqlite")


def _run(product: Product, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", "export", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | {"TRANSOM_SERVER": product.url, "COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        timeout=3 * PATIENCE_SECONDS,
    )


@pytest.fixture(name="job_id", scope="module")
def _job_id(product: Product, sample: Path) -> str:
    """A job that is done."""
    job_id = product.submit(sample, plugin="numbered")
    product.wait(job_id, status="done")
    return job_id


def test_an_export_is_a_file_here(product: Product, job_id: str, tmp_path: Path) -> None:
    """Without a name it has one after the input's, and the command says where it is."""
    plain = _run(product, job_id, cwd=tmp_path)
    machine = _run(product, job_id, "--format", "csv", "--json", cwd=tmp_path)

    assert (plain.returncode, plain.stdout, plain.stderr) == (ExitCode.DONE, "harbour.json\n", "")
    assert json.loads((tmp_path / "harbour.json").read_text())["job_id"] == job_id
    told = json.loads(machine.stdout)
    rows = list(csv.DictReader(io.StringIO((tmp_path / told["file"]).read_text())))
    assert (told["file"], told["bytes"]) == ("harbour.csv", (tmp_path / "harbour.csv").stat().st_size)
    assert len(rows) == 250


def test_nothing_is_overwritten_by_accident(product: Product, job_id: str, tmp_path: Path) -> None:
    """A file that is there stays, unless it is said in so many words."""
    kept = tmp_path / "kept.json"
    kept.write_text("mine")
    refused = _run(product, job_id, "-o", str(kept), cwd=tmp_path)
    content = kept.read_text()
    (tmp_path / "harbour.json").write_text("mine too")
    named_so = _run(product, job_id, cwd=tmp_path)
    forced = _run(product, job_id, "-o", str(kept), "--force", cwd=tmp_path)

    assert (refused.returncode, named_so.returncode) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "is there already" in refused.stderr
    assert (content, (tmp_path / "harbour.json").read_text()) == ("mine", "mine too")
    assert forced.returncode == ExitCode.DONE
    assert json.loads(kept.read_text())["job_id"] == job_id
    assert sorted(path.name for path in tmp_path.iterdir()) == ["harbour.json", "kept.json"]


def test_a_video_is_waited_for(product: Product, job_id: str, tmp_path: Path) -> None:
    """The command says that it waits, and ends once the whole video is there."""
    made = _run(product, job_id, "--format", "video", "-o", "out.webm", cwd=tmp_path)

    assert (made.returncode, made.stdout) == (ExitCode.DONE, "out.webm\n"), made.stderr
    assert "The video is being made" in made.stderr
    assert len(frames_in((tmp_path / "out.webm").read_bytes())) == 250


def test_a_batch_is_an_archive(product: Product, tmp_path: Path) -> None:
    """A folder may be named for it; a video of it is refused."""
    batch_id = hand_in(product, pictures(2), name="two")["batch_id"]
    wait_for_end(product, batch_id)
    (tmp_path / "results").mkdir()
    made = _run(product, batch_id, "-f", "ndjson", "-o", "results", cwd=tmp_path)
    refused = _run(product, batch_id, "-f", "video", cwd=tmp_path)

    assert made.returncode == ExitCode.DONE, made.stderr
    with zipfile.ZipFile(tmp_path / "results" / "two.zip") as archive:
        assert len(archive.namelist()) == 3
    assert (refused.returncode, "NOT_FOR_BATCHES" in refused.stderr) == (ExitCode.REFUSED, True)


def test_what_can_not_be_exported(product: Product, job_id: str, tmp_path: Path) -> None:
    """It is said why, and no file is left."""
    nobody = _run(product, NOBODY, cwd=tmp_path)
    nowhere = _run(product, job_id, "-o", "no/such/folder/file.json", cwd=tmp_path)
    picture = product.submit(astronaut(), plugin="numbered")
    product.wait(picture, status="done")
    still = _run(product, picture, "-f", "video", cwd=tmp_path)

    assert (nobody.returncode, "JOB_NOT_FOUND" in nobody.stderr) == (ExitCode.REFUSED, True)
    assert (nowhere.returncode, "can't be written" in nowhere.stderr) == (ExitCode.USAGE, True)
    assert (still.returncode, "NOT_A_VIDEO" in still.stderr) == (ExitCode.REFUSED, True)
    assert list(tmp_path.iterdir()) == []


def test_the_clients_save_it(product: Product, job_id: str, sample: Path, tmp_path: Path) -> None:
    """Both clients wait for a video, say how far it is, and keep it as the file that was named."""
    told: list[int] = []
    with TransomClient(product.url, proxies=False) as client:
        fresh = product.submit(sample, plugin="numbered")
        path = client.export(fresh, tmp_path / "a.webm", kind="video", on_progress=told.append)
        with pytest.raises(FileExistsError):
            client.export(job_id, path)
        with pytest.raises(RequestRefused, match="There is no job"):
            client.export(NOBODY, tmp_path / "b.json")

    async def asynchronously() -> Path:
        async with AsyncTransomClient(product.url, proxies=False) as client:
            return await client.export(fresh, tmp_path, kind="ndjson")

    lines = asyncio.run(asynchronously())
    assert path == tmp_path / "a.webm"
    assert len(frames_in(path.read_bytes())) == 250
    assert told
    assert all(0 <= percent <= 100 for percent in told)
    assert len(lines.read_text().splitlines()) == 250
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.webm", "harbour.ndjson"]
