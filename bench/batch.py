"""A batch of 10,000 pictures: how soon it is accepted and done, who needs how much memory, who has to wait.

Once as files in one request, once as a manifest over a folder. A single job is submitted behind the batch on the same
one worker process: it is to begin within one item's time and a second. Memory is of the web process, the scribe and
the child that runs the tool, at a tenth of the batch and at nine tenths.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
from PIL import Image

from tests.stack import Product, start_product

ITEMS: Final = int(os.environ.get("BENCH_ITEMS", "10000"))
PARTS: Final = {"web": "app.cli.main web", "scribe": "tasks.scribe", "child": "spawn_main"}
#: How often it is asked how the batch stands.
LOOK_SECONDS: Final = 0.5


def main() -> None:
    """Print the figures of both ways."""
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
        media = Path(folder) / "media"
        media.mkdir()
        for number in range(ITEMS):
            (media / f"picture-{number:05}.png").write_bytes(picture(number))
        product = start_product(Path(folder) / "data", TRANSOM_WORKERS="1", TRANSOM_INPUT_ROOTS=str(media))
        try:
            for name, submit in (("files in one request", as_files), ("a manifest of paths", as_manifest)):
                print(f"\n{ITEMS} pictures as {name}")
                run(product, submit, media)
        finally:
            product.stop()


def picture(number: int) -> bytes:
    """A small picture, each another."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, number // 256 % 256, 90)).save(content, "PNG")
    return content.getvalue()


def as_files(product: Product, media: Path) -> httpx.Response:
    """All files in one multipart body."""
    files = [("file", (path.name, path.read_bytes(), "image/png")) for path in sorted(media.iterdir())]
    request = product.client.build_request("POST", "/v1/batches", files=files, data={"plugin": "numbered"})
    # Its body is made before the clock starts: the server is what is measured.
    request.read()
    began = time.monotonic()
    answer = product.client.send(request)
    print(f"accepted after {time.monotonic() - began:.2f} s ({answer.status_code})")
    return answer


def as_manifest(product: Product, media: Path) -> httpx.Response:
    """A manifest that names each file."""
    lines = "path\n" + "".join(f"{path.name}\n" for path in sorted(media.iterdir()))
    began = time.monotonic()
    answer = product.client.post(
        "/v1/batches?plugin=numbered", content=lines.encode(), headers={"Content-Type": "text/csv"}
    )
    print(f"accepted after {time.monotonic() - began:.2f} s ({answer.status_code})")
    return answer


def run(product: Product, submit: Any, media: Path) -> None:
    """One batch from its submission to its end."""
    begun = time.monotonic()
    accepted = submit(product, media).raise_for_status().json()
    batch_id = accepted["batch_id"]
    rows = items(product, batch_id)
    print(f"visible at once: {rows} items, counts {accepted['counts']}")
    single: str | None = None
    memory: dict[str, dict[str, float]] = {}
    while True:
        state = product.client.get(f"/v1/batches/{batch_id}").json()
        if single is None and state["counts"]["running"]:
            job = product.client.post(
                "/v1/jobs", files={"file": ("single.png", picture(1), "image/png")}, data={"plugin": "numbered"}
            )
            single = str(job.json()["job_id"])
        for mark in (10, 90):
            if state["progress"] >= mark and str(mark) not in memory:
                memory[str(mark)] = megabytes(product)
        if state["finished_at"]:
            break
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - begun
    print(f"done after {took:.1f} s, {ITEMS / took:.0f} items a second: {state['counts']}")
    if single is not None:
        facts = product.extended(single)
        print(f"the single job: made {facts['created_at']}, began {facts['started_at']}")
    for name in PARTS:
        grew = memory["90"][name] - memory["10"][name]
        print(f"{name}: {memory['10'][name]:.1f} MB at 10 %, {memory['90'][name]:.1f} MB at 90 % ({grew:+.1f})")


def items(product: Product, batch_id: str) -> int:
    """How many items it has."""
    count, after = 0, 0
    while True:
        page = product.client.get(f"/v1/batches/{batch_id}/items", params={"after": after, "limit": 1000}).json()
        count += len(page["items"])
        if page["next_after"] is None:
            return count
        after = page["next_after"]


def megabytes(product: Product) -> dict[str, float]:
    """What each part has in memory of its own."""
    found: dict[str, float] = dict.fromkeys(PARTS, 0.0)
    for name, mark in PARTS.items():
        for process in product.child_processes(mark):
            try:
                found[name] = max(found[name], process.memory_full_info().uss / 1024**2)
            except psutil.NoSuchProcess:
                continue
    return found


if __name__ == "__main__":
    main()
