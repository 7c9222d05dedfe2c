"""Batches through the front door: many inputs at once, told and run each for itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from httpx_sse import connect_sse
from PIL import Image

from tests.outside import serve_outside
from tests.stack import PATIENCE_SECONDS, Product, wait_until

ENDED: Final = ("done", "error", "cancelled")


def picture(shade: int) -> bytes:
    """A small picture of one colour."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (shade % 256, 10, 90)).save(content, "PNG")
    return content.getvalue()


def pictures(count: int) -> list[tuple[str, tuple[str, bytes, str]]]:
    """So many, as parts of a form."""
    return [("file", (f"picture-{n}.png", picture(n), "image/png")) for n in range(1, count + 1)]


def hand_in(product: Product, files: list[Any], **fields: str) -> dict[str, Any]:
    """Submit files as a batch; its state at that moment."""
    answer = product.client.post("/v1/batches", files=files, data={"plugin": "numbered", **fields})
    assert answer.status_code == 202, answer.text
    state: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/batches/{state['batch_id']}"
    return state


def state_of(product: Product, batch_id: str) -> dict[str, Any]:
    """The batch as it is now."""
    answer = product.client.get(f"/v1/batches/{batch_id}")
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()
    return state


def wait_for_end(product: Product, batch_id: str) -> dict[str, Any]:
    """The batch once all of it has ended."""

    def ended() -> dict[str, Any] | None:
        state = state_of(product, batch_id)
        return state if state["finished_at"] else None

    state: dict[str, Any] = wait_until(ended, what=f"the end of {batch_id}", seconds=2 * PATIENCE_SECONDS)
    return state


def items_of(product: Product, batch_id: str, **query: Any) -> list[dict[str, Any]]:
    """All its items, page by page."""
    items: list[dict[str, Any]] = []
    after = 0
    while True:
        page = product.client.get(f"/v1/batches/{batch_id}/items", params={"after": after, **query}).json()
        items += page["items"]
        if page["next_after"] is None:
            return items
        after = page["next_after"]


def test_many_files_are_one_batch(product: Product) -> None:
    """Every file is an item at once and a job soon; one that is no picture says so, and the rest runs."""
    files = [*pictures(11), ("file", ("notes.txt", b"no picture at all", "text/plain"))]

    accepted = hand_in(product, files, name="twelve", priority="low")
    at_once = items_of(product, accepted["batch_id"], limit=5)
    ended = wait_for_end(product, accepted["batch_id"])

    assert accepted["total"] == sum(accepted["counts"].values()) == 12
    assert [item["name"] for item in at_once] == [*(f"picture-{n}.png" for n in range(1, 12)), "notes.txt"]
    assert (ended["status"], ended["progress"], ended["name"], ended["expanding"]) == ("done", 100, "twelve", False)
    assert ended["counts"] == {"queued": 0, "running": 0, "done": 11, "error": 1, "cancelled": 0}
    assert ended["failure_rate"] == pytest.approx(1 / 12)
    items = items_of(product, accepted["batch_id"])
    assert [item["n"] for item in items] == list(range(1, 13))
    assert [(item["n"], item["error"]["code"]) for item in items if item["error"]] == [(12, "UNSUPPORTED_INPUT")]
    for item in items[:11]:
        assert (item["job"]["batch_id"], item["job"]["priority"]) == (accepted["batch_id"], "low")
        assert item["job"]["input_name"] == item["name"]
    jobs = product.client.get("/v1/jobs", params={"batch_id": accepted["batch_id"]}).json()["jobs"]
    assert {job["job_id"] for job in jobs} == {item["job"]["job_id"] for item in items[:11]}
    assert [item["n"] for item in items_of(product, accepted["batch_id"], status="error")] == [12]
    listed = product.client.get("/v1/batches", params={"limit": 1}).json()["batches"]
    assert [(batch["batch_id"], batch["counts"]) for batch in listed] == [(accepted["batch_id"], ended["counts"])]


def test_how_a_batch_goes_is_told_while_it_does(product: Product) -> None:
    """Whoever watches the batch hears roll-ups whose counts only go forward, and the last is the whole of it."""
    accepted = hand_in(product, pictures(8))
    told: list[dict[str, Any]] = []
    with (
        httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        connect_sse(
            client,
            "GET",
            f"{product.url}/v1/realtime",
            params={"batch_id": accepted["batch_id"], "types": "batch_status", "since": "start"},
        ) as source,
    ):
        for event in source.iter_sse():
            if event.event == "batch_status":
                told.append(event.json()["payload"])
                if told[-1]["progress"] == 100:
                    break

    assert {payload["batch_id"] for payload in told} == {accepted["batch_id"]}
    assert all(sum(payload["counts"].values()) == payload["total"] == 8 for payload in told)
    ended = [sum(payload["counts"][status] for status in ENDED) for payload in told]
    assert ended == sorted(ended)
    assert told[-1]["counts"]["done"] == 8


def test_the_same_key_is_the_same_batch(product: Product) -> None:
    """A form that is sent again under its key is one batch; another one under it is refused."""
    key = {"Idempotency-Key": f"batch-{id(product)}"}
    answers = [
        product.client.post("/v1/batches", files=pictures(3), data={"plugin": "numbered"}, headers=key)
        for _ in range(2)
    ]
    other = product.client.post("/v1/batches", files=pictures(4), data={"plugin": "numbered"}, headers=key)

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    wait_for_end(product, answers[0].json()["batch_id"])


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        ([], {"plugin": "numbered"}, 400, "MISSING_FIELD"),
        (pictures(1), {"plugin": "nobody"}, 404, "PLUGIN_NOT_FOUND"),
        (pictures(1), {"plugin": "numbered", "options": '{"per_frame": "many"}'}, 422, "INVALID_OPTIONS"),
        (pictures(1), {"plugin": "numbered", "upload_id": "x"}, 422, "VALIDATION_FAILED"),
        ([("manifest", ("list.csv", b"a,b\n1,2\n", "text/csv"))], {"plugin": "numbered"}, 422, "INVALID_MANIFEST"),
        ([("manifest", ("list.bin", b"a,b\n1,2\n", "x/y"))], {"plugin": "numbered"}, 422, "INVALID_MANIFEST"),
    ],
)
def test_what_is_wrong_with_all_of_it_is_said_at_once(
    product: Product, files: list[Any], fields: dict[str, str], status: int, code: str
) -> None:
    """Nothing of such a batch is there afterwards, not even its files."""
    before = product.client.get("/v1/batches").json()["count"]
    stored = sorted((product.data / "blobs" / "inputs").glob("*"))

    answer = product.client.post("/v1/batches", files=files or {"name": (None, "empty")}, data=fields)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert product.client.get("/v1/batches").json()["count"] == before
    assert sorted((product.data / "blobs" / "inputs").glob("*")) == stored


@pytest.fixture(name="stack")
def _stack() -> Iterator[ExitStack]:
    """What a test opens for itself."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(name="media")
def _media(tmp_path: Path) -> Path:
    """A folder of pictures that inputs may come from, and one beside it."""
    root = tmp_path / "media"
    (root / "sub").mkdir(parents=True)
    for n in range(5):
        (root / f"one-{n}.png").write_bytes(picture(n))
        (root / "sub" / f"two-{n}.png").write_bytes(picture(100 + n))
    (root / "notes.txt").write_text("not a picture")
    (root / "scan [1].png").write_bytes(picture(50))
    outside = tmp_path / "outside.png"
    outside.write_bytes(picture(9))
    (root / "link.png").symlink_to(outside)
    return root


def upload(product: Product, content: bytes) -> str:
    """Send a file ahead; its id."""
    made = product.client.post(
        "/v1/uploads",
        content=content,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Content-Type": "application/offset+octet-stream",
        },
    )
    assert made.status_code == 201, made.text
    return made.headers["location"].rsplit("/", 1)[-1]


@pytest.mark.only_over("sqlite")
def test_a_manifest_with_everything_wrong_with_it(
    own_product: Callable[..., Product], media: Path, stack: ExitStack
) -> None:
    """Each bad line is told by its number, with a code of its own; all others run, whatever their names look like."""
    outside = stack.enter_context(serve_outside())
    outside.files["far.png"] = picture(88)
    product = own_product(
        TRANSOM_INPUT_ROOTS=str(media),
        TRANSOM_INPUT_URL_HOSTS=f"127.0.0.1:{outside.port},127.0.0.2:{outside.port}",
        TRANSOM_PRIVATE_NETWORKS="127.0.0.1/32",
    )
    strange = 'it\'s "quoted",\nbroken over lines, and \u202eturned round\u202c.png'
    sent = upload(product, picture(77))
    rows = [
        ["path", "upload_id", "url", "name"],
        ["one-0.png", "", "", strange],
        ["one-1.png", "", "", ""],
        ["one-1.png", "", "", "again"],
        ["nowhere.png", "", "", ""],
        ["../outside.png", "", "", ""],
        [str(media.parent / "outside.png"), "", "", ""],
        ["link.png", "", "", ""],
        ["", "", "http://127.0.0.1:1/x.png", ""],
        ["", sent, "", "sent ahead.png"],
        ["", "no-such-upload", "", ""],
        ["notes.txt", "", "", ""],
        ["", "", "", "nothing"],
        ["one-2.png", sent, "", "two sources"],
        ["sub/*.png", "", "", ""],
        ["none/*.png", "", "", ""],
        ["x" * 300 + ".png", "", "", ""],
        ["**foo.png", "", "", ""],
        ["scan [1].png", "", "", ""],
        ["", "", f"{outside.url}/far.png?size=1", ""],
        ["", "", f"http://127.0.0.2:{outside.port}/far.png", ""],
        ["", "", f"{outside.url}/to?http://127.0.0.2:{outside.port}/far.png", ""],
        ["", "", f"{outside.url}/missing.png", ""],
        ["", "", "file:///etc/passwd", ""],
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    text.write("one-3.png,,,,,,too many\r\n")

    answer = product.client.post(
        "/v1/batches",
        params={"plugin": "numbered"},
        content=text.getvalue().encode(),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 202, answer.text
    ended = wait_for_end(product, answer.json()["batch_id"])
    items = items_of(product, ended["batch_id"])

    # The strange name takes two lines of the file.
    refused = {item["line"]: item["error"]["code"] for item in items if item["error"]}
    assert refused == {
        5: "DUPLICATE_ITEM",
        6: "INPUT_NOT_FOUND",
        7: "PATH_NOT_ALLOWED",
        8: "PATH_NOT_ALLOWED",
        9: "PATH_NOT_ALLOWED",
        10: "URL_NOT_ALLOWED",
        12: "UPLOAD_NOT_FOUND",
        13: "UNSUPPORTED_INPUT",
        14: "MANIFEST_ITEM_INVALID",
        15: "MANIFEST_ITEM_INVALID",
        17: "INPUT_NOT_FOUND",
        18: "INPUT_NOT_FOUND",
        19: "INPUT_NOT_FOUND",
        22: "URL_FORBIDDEN_ADDRESS",
        23: "URL_FORBIDDEN_ADDRESS",
        24: "URL_BAD_STATUS",
        25: "URL_INVALID",
        26: "MANIFEST_ITEM_INVALID",
    }
    ran = [(item["line"], item["name"], item["status"]) for item in items if not item["error"]]
    assert ran == [
        (2, 'it\'s "quoted",broken over lines, and turned round.png', "done"),
        (4, "one-1.png", "done"),
        (11, "sent ahead.png", "done"),
        *((16, f"two-{n}.png", "done") for n in range(5)),
        (20, "scan [1].png", "done"),
        (21, "far.png", "done"),
    ]
    assert [host for host, _ in outside.asked] == [f"127.0.0.1:{outside.port}"] * len(outside.asked)
    first = items[0]["job"]["job_id"]
    assert product.client.get(f"/v1/jobs/{first}/input").content == (media / "one-0.png").read_bytes()


@pytest.mark.only_over("sqlite")
@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_a_manifest_is_json_or_lines(own_product: Callable[..., Product], media: Path, form: str) -> None:
    """A document beside the fields, or a line an item; a line that is none is told by its number."""
    product = own_product(TRANSOM_INPUT_ROOTS=str(media))
    entries = [{"path": "one-0.png"}, {"path": f"{media}/one-1.png", "name": "first.png"}]
    if form == "json":
        answer = product.client.post(
            "/v1/batches", json={"plugin": "numbered", "options": {"per_frame": 2}, "items": entries}
        )
    else:
        lines = [json.dumps(entries[0]), "{not json", "", json.dumps(entries[1])]
        answer = product.client.post(
            "/v1/batches",
            params={"plugin": "numbered"},
            content="\n".join(lines).encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
    assert answer.status_code == 202, answer.text

    items = items_of(product, wait_for_end(product, answer.json()["batch_id"])["batch_id"])

    done = [(item["line"], item["name"]) for item in items if item["status"] == "done"]
    assert done == ([(1, "one-0.png"), (2, "first.png")] if form == "json" else [(1, "one-0.png"), (4, "first.png")])
    bad = [(item["line"], item["error"]["code"]) for item in items if item["status"] == "error"]
    assert bad == ([] if form == "json" else [(2, "MANIFEST_ITEM_INVALID")])


@pytest.mark.only_over("sqlite")
def test_a_manifest_of_too_many(own_product: Callable[..., Product], media: Path) -> None:
    """More than the server takes is refused as a whole, whether lines say so or a pattern does."""
    product = own_product(TRANSOM_INPUT_ROOTS=str(media), TRANSOM_MAX_BATCH_ITEMS="4")
    for content in (b"path\n" + b"one-0.png\n" * 5, b"path\n*.png\n", b"path\n**/*\n"):
        answer = product.client.post(
            "/v1/batches?plugin=numbered", content=content, headers={"Content-Type": "text/csv"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "TOO_MANY_ITEMS")
    answer = product.client.post("/v1/batches", files=pictures(5), data={"plugin": "numbered"})
    assert (answer.status_code, answer.json()["code"]) == (422, "TOO_MANY_ITEMS")
    assert product.client.get("/v1/batches").json()["count"] == 0


def test_a_batch_is_cancelled_as_a_whole(product: Product) -> None:
    """When the answer comes all of it has ended, in one status each; a second call changes nothing."""
    accepted = hand_in(product, pictures(30), plugin="sleepy", options='{"ms": 60000}')
    wait_until(lambda: state_of(product, accepted["batch_id"])["counts"]["running"], what="a job running")

    answer = product.client.delete(f"/v1/batches/{accepted['batch_id']}")
    state = state_of(product, accepted["batch_id"])

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert state["counts"]["cancelled"] >= 25
    assert state["counts"]["queued"] == state["counts"]["running"] == 0
    assert (state["status"], state["expanding"]) == ("cancelled", False)
    again = product.client.post(f"/v1/batches/{accepted['batch_id']}/cancel")
    assert (again.status_code, state_of(product, accepted["batch_id"])["counts"]) == (200, state["counts"])


def test_what_failed_runs_again_and_what_ended_is_deleted(product: Product) -> None:
    """A retry makes new jobs of the failed items, in the same batch; a purge takes all, and only once it has ended."""
    files = [*pictures(2), ("file", ("notes.txt", b"no picture", "text/plain"))]
    accepted = hand_in(product, files, plugin="crasher", options='{"frame": 0}')
    batch_id = accepted["batch_id"]
    ended = wait_for_end(product, batch_id)
    before = items_of(product, batch_id)

    retried = product.client.post(f"/v1/batches/{batch_id}/retry")
    again = wait_for_end(product, batch_id)
    after = items_of(product, batch_id)

    assert ended["counts"]["error"] == again["counts"]["error"] == 3
    assert (retried.status_code, retried.json()["retried"]) == (202, 3)
    # What is no picture is none the second time either, and says so again.
    assert before[2] == after[2]
    for old, new in zip(before[:2], after[:2], strict=True):
        assert new["job"]["retry_of"] == old["job"]["job_id"]
        assert new["job"]["batch_id"] == batch_id
    # Its file was kept: it is looked at again, and refused for the same reason.
    assert after[2]["error"] == before[2]["error"]
    assert before[2]["error"]["code"] == "UNSUPPORTED_INPUT"
    running = hand_in(product, pictures(2), plugin="sleepy", options='{"ms": 60000}')["batch_id"]
    refused = product.client.post(f"/v1/batches/{running}/purge")
    assert (refused.status_code, refused.json()["code"]) == (409, "BATCH_NOT_ENDED")
    product.client.delete(f"/v1/batches/{running}")

    purged = product.client.post(f"/v1/batches/{batch_id}/purge")

    assert purged.status_code == 200
    assert product.client.get(f"/v1/batches/{batch_id}").status_code == 404
    for item in (*before[:2], *after[:2]):
        assert product.client.get(f"/v1/jobs/{item['job']['job_id']}").status_code == 404


@pytest.mark.only_over("sqlite")
def test_a_single_job_does_not_wait_for_a_batch(own_product: Callable[..., Product]) -> None:
    """On one worker process, a job that is submitted behind a long batch is the next that begins."""
    product = own_product(TRANSOM_WORKERS="1")
    batch_id = hand_in(product, pictures(15), plugin="sleepy", options='{"ms": 1500}')["batch_id"]
    wait_until(lambda: state_of(product, batch_id)["counts"]["running"], what="the batch running")

    single = product.client.post("/v1/jobs", files=[pictures(1)[0]], data={"plugin": "numbered"}).json()["job_id"]
    submitted = product.extended(single)["created_at"]
    product.wait(single, status="done")

    began = product.extended(single)["started_at"]
    between = [
        item
        for item in items_of(product, batch_id)
        if item["job"] and item["job"]["started_at"] and submitted < item["job"]["started_at"] < began
    ]
    assert len(between) <= 1
    assert state_of(product, batch_id)["finished_at"] is None
    product.client.delete(f"/v1/batches/{batch_id}")


@pytest.mark.only_over("sqlite")
def test_two_batches_share_a_worker(own_product: Callable[..., Product], sample: Path) -> None:
    """The second does not wait for the end of the first, nor the first for the second's: they take turns."""
    product = own_product(TRANSOM_WORKERS="1")
    # Nothing of either begins until both are there.
    before = product.submit(sample, plugin="sleepy", options={"ms": 60000})
    product.wait(before, status="running")
    first, second = (
        hand_in(product, pictures(12), plugin="sleepy", options='{"ms": 20}')["batch_id"] for _ in range(2)
    )
    for batch_id in (first, second):
        wait_until(partial(_is_expanded, product, batch_id), what=f"batch {batch_id} being taken apart")
    product.client.delete(f"/v1/jobs/{before}")
    for batch_id in (first, second):
        wait_for_end(product, batch_id)

    started = sorted(
        (item["job"]["started_at"], batch_id) for batch_id in (first, second) for item in items_of(product, batch_id)
    )
    order = [batch_id for _, batch_id in started]
    begun = order.index(second)
    turns = order[begun : begun + 2 * (len(order) - begun - order[begun:].count(second))]
    assert begun < 12
    assert turns[:2].count(first) == 1
    assert all(turns[n] != turns[n + 1] for n in range(len(turns) - 1))


def _is_expanded(product: Product, batch_id: str) -> bool:
    state = state_of(product, batch_id)
    return not state["expanding"] and sum(state["counts"].values()) == 12
