"""Large files past hostile proxies, and through the death of the web process, to the byte."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import httpx
import numpy as np
import pytest

from app.client import TransomClient
from app.client.uploads import hand_in_async
from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode
from tests.stack import PATIENCE_SECONDS, Product

MEGABYTE = 1024 * 1024
LARGE_BYTES = 200 * MEGABYTE
#: As often as connections are cut where it is bad.
LATEST_CUT_SECONDS = 5.0
WIDTH, HEIGHT = 640, 480
#: Bytes of an uncompressed frame.
FRAME_BYTES = WIDTH * HEIGHT * 3


def noisy_video(path: Path, size: int) -> Path:
    """A video of at least so many bytes that no compression makes smaller."""
    noise = np.random.default_rng(5)
    with av.open(str(path), "w", format="avi") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr24"
        for _ in range(size // FRAME_BYTES + 1):
            pixels = noise.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
    assert path.stat().st_size >= size
    return path


def digest_of_input(product: Product, job_id: str) -> str:
    """The SHA-256 of what the server has as the job's input."""
    digest = hashlib.sha256()
    with product.client.stream("GET", f"/v1/jobs/{job_id}/input") as answer:
        for chunk in answer.iter_bytes():
            digest.update(chunk)
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def cut_every(proxy: HostileProxy, pieces: int) -> Iterator[None]:
    """Hang up on everybody again and again: while every so many-th piece is sent, and after some seconds at the latest.

    By pieces, so that on a slow machine too an upload gets on from one cut to the next.
    """
    ended = threading.Event()

    def cut() -> None:
        begun, due = 0, time.monotonic() + LATEST_CUT_SECONDS
        while not ended.wait(0.005):
            now = sum(entry.method == "PATCH" for entry in proxy.log)
            if now >= begun + pieces or time.monotonic() > due:
                proxy.cut()
                begun, due = now, time.monotonic() + LATEST_CUT_SECONDS

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize(("size", "pieces"), [(LARGE_BYTES, 10), (64 * MEGABYTE, 3)], ids=["large", "often"])
def test_past_a_cap_of_a_megabyte_and_cuts(product: Product, tmp_path: Path, size: int, pieces: int) -> None:
    """It arrives unchanged, and is run. Cuts come more often than they do in the wild: all this takes some seconds."""
    file = noisy_video(tmp_path / "video.avi", size)

    with (
        HostileProxy(product.url, Mode.LIMIT_BODIES) as proxy,
        TransomClient(proxy.url, proxies=False) as client,
        cut_every(proxy, pieces),
    ):
        job = client.submit(file, plugin="numbered")
        log = proxy.log

    assert digest_of_input(product, job["job_id"]) == digest_of(file)
    assert product.wait(job["job_id"])["status"] == "done"
    assert 413 in {entry.status for entry in log}
    assert any("hung_up" in entry.done for entry in log)
    assert sum(entry.bytes_in for entry in log if entry.method == "PATCH") >= size


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize(
    "modes",
    [
        (Mode.LIMIT_BODIES, Mode.REFUSE_METHODS),
        (Mode.LIMIT_BODIES, Mode.BAD_GATEWAY, Mode.HTTP_1_0),
    ],
    ids=" and ".join,
)
def test_past_other_habits(product: Product, tmp_path: Path, modes: tuple[Mode, ...]) -> None:
    """Without PATCH, and with answers that say that nobody is there."""
    file = noisy_video(tmp_path / "video.avi", 10 * MEGABYTE)

    with HostileProxy(product.url, *modes) as proxy, TransomClient(proxy.url, proxies=False) as client:
        job = client.submit(file, plugin="numbered")

    assert digest_of_input(product, job["job_id"]) == digest_of(file)


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_through_the_end_of_the_web_process(product: Product, tmp_path: Path, how: signal.Signals) -> None:
    """In the middle of a piece: the upload goes on where the next web process says."""
    file = noisy_video(tmp_path / "video.avi", 80 * MEGABYTE)
    told: list[int] = []
    ends: list[threading.Thread] = []

    def end() -> None:
        [web] = product.child_processes("app.cli.main web")
        web.send_signal(how)
        web.wait(timeout=PATIENCE_SECONDS)

    def progress(sent: int, total: int) -> None:
        told.append(sent)
        if sent > total // 4 and not ends:
            ends.append(threading.Thread(target=end))
            ends[0].start()

    async def submit() -> str:
        async with httpx.AsyncClient(base_url=product.url, trust_env=False) as http:
            return str((await hand_in_async(http, file, {"plugin": "numbered"}, progress=progress))["job_id"])

    job_id = asyncio.run(submit())

    ends[0].join()
    assert all(before < after for before, after in itertools.pairwise(told))
    assert digest_of_input(product, job_id) == digest_of(file)


@pytest.mark.only_over("sqlite")
def test_a_small_file_that_the_proxy_finds_too_large(product: Product, tmp_path: Path) -> None:
    """It goes in pieces too."""
    file = noisy_video(tmp_path / "video.avi", 3 * MEGABYTE)

    with (
        HostileProxy(product.url, Mode.LIMIT_BODIES) as proxy,
        TransomClient(proxy.url, proxies=False) as client,
    ):
        job = client.submit(file, plugin="sleepy", options={"ms": 1})

    assert digest_of_input(product, job["job_id"]) == digest_of(file)
