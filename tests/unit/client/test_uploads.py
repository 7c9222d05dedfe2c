"""What the Python client sends of a large file, and what it makes of the answers; nothing is sent here."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from app.client.errors import ProxyRefused, RequestRefused, ServerUnreachable
from app.client.uploads import LEAST_BYTES, MOST_BYTES, Ask, Pause, hand_in_steps

HTML = "<html><body>No.</body></html>"


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    """A refusal of the server's own."""
    return httpx.Response(status, json={"status": status, "code": code, "title": code, **more})


@dataclass
class Server:
    """Keeps what it is sent; `between` says what stands between, and answers in its place where it wants to."""

    between: Callable[[Ask], httpx.Response | httpx.TransportError | None] = lambda ask: None
    uploads: dict[str, bytearray] = field(default_factory=dict)
    asked: list[Ask] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def answer(self, ask: Ask) -> httpx.Response | httpx.TransportError:
        """What comes of a request."""
        self.asked.append(ask)
        if (other := self.between(ask)) is not None:
            return other
        if ask.path == "/v1/uploads":
            name = f"u{len(self.uploads)}"
            self.uploads[name] = bytearray()
            return httpx.Response(201, json={"upload_id": name})
        if ask.path == "/v1/jobs":
            return httpx.Response(202, json={"job_id": "j", **(ask.json or {})})
        return self._about_upload(ask)

    def _about_upload(self, ask: Ask) -> httpx.Response:
        found = self.uploads.get(ask.path.rsplit("/", maxsplit=1)[-1])
        if found is None:
            return problem(404, "UPLOAD_NOT_FOUND")
        if ask.method == "GET":
            return httpx.Response(200, json={"offset": len(found)})
        if int(ask.headers["Upload-Offset"]) != len(found):
            return problem(409, "UPLOAD_OFFSET_CONFLICT", offset=len(found))
        found += ask.content
        return httpx.Response(204, headers={"Upload-Offset": str(len(found))})

    def take(self, content: bytes) -> dict[str, Any]:
        """Have a file handed in."""
        steps = hand_in_steps("http://server", io.BytesIO(content), "waves.mp4", {"plugin": "motion"})
        outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                return dict(end.value)
            outcome = None
            if isinstance(step, Pause):
                self.pauses.append(step.seconds)
            else:
                outcome = self.answer(step)

    @property
    def sizes(self) -> list[int]:
        """Of the pieces that were tried."""
        return [len(ask.content) for ask in self.asked if ask.content]


CONTENT = bytes(range(256)) * (20 * 4096)


def test_without_anything_between() -> None:
    """Large pieces, one after the other, and then the job that names them."""
    server = Server()

    job = server.take(CONTENT)

    assert job == {"job_id": "j", "plugin": "motion", "upload_id": "u0"}
    assert bytes(server.uploads["u0"]) == CONTENT
    assert server.sizes == [MOST_BYTES, MOST_BYTES, len(CONTENT) - 2 * MOST_BYTES]
    assert server.pauses == []


def test_a_cap_is_found_and_kept_to() -> None:
    """By halving, at once; nothing over it is tried again."""
    server = Server(lambda ask: httpx.Response(413, text=HTML) if len(ask.content) > 1_000_000 else None)

    server.take(CONTENT)

    assert bytes(server.uploads["u0"]) == CONTENT
    assert server.sizes[:5] == [MOST_BYTES, MOST_BYTES // 2, MOST_BYTES // 4, MOST_BYTES // 8, MOST_BYTES // 16]
    assert set(server.sizes[5:-1]) == {MOST_BYTES // 16}
    assert server.pauses == []


def test_not_even_the_least_passes() -> None:
    """Then that is said, and by whom."""
    server = Server(lambda ask: httpx.Response(413, text=HTML) if ask.content else None)

    with pytest.raises(ProxyRefused):
        server.take(CONTENT)

    assert server.sizes[-1] == LEAST_BYTES


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_refused_method_is_told_by_a_header(status: int) -> None:
    """From then on for all pieces."""
    server = Server(lambda ask: httpx.Response(status, text=HTML) if ask.method == "PATCH" else None)

    server.take(CONTENT)

    assert bytes(server.uploads["u0"]) == CONTENT
    assert [ask.method for ask in server.asked if ask.content] == ["PATCH", "POST", "POST", "POST"]


def test_what_arrived_before_a_break_counts() -> None:
    """It asks how far the server is, and goes on from there, by smaller pieces at first."""
    broken: list[Ask] = []

    def between(ask: Ask) -> httpx.TransportError | None:
        if not ask.content or broken:
            return None
        broken.append(ask)
        server.uploads["u0"] += ask.content[:1_000]
        return httpx.ReadError("cut")

    server = Server(between)

    server.take(CONTENT)

    assert bytes(server.uploads["u0"]) == CONTENT
    assert server.sizes[:3] == [MOST_BYTES, MOST_BYTES // 2, MOST_BYTES]
    assert int(server.asked[3].headers["Upload-Offset"]) == 1_000


def test_no_progress_at_all() -> None:
    """It gives up after some attempts, each later than the one before."""
    server = Server(lambda ask: httpx.ConnectError("refused") if ask.content else None)

    with pytest.raises(ServerUnreachable):
        server.take(CONTENT)

    assert len(server.pauses) > 5
    assert sum(server.pauses) > 20


def test_a_little_progress_each_time() -> None:
    """It never gives up: each time the connection breaks, something had arrived."""

    def between(ask: Ask) -> httpx.TransportError | None:
        if len(ask.content) <= 10_000:
            return None
        server.uploads["u0"] += ask.content[:10_000]
        return httpx.ReadError("cut")

    server = Server(between)
    content = CONTENT[:1_000_000]

    server.take(content)

    assert bytes(server.uploads["u0"]) == content


def test_the_server_has_lost_it() -> None:
    """It is begun again."""

    def between(ask: Ask) -> None:
        if "u0" in server.uploads and len(server.uploads["u0"]) > 1_000_000:
            server.uploads.clear()
            server.uploads["elsewhere"] = bytearray()

    server = Server(between)

    assert server.take(CONTENT)["upload_id"] == "u1"
    assert bytes(server.uploads["u1"]) == CONTENT


@pytest.mark.parametrize("place", ["/v1/uploads", "/v1/jobs"])
def test_the_servers_own_no_is_final(place: str) -> None:
    """It is not asked twice."""
    server = Server(lambda ask: problem(422, "VALIDATION_FAILED") if ask.path == place else None)

    with pytest.raises(RequestRefused) as caught:
        server.take(CONTENT)

    assert caught.value.code == "VALIDATION_FAILED"
    assert [ask.path for ask in server.asked].count(place) == 1


@pytest.mark.parametrize("place", ["/v1/uploads", "/v1/jobs"])
def test_a_lost_answer_is_asked_for_again(place: str) -> None:
    """Under the same key, so that nothing is made twice."""
    lost: list[Ask] = []

    def between(ask: Ask) -> httpx.Response | httpx.TransportError | None:
        if ask.path != place or len(lost) == 2:
            return None
        lost.append(ask)
        return httpx.ReadError("cut") if len(lost) == 1 else httpx.Response(502, text=HTML)

    server = Server(between)

    server.take(CONTENT)

    keys = {ask.headers["Idempotency-Key"] for ask in server.asked if ask.path == place}
    assert (len(lost), len(keys)) == (2, 1)
