"""Batches on the command line and with the Python client, against a running server."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.cli.displays.batch_display import follow_batch
from app.cli.exit_codes import ExitCode
from app.cli.tally import Tally
from app.client import AsyncTransomClient, Message, RequestRefused, TransomClient, Transport
from tests.running import running
from tests.stack import PATIENCE_SECONDS, ROOT, Product, wait_until

TRANSOM: Final = [sys.executable, "-m", "app.cli.main"]
#: So long that nothing of it ends by itself while a test runs.
FOREVER: Final = ("--plugin", "sleepy", "--option", "ms=600000")
#: What moves the cursor or the line: between two of these is what was written at one place.
_MOVES: Final = re.compile(r"\r|\n|\x1b\[\d*[AK]")
_STYLES: Final = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")


def _run(product: Product, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TRANSOM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | {"TRANSOM_SERVER": product.url, "COLUMNS": "200", "PYTHONPATH": str(ROOT)},
        timeout=2 * PATIENCE_SECONDS,
    )


def _begin(product: Product, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*TRANSOM, "--server", product.url, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )


def _picture(path: Path, shade: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), (shade % 256, 10, 90)).save(path, "PNG")
    return path


def _state(product: Product, batch_id: str) -> dict[str, Any]:
    answer = product.client.get(f"/v1/batches/{batch_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _wait_for_end(product: Product, batch_id: str) -> dict[str, Any]:
    def ended() -> dict[str, Any] | None:
        state = _state(product, batch_id)
        return state if state["finished_at"] else None

    return dict(wait_until(ended, what=f"the end of {batch_id}", seconds=2 * PATIENCE_SECONDS))


def _names(product: Product, batch_id: str) -> list[str]:
    items = product.client.get(f"/v1/batches/{batch_id}/items", params={"limit": 1000}).json()["items"]
    return [item["name"] for item in items]


def _submit(product: Product, *arguments: str) -> str:
    submitted = _run(product, "submit", *arguments)
    assert submitted.returncode == ExitCode.DONE, submitted.stderr
    [batch_id] = submitted.stdout.splitlines()
    return batch_id


@pytest.fixture(name="pictures")
def _pictures(tmp_path: Path) -> Path:
    """A folder with four pictures on two levels, and hidden things in it."""
    folder = tmp_path / "pictures"
    for n, name in enumerate(["b.png", "a.png", "sub/c.png", "sub/d.png", "sub/.e.png", ".thumbs/f.png"]):
        _picture(folder / name, n)
    return folder


def test_a_folder_is_one_batch(product: Product, pictures: Path) -> None:
    """All files below it, sorted and without the hidden ones; name and priority are told on."""
    batch_id = _submit(product, str(pictures), "--plugin", "numbered", "--name", "Quay", "--priority", "low")

    ended = _wait_for_end(product, batch_id)

    assert _names(product, batch_id) == ["a.png", "b.png", "c.png", "d.png"]
    assert (ended["name"], ended["priority"], ended["counts"]["done"]) == ("Quay", "low", 4)


def test_several_files_and_patterns_are_one_batch(product: Product, pictures: Path) -> None:
    """What the shell has left as it was is found here; what was named stays in its order."""
    named = [str(pictures / "sub" / "d.png"), str(pictures / "*.png"), str(pictures / "**" / "c.png")]

    submitted = _run(product, "submit", *named, "--plugin", "numbered", "--json")

    batch = json.loads(submitted.stdout)
    assert (batch["total"], batch["plugin"]) == (4, "numbered")
    assert _names(product, batch["batch_id"]) == ["d.png", "a.png", "b.png", "c.png"]
    assert _wait_for_end(product, batch["batch_id"])["counts"]["done"] == 4


def test_one_file_is_a_job_unless_it_has_a_name(product: Product, pictures: Path) -> None:
    """As it always was; a batch of one is had by naming it."""
    single = _run(product, "submit", str(pictures / "[a].png"), "--plugin", "numbered", "--priority", "high")
    named = _submit(product, str(pictures / "a.png"), "--plugin", "numbered", "--name", "only one")

    job = product.wait(single.stdout.strip())
    assert (job["status"], job["priority"], job["batch_id"]) == ("done", "high", None)
    assert _wait_for_end(product, named)["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{folder}/nothing"], "there is no file"),
        (["{folder}/*.webm"], "no file matches"),
        (["{folder}/empty"], "there is no file in"),
        (["{folder}/a.png", "--manifest", "{folder}/a.png"], "without files"),
        ([], "name a file"),
    ],
)
def test_what_names_nothing_is_said_before_anything_is_sent(
    product: Product, pictures: Path, arguments: list[str], sentence: str
) -> None:
    """A wrong command line, in a sentence, and no batch."""
    (pictures / "empty").mkdir()
    before = product.client.get("/v1/batches", params={"limit": 1}).json()["batches"]

    refused = _run(
        product, "submit", *(text.replace("{folder}", str(pictures)) for text in arguments), "-p", "numbered"
    )

    assert refused.returncode == ExitCode.USAGE
    assert sentence in refused.stderr
    assert product.client.get("/v1/batches", params={"limit": 1}).json()["batches"] == before


def test_more_files_than_a_process_may_have_open(product: Product, tmp_path: Path) -> None:
    """They are opened one after the other."""
    for n in range(150):
        _picture(tmp_path / "many" / f"{n:03}.png", n)
    command = ["bash", "-c", 'ulimit -n 64; exec "$@"', "-", *TRANSOM]

    submitted = subprocess.run(
        [*command, "--server", product.url, "submit", str(tmp_path / "many"), "--plugin", "numbered"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=PATIENCE_SECONDS,
    )

    assert submitted.returncode == ExitCode.DONE, submitted.stderr
    batch_id = submitted.stdout.strip()
    assert _names(product, batch_id) == [f"{n:03}.png" for n in range(150)]
    assert product.client.delete(f"/v1/batches/{batch_id}").status_code == 200


@pytest.mark.only_over("sqlite")
def test_a_manifest_tells_what_failed_by_its_lines(own_product: Callable[..., Product], pictures: Path) -> None:
    """While it is watched, and afterwards: name, line, reason and code; the exit code says that something failed."""
    product = own_product(TRANSOM_INPUT_ROOTS=str(pictures))
    manifest = pictures.parent / "list.csv"
    with manifest.open("w", newline="") as file:
        csv.writer(file).writerows([["path", "name"], ["a.png", ""], ["nowhere.png", "lost"], ["b.png", ""], ["", "x"]])

    watched = _run(product, "submit", "--manifest", str(manifest), "--plugin", "numbered", "--name", "list", "--watch")

    lines = watched.stdout.splitlines()
    assert watched.returncode == ExitCode.JOB_FAILED
    batch_id = lines[0].removeprefix("batch ").removesuffix(": 4 items")
    assert "list: failed: line 3, lost: There is no file 'nowhere.png' [INPUT_NOT_FOUND]" in lines
    assert [line for line in lines if "failed: line 5, x: " in line and "[MANIFEST_ITEM_INVALID]" in line]
    assert lines[-3] == "list: ended; 2 done, 2 failed"
    assert lines[-2:] == [
        f"list: What failed, and why: transom batch {batch_id}",
        f"list: To run that again: transom retry {batch_id}",
    ]
    shown = [line.split("\t") for line in _run(product, "batch", batch_id).stdout.splitlines()]
    assert shown[0] == ["list: done, 100 % of 4; 2 done, 2 failed"]
    assert [row[:4] for row in shown[3:]] == [
        ["3", "lost", "error", "INPUT_NOT_FOUND"],
        ["5", "x", "error", "MANIFEST_ITEM_INVALID"],
    ]
    state, *items = map(json.loads, _run(product, "batch", batch_id, "--json", "--limit", "1").stdout.splitlines())
    assert state == _state(product, batch_id)
    assert [(item["line"], item["error"]["code"]) for item in items] == [(3, "INPUT_NOT_FOUND")]
    assert _run(product, "batch", batch_id, "--limit", "1").stdout.splitlines()[-1] == "There are 1 more: --limit 0"


@pytest.mark.only_over("sqlite")
def test_a_manifest_may_be_bytes(own_product: Callable[..., Product], pictures: Path) -> None:
    """The client takes what a program has made, if it says what it is."""
    product = own_product(TRANSOM_INPUT_ROOTS=str(pictures))
    lines = b"\n".join(json.dumps({"path": name}).encode() for name in ("a.png", "sub/c.png"))
    with TransomClient(product.url, proxies=False) as client:
        batch = client.submit_manifest(lines, plugin="numbered", media_type="application/x-ndjson")
        with pytest.raises(RequestRefused) as caught:
            client.submit_manifest(lines, plugin="numbered")

        last = list(client.watch_batch(batch["batch_id"]))[-1]

    assert last.payload["counts"]["done"] == 2
    assert caught.value.code == "INVALID_MANIFEST"


def test_batches_are_listed(product: Product, pictures: Path) -> None:
    """A line each, newest first, with what failed; the server's own answer for scripts."""
    (pictures / "notes.txt").write_text("no picture")
    batch_id = _submit(product, str(pictures), "--plugin", "numbered", "--name", "listed")
    _wait_for_end(product, batch_id)

    rows = [line.split("\t") for line in _run(product, "batches", "--limit", "2").stdout.splitlines()]

    assert rows[0][:7] == [batch_id, "done", "100 %", "5", "1", "numbered", "listed"]
    listed = json.loads(_run(product, "batches", "--json", "--limit", "1").stdout)
    assert [batch["batch_id"] for batch in listed["batches"]] == [batch_id]
    following = _run(product, "batches", "--json", "--limit", "1", "--after", listed["next_after"])
    assert json.loads(following.stdout)["batches"][0]["batch_id"] < batch_id


@pytest.mark.parametrize("transport", list(Transport))
def test_each_transport_says_the_same_of_a_batch(product: Product, pictures: Path, transport: Transport) -> None:
    """Each message once and in order, as the same text, while it runs and afterwards; the last tells of the end."""
    (pictures / "notes.txt").write_text("no picture")
    files = [pictures / name for name in ("a.png", "b.png", "notes.txt")]
    with TransomClient(product.url, proxies=False, transports=[transport]) as client:
        batch_id = client.submit_batch(files, plugin="sleepy", options={"ms": 300})["batch_id"]
        live = list(client.watch_batch(batch_id))
        afterwards = list(client.watch_batch(batch_id))
        nothing = list(client.watch_batch(batch_id, since="now"))
        rest = list(client.watch_batch(batch_id, since=str(live[2].cursor)))
        jobs = client.jobs(batch_id=batch_id)["jobs"]

    assert [message.text for message in live] == [message.text for message in afterwards]
    assert nothing == []
    assert [message.text for message in rest] == [message.text for message in live[3:]]
    seqs = [message.cursor.seq for message in live if message.cursor]
    assert seqs == sorted(set(seqs))
    assert {message.type for message in live} == {"batch_status", "job_status"}
    assert {message.job_id for message in live if message.ends_job} == {job["job_id"] for job in jobs}
    assert live[-1].payload["counts"] == {"queued": 0, "running": 0, "done": 2, "error": 1, "cancelled": 0}


def test_the_asynchronous_client_does_the_same(product: Product, pictures: Path) -> None:
    """The same calls, awaited: submit, list, look, cancel, retry, delete."""

    async def all_of_it() -> None:
        async with AsyncTransomClient(product.url, proxies=False) as client:
            files = [pictures / "a.png", pictures / "b.png"]
            batch = await client.submit_batch(
                files, plugin="sleepy", tools=["run"], options={"ms": 60000}, device="auto", priority="high", name="n"
            )
            batch_id = batch["batch_id"]
            assert (batch["tools"], batch["device_requested"], batch["priority"]) == (["run"], "auto", "high")
            assert (await client.batches(limit=1))["batches"][0]["batch_id"] == batch_id
            with pytest.raises(RequestRefused) as caught:
                await client.purge_batch(batch_id)
            assert caught.value.code == "BATCH_NOT_ENDED"
            assert (await client.cancel_batch(batch_id))["status"] == "cancelled"
            last = [message async for message in client.watch_batch(batch_id)][-1]
            assert last.payload["counts"]["cancelled"] == 2
            items = await client.batch_items(batch_id, status="cancelled", limit=1)
            assert ([item["n"] for item in items["items"]], items["next_after"]) == ([1], 1)
            assert (await client.retry_batch(batch_id, status="cancelled"))["retried"] == 2
            await client.cancel_batch(batch_id)
            assert (await client.purge_batch(batch_id))["purged"] is True
            with pytest.raises(RequestRefused) as gone:
                await client.batch(batch_id)
            assert gone.value.code == "BATCH_NOT_FOUND"

    asyncio.run(all_of_it())


def test_a_lost_answer_is_asked_for_again(product: Product, pictures: Path) -> None:
    """Something on the way loses the answer, and says 502: there is one batch all the same."""
    seen: list[str] = []

    async def pass_on(request: Request) -> Response:
        body = await request.body()
        kept = ("content-type", "idempotency-key")
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as onward:
            headers = {name: request.headers[name] for name in kept}
            answer = await onward.post(f"{product.url}/v1/batches", content=body, headers=headers)
        seen.append(answer.json()["batch_id"])
        if len(seen) == 1:
            return PlainTextResponse("lost", 502)
        return Response(answer.content, answer.status_code, media_type="application/json")

    with (
        running(Starlette(routes=[Route("/v1/batches", pass_on, methods=["POST"])])) as lossy,
        TransomClient(lossy, proxies=False) as client,
    ):
        batch = client.submit_batch(sorted(pictures.glob("*.png")), plugin="numbered")

    assert seen == [batch["batch_id"]] * 2
    assert _wait_for_end(product, batch["batch_id"])["counts"]["done"] == 2


def test_watch_json_says_what_the_log_says_of_a_batch(product: Product, pictures: Path) -> None:
    """An id of a batch is watched as one of a job is: each message on a line, as on the wire."""
    batch_id = _submit(product, str(pictures), "--plugin", "numbered")

    live = _run(product, "watch", batch_id, "--json")
    afterwards = _run(product, "watch", batch_id, "--json")
    plain = _run(product, "watch", batch_id)

    assert (live.returncode, live.stdout) == (ExitCode.DONE, afterwards.stdout)
    assert json.loads(live.stdout.splitlines()[-1])["payload"]["progress"] == 100
    assert plain.stdout.splitlines() == [f"batch {batch_id}: 4 items", f"{batch_id}: ended; 4 done"]


def test_a_watch_goes_on_past_an_end_that_is_no_more(product: Product, pictures: Path) -> None:
    """What was cancelled runs again: the first end in the log is not the last. Cancelled at last, the code says so."""
    batch_id = _submit(product, str(pictures), *FOREVER)
    cancelled = _run(product, "cancel", batch_id)
    retried = _run(product, "retry", batch_id, "--status", "cancelled")
    assert (cancelled.stdout, retried.stdout) == ("cancelled\n", "4\n")

    watching = _begin(product, "watch", batch_id, "--json")
    assert watching.stdout is not None
    told: list[dict[str, Any]] = []
    for line in watching.stdout:
        message = json.loads(line)
        if message["type"] == "batch_status":
            told.append(message["payload"])
            if told[-1]["counts"]["running"] and any(payload["progress"] == 100 for payload in told):
                break
    assert (
        _run(product, "cancel", batch_id, "--json").stdout == f'{{"batch_id": "{batch_id}", "status": "cancelled"}}\n'
    )
    rest, _ = watching.communicate(timeout=PATIENCE_SECONDS)

    assert watching.returncode == ExitCode.JOB_CANCELLED
    assert json.loads(rest.splitlines()[-1])["payload"]["counts"]["cancelled"] == 4


class _Hindered(TransomClient):
    """A client for whose user something of the batch is cancelled while the first answer of how it stands arrives."""

    def __init__(self, product: Product) -> None:
        super().__init__(product.url, proxies=False)
        self._product = product
        self._asked = False

    def batch(self, batch_id: str) -> dict[str, Any]:
        """As it was before the cancellation, the first time."""
        state = super().batch(batch_id)
        if not self._asked:
            self._asked = True
            items = self._product.client.get(f"/v1/batches/{batch_id}/items").json()["items"]
            self._product.client.post(f"/v1/jobs/{items[-1]['job']['job_id']}/cancel").raise_for_status()
            told = {"batch_id": batch_id, "types": "batch_status", "transport": "poll", "wait": "0", "since": "start"}

            def is_told() -> bool:
                messages = self._product.client.get("/v1/realtime", params=told).json()["messages"]
                counts = messages[-1]["payload"]["counts"]
                # After that nothing changes any more.
                return (counts["cancelled"], counts["running"]) == (1, 2)

            wait_until(is_told, what="the cancellation being told")
        return state


class _Cancels:
    """A display that sums up, and cancels the batch once it has seen one item cancelled."""

    sums_up = True

    def __init__(self, client: TransomClient) -> None:
        self._client = client
        self.seen: list[int] = []

    @contextmanager
    def open(self, tally: Tally) -> Iterator[None]:
        """See `BatchDisplay.open`."""
        self.seen.append(tally.of("cancelled"))
        yield

    def show(self, message: Message, tally: Tally) -> None:
        """See `BatchDisplay.show`."""
        del message
        self.seen.append(tally.of("cancelled"))
        if self.seen[-1] == 1:
            self._client.cancel_batch(tally.batch_id)

    def failed(self, items: Sequence[dict[str, Any]]) -> None:
        """Nothing has."""
        assert not items

    def close(self, tally: Tally) -> None:
        """See `BatchDisplay.close`."""
        self.seen.append(tally.of("cancelled"))


def test_what_happens_while_a_display_begins_is_shown(product: Product, pictures: Path) -> None:
    """Not only with the next change, which may be an hour away."""
    batch_id = _submit(product, str(pictures), *FOREVER)
    with _Hindered(product) as client:
        display = _Cancels(client)
        code = follow_batch(client, batch_id, display=display, since="start", on_way=None)

    assert code == ExitCode.JOB_CANCELLED
    assert (display.seen[0], display.seen[-1]) == (0, 4)
    assert 1 in display.seen


def test_a_failure_outweighs_a_cancellation(product: Product, pictures: Path) -> None:
    """The exit code is that of the worst that happened to an item."""
    (pictures / "notes.txt").write_text("no picture")
    batch_id = _submit(product, str(pictures), *FOREVER)
    watching = _begin(product, "watch", batch_id)
    wait_until(lambda: _state(product, batch_id)["counts"]["error"], what="the text being refused")

    product.client.delete(f"/v1/batches/{batch_id}")

    shown, _ = watching.communicate(timeout=PATIENCE_SECONDS)
    assert watching.returncode == ExitCode.JOB_FAILED
    assert f"{batch_id}: cancelled; 0 done, 1 failed, 4 cancelled" in shown.splitlines()
    assert [line for line in shown.splitlines() if "failed: notes.txt: " in line and "[UNSUPPORTED_INPUT]" in line]


def test_what_failed_is_tried_again(product: Product, pictures: Path) -> None:
    """Of a batch the failed items, in the same batch; a job as a new one. With `--watch` it is shown at once."""
    batch_id = _submit(product, str(pictures), "--plugin", "crasher", "--option", "frame=0")
    _wait_for_end(product, batch_id)
    first = product.client.get(f"/v1/batches/{batch_id}/items").json()["items"]

    watched = _run(product, "retry", batch_id, "--watch")
    job = _run(product, "retry", first[0]["job"]["job_id"])

    assert watched.returncode == ExitCode.JOB_FAILED
    failed = [line for line in watched.stdout.splitlines() if ": failed: " in line]
    assert {line.split(": ")[2] for line in failed} == {"a.png", "b.png", "c.png", "d.png"}
    second = product.client.get(f"/v1/batches/{batch_id}/items").json()["items"]
    assert [item["job"]["retry_of"] for item in second] == [item["job"]["job_id"] for item in first]
    assert product.wait(job.stdout.strip())["retry_of"] == first[0]["job"]["job_id"]
    assert json.loads(_run(product, "retry", batch_id, "--status", "cancelled", "--json").stdout) == {
        "batch_id": batch_id,
        "retried": 0,
    }


def test_a_job_is_cancelled_by_the_same_command(product: Product, sample: Path) -> None:
    """The server knows what an id is of."""
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 60000})

    assert _run(product, "cancel", job_id).stdout == "cancelled\n"
    assert product.extended(job_id)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("watch", "JOB_NOT_FOUND"),
        ("cancel", "JOB_NOT_FOUND"),
        ("retry", "JOB_NOT_FOUND"),
        ("batch", "BATCH_NOT_FOUND"),
    ],
)
def test_an_id_of_nothing_is_refused(product: Product, command: str, code: str) -> None:
    """In a sentence with a code."""
    refused = _run(product, command, "01a225d4-e174-7013-8a72-9c60c963e3b7")

    assert refused.returncode == ExitCode.REFUSED
    assert f"[{code}]" in refused.stderr


@contextmanager
def _terminal(product: Product, columns: int, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A command on a terminal of that width; its process, and where to read what it writes."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [*TRANSOM, "--server", product.url, *arguments],
        stdout=other,
        stderr=other,
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm", "COLUMNS": str(columns), "LINES": "40"},
    )
    os.close(other)
    try:
        yield process, main
    finally:
        os.close(main)
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)


def _read(main: int, until: Callable[[str], object]) -> str:
    """What is written until that holds of it, or until the end."""
    shown = b""
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    while not until(shown.decode(errors="replace")):
        assert time.monotonic() < deadline, "\n".join(dict.fromkeys(_places(shown.decode(errors="replace"))))
        if select.select([main], [], [], 0.1)[0]:
            try:
                shown += os.read(main, 65536)
            except OSError:
                break
    return shown.decode(errors="replace")


def _places(shown: str) -> list[str]:
    """What was written at one place each, without colours."""
    return [_STYLES.sub("", text) for text in _MOVES.split(shown)]


def _have_both_processes_free(product: Product) -> None:
    """End what other tests have left running: the product is theirs too."""
    for status in ("queued", "running"):
        for job in product.client.get("/v1/jobs", params={"status": status, "limit": 200}).json()["jobs"]:
            product.client.post(f"/v1/jobs/{job['job_id']}/cancel")


@pytest.mark.parametrize("columns", [80, 160])
def test_a_terminal_gets_one_bar_for_all_of_it(product: Product, pictures: Path, columns: int) -> None:
    """How many wait, run and failed, below a bar; failures above it; nothing is wider than the terminal."""
    _have_both_processes_free(product)
    (pictures / f"{'long ' * 20}notes.txt").write_text("no picture")
    title = "All of the pictures of last Saturday"
    submit = ("submit", str(pictures), *FOREVER, "--name", title, "--watch")
    with _terminal(product, columns, *submit) as (process, main):
        half = "0 done · 1 failed · 2 running · 2 waiting"
        begun = _read(main, lambda text: half in text and "[UNSUPPORTED_INPUT]" in text)
        batch_id = begun.split("Batch ")[1].split(":")[0]
        product.client.delete(f"/v1/batches/{batch_id}")
        shown = begun + _read(main, lambda _: False)
        assert process.wait(timeout=PATIENCE_SECONDS) == ExitCode.JOB_FAILED

    places = _places(shown)
    assert max(map(len, places)) <= columns
    bars = [place for place in places if "━" in place]
    # With what is beside it, it fills the line.
    assert {len(bar) for bar in bars} == {columns}
    assert any(" 20 % " in bar for bar in bars)
    assert "100 %" in bars[-1]
    assert any(place.startswith("failed long long ") for place in places)
    assert "  0 done · 1 failed · 4 cancelled" in places
    assert f"{title}: cancelled; 0 done, 1 failed, 4 cancelled" in places
    # It has a part of the width, and what is too long for that is cut.
    assert all((title in bar) == (columns == 160) for bar in bars)


def test_a_bar_tells_how_fast_it_goes_and_how_long_it_takes(product: Product, tmp_path: Path) -> None:
    """Items a second and the time that is left, once some have ended."""
    for n in range(40):
        _picture(tmp_path / "quick" / f"{n}.png", n)
    submit = ("submit", str(tmp_path / "quick"), "--plugin", "sleepy", "--option", "ms=200", "--watch")
    with _terminal(product, 100, *submit) as (process, main):
        shown = _read(main, lambda _: False)
        assert process.wait(timeout=PATIENCE_SECONDS) == ExitCode.DONE

    assert any(re.search(r" \d+ % +\d+\.\d/s +\d+:\d\d left$", place.rstrip()) for place in _places(shown))
