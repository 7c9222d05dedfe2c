"""The Python client through every habit of the hostile proxy, all watching one job while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import pytest

from app.cli.exit_codes import ExitCode
from app.client import ProxyRefused, TransomClient, Transport, Way
from app.client.pace import Pace
from plugins.samples import sample_path
from tests.proxies.elsewhere import Addresses, hostile_proxies
from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode
from tests.stack import PATIENCE_SECONDS, ROOT, Product, start_product, transom, wait_until

#: Each frame is a message, and so is its progress now and then. The job is stopped before it is through with them.
FRAMES: Final = 12_000
FRAME_MS: Final = 20.0
ENOUGH_MESSAGES: Final = 2000
#: What the tests have more patience for than people: a busy machine is no bad proxy. And what it was once taken for is
#: tried again soon.
PATIENT: Final = Pace(hello=6.0, ping=9.0, climb=20.0)

#: Whichever test comes first waits for all the watchers.
pytestmark = pytest.mark.timeout(400)

WEBSOCKET, SSE, SSE_POST, POLL = Transport.WEBSOCKET, Transport.SSE, Transport.SSE_POST, Transport.POLL

#: Which transport each is to find while the job runs; several where it is a matter of time or chance.
FOUND: Final[dict[tuple[Mode, ...], Transport | tuple[Transport, ...]]] = {
    (Mode.PASS,): WEBSOCKET,
    (Mode.REFUSE_UPGRADES,): SSE,
    (Mode.STRIP_UPGRADES,): SSE,
    (Mode.MUTE_UPGRADES,): SSE,
    (Mode.REFUSE_CONNECT,): WEBSOCKET,
    (Mode.HOLD_HEADERS,): WEBSOCKET,
    (Mode.HOLD_BODIES,): WEBSOCKET,
    (Mode.HOLD_GETS,): WEBSOCKET,
    (Mode.LUMPS_1_KB,): WEBSOCKET,
    (Mode.LUMPS_4_KB,): WEBSOCKET,
    (Mode.LUMPS_16_KB,): WEBSOCKET,
    (Mode.COMPRESS,): WEBSOCKET,
    # It begins well over each, and climbs down.
    (Mode.CUT_AFTER,): (SSE, SSE_POST, POLL),
    (Mode.CUT_IDLE,): WEBSOCKET,
    (Mode.HTTP_1_0,): SSE,
    (Mode.AUTHENTICATE,): WEBSOCKET,
    (Mode.REFUSE_METHODS,): WEBSOCKET,
    (Mode.LIMIT_BODIES,): WEBSOCKET,
    (Mode.LIMIT_ADDRESSES,): WEBSOCKET,
    (Mode.STRIP_AUTHORIZATION,): WEBSOCKET,
    (Mode.STRIP_LAST_EVENT_ID,): WEBSOCKET,
    # Which of its requests meets the bad gateway is chance.
    (Mode.BAD_GATEWAY,): tuple(Transport),
    (Mode.REFUSE_UPGRADES, Mode.HOLD_HEADERS): SSE,
    (Mode.REFUSE_UPGRADES, Mode.HOLD_BODIES): POLL,
    (Mode.REFUSE_UPGRADES, Mode.HOLD_BODIES, Mode.HOLD_HEADERS): POLL,
    (Mode.REFUSE_UPGRADES, Mode.HOLD_GETS): SSE_POST,
    # Two kilobytes come with hello, and messages fill the lumps while the job says much: either will do.
    (Mode.REFUSE_UPGRADES, Mode.LUMPS_1_KB): (SSE, SSE_POST),
    (Mode.REFUSE_UPGRADES, Mode.LUMPS_4_KB): (SSE, SSE_POST),
    (Mode.REFUSE_UPGRADES, Mode.LUMPS_16_KB): (SSE, SSE_POST),
    (Mode.REFUSE_UPGRADES, Mode.COMPRESS): SSE,
    (Mode.REFUSE_UPGRADES, Mode.CUT_AFTER): (SSE_POST, POLL),
    (Mode.REFUSE_UPGRADES, Mode.CUT_IDLE): SSE,
    (Mode.REFUSE_UPGRADES, Mode.HTTP_1_0): SSE,
    (Mode.REFUSE_UPGRADES, Mode.AUTHENTICATE): SSE,
    (Mode.REFUSE_UPGRADES, Mode.REFUSE_METHODS): SSE,
    (Mode.REFUSE_UPGRADES, Mode.LIMIT_BODIES): SSE,
    (Mode.REFUSE_UPGRADES, Mode.LIMIT_ADDRESSES): SSE,
    (Mode.REFUSE_UPGRADES, Mode.STRIP_AUTHORIZATION): SSE,
    (Mode.REFUSE_UPGRADES, Mode.STRIP_LAST_EVENT_ID): SSE,
    (Mode.REFUSE_UPGRADES, Mode.BAD_GATEWAY): (SSE, SSE_POST, POLL),
    (Mode.MUTE_UPGRADES, Mode.HOLD_BODIES, Mode.CUT_IDLE): POLL,
}


@dataclass
class Watcher:
    """One client behind one proxy, on a thread of its own."""

    client: TransomClient
    job_id: str
    ids: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    #: How many ids came before each `reset`.
    resets: list[int] = field(default_factory=list)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def goes_over(self, *transports: Transport) -> bool:
        """Whether it has found one of these, and has heard of some of the job."""
        return bool(self.ways) and self.ways[-1].transport in transports and len(self.ids) > 50

    def has_read_anew(self, count: int) -> bool:
        """Whether more than so many ids came after a `reset`."""
        return bool(self.resets) and len(self.ids) - self.resets[-1] > count

    def _run(self) -> None:
        try:
            for message in self.client.watch(self.job_id, on_way=self.ways.append):
                if message.type == "reset":
                    self.resets.append(len(self.ids))
                else:
                    self.ids.append(str(message.cursor))
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            self.failure = error


@dataclass(frozen=True)
class Outcome:
    """What the job's log has, what became of each watcher, and which of them have found what they were to find."""

    log: list[str]
    watchers: dict[tuple[Mode, ...], Watcher]
    settled: set[tuple[Mode, ...]]


def many_frames(path: Path, *, codec: str = "mpeg4", frames: int = FRAMES) -> Path:
    """A video of many small grey frames, whose shades come again and again."""
    pace = Fraction(1, 50)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=1 / pace)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        picture = np.zeros((48, 64, 3), dtype=np.uint8)
        packets: list[av.Packet[av.VideoStream]] = []
        for shade in range(200):
            picture[:, :, :] = shade
            packets.extend(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        packets.extend(stream.encode())
        # To encode thousands takes seconds. The first needs none before it, so that all may follow the last once more.
        assert packets[0].is_keyframe
        kept = [(bytes(packet), packet.is_keyframe) for packet in packets]
        for number in range(frames):
            data, is_keyframe = kept[number % len(kept)]
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = stream, pace, is_keyframe
            packet.pts = packet.dts = number
            container.mux(packet)
    return path


def _client(proxy: Addresses, product: Product, modes: tuple[Mode, ...], stack: ExitStack) -> TransomClient:
    """One that has the proxy before the server, or, where that asks for a password, in its environment."""
    if Mode.AUTHENTICATE not in modes:
        return stack.enter_context(TransomClient(proxy.url, proxies=False, pace=PATIENT))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTP_PROXY", proxy.forward_url)
        environment.delenv("NO_PROXY", raising=False)
        environment.delenv("no_proxy", raising=False)
        return stack.enter_context(TransomClient(product.url, pace=PATIENT))


@pytest.fixture(name="product", scope="module")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(tmp_path_factory.mktemp("proxies") / "data")
    yield running
    running.stop()


@pytest.fixture(name="outcome", scope="module")
def _outcome(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """One job, watched from its beginning behind every proxy at once, until each has found what works for it."""
    video = many_frames(tmp_path_factory.mktemp("media") / "many.mp4")
    with ExitStack() as stack:
        proxies = stack.enter_context(hostile_proxies(product.url, list(FOUND)))
        clients = {modes: _client(proxy, product, modes, stack) for modes, proxy in proxies.items()}
        job_id = product.submit(video, plugin="sleepy", options={"ms": FRAME_MS})
        watchers = {modes: Watcher(client, job_id) for modes, client in clients.items()}
        settled: set[tuple[Mode, ...]] = set()
        deadline = time.monotonic() + 160
        # Who does not is told by its own test.
        while not _all_settle(watchers, settled) and time.monotonic() < deadline:
            time.sleep(0.1)
        product.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
        join(watchers.values())
        log = [message["id"] for message in product.events(job_id)]
        yield Outcome(log, watchers, settled)


def join(watchers: Iterable[Watcher]) -> None:
    """Wait for the ends of all, and no longer than for one; who has none by then is told by its own test."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for watcher in watchers:
        watcher.thread.join(max(0.0, deadline - time.monotonic()))


def _all_settle(watchers: dict[tuple[Mode, ...], Watcher], settled: set[tuple[Mode, ...]]) -> bool:
    """Note who has found what it is to find; whether all have, and the job has said enough."""
    for modes, watcher in watchers.items():
        found = FOUND[modes]
        if watcher.goes_over(*(found if isinstance(found, tuple) else (found,))):
            settled.add(modes)
    return len(settled) == len(watchers) and max(len(w.ids) for w in watchers.values()) >= ENOUGH_MESSAGES


def assert_whole(watcher: Watcher, log: list[str]) -> None:
    """It told all of a long log, once and in order, and came to its end."""
    assert watcher.failure is None
    assert not watcher.thread.is_alive(), f"no end came; the last of {len(watcher.ids)} was {watcher.ids[-1:]}"
    assert len(log) >= ENOUGH_MESSAGES
    assert sorted(set(log) - set(watcher.ids)) == [], "lost"
    assert len(watcher.ids) == len(set(watcher.ids)), "doubled"
    assert watcher.ids == log, "out of order"


def _named(modes: Any) -> str:
    return "+".join(modes) if isinstance(modes, tuple) else str(modes)


@pytest.mark.parametrize("modes", FOUND, ids=_named)
def test_everything_comes_once_and_in_order(outcome: Outcome, modes: tuple[Mode, ...]) -> None:
    """What the watch told is the log, whatever the proxy did; and it came over what the proxy lets through."""
    watcher = outcome.watchers[modes]

    assert_whole(watcher, outcome.log)
    assert modes in outcome.settled, watcher.ways


@contextmanager
def _plain_client(product: Product, *modes: Mode, **environment: str) -> Iterator[tuple[TransomClient, HostileProxy]]:
    """A client of the server by way of a proxy that its environment names."""
    with HostileProxy(product.url, *modes) as proxy, pytest.MonkeyPatch.context() as changed:
        for name in ("no_proxy", "NO_PROXY", "http_proxy"):
            changed.delenv(name, raising=False)
        changed.setenv("HTTP_PROXY", proxy.url)
        for name, value in environment.items():
            changed.setenv(name, value.format(proxy=proxy))
        with TransomClient(product.url) as client:
            yield client, proxy


def test_a_proxy_that_asks_for_a_password_is_said_in_words(product: Product) -> None:
    """Without one the error names what to do; with one in the address everything passes."""
    with _plain_client(product, Mode.AUTHENTICATE) as (client, _), pytest.raises(ProxyRefused) as caught:
        client.plugins()
    assert (caught.value.code, caught.value.status) == ("PROXY_AUTHENTICATION", 407)
    assert "name and a password" in str(caught.value)

    with _plain_client(product, Mode.AUTHENTICATE, HTTP_PROXY="{proxy.forward_url}") as (client, proxy):
        assert client.plugins()["plugins"]
        assert [entry.forward for entry in proxy.log] == [True]


def test_no_proxy_goes_round_it(product: Product) -> None:
    """A server that `NO_PROXY` names is asked directly, also where it is named by its network."""
    for name in ("127.0.0.1", "127.0.0.0/8", "*"):
        with _plain_client(product, NO_PROXY=name) as (client, proxy):
            assert client.plugins()["plugins"]
            assert proxy.log == []


def test_a_bad_gateway_now_and_then_is_not_noticed(product: Product) -> None:
    """What something on the way could not pass on is asked again, and a job is submitted once all the same."""
    before = product.client.get("/v1/jobs").json()["count"]
    with (
        sample_path() as sample,
        HostileProxy(product.url, Mode.BAD_GATEWAY, bad_gateway_every=2) as proxy,
        TransomClient(proxy.url, proxies=False) as client,
    ):
        assert client.plugins()["plugins"]
        job = client.submit(sample, plugin="numbered")
        assert [message.ends_job for message in client.watch(job["job_id"])][-1]
        assert 502 in {entry.status for entry in proxy.log}
    assert product.client.get("/v1/jobs").json()["count"] == before + 1


def test_what_stays_broken_on_the_way_is_said_with_a_stable_code(product: Product) -> None:
    """A page of HTML in the server's place is not shown, but what it means."""
    with HostileProxy(product.url, bad_gateway_every=1) as proxy, TransomClient(proxy.url, proxies=False) as client:
        with pytest.raises(ProxyRefused) as caught:
            client.plugins()
        assert caught.value.code == "BAD_GATEWAY"
        assert "<" not in str(caught.value)

        proxy.change(max_address_bytes=5)
        with pytest.raises(ProxyRefused) as caught:
            client.plugins()
        assert caught.value.code == "PROXY_ADDRESS_LIMIT"


def test_a_file_that_is_too_large_for_the_way_goes_in_pieces(product: Product, tmp_path: Path) -> None:
    """413 from something on the way is no error, and so is no refusal of `PATCH`."""
    video = many_frames(tmp_path / "many.avi", codec="rawvideo", frames=300)
    assert video.stat().st_size > 1024 * 1024
    with (
        HostileProxy(product.url, Mode.LIMIT_BODIES, Mode.REFUSE_METHODS) as proxy,
        TransomClient(proxy.url, proxies=False) as client,
    ):
        job = client.submit(video, plugin="numbered", options={"per_frame": 2})
        assert {413, 405} <= {entry.status for entry in proxy.log}

    assert product.wait(job["job_id"])["status"] == "done"


def test_the_command_says_over_what_it_watches(product: Product, tmp_path: Path) -> None:
    """`transom watch` tells people the way, and programs nothing but messages."""
    said = tmp_path / "said"
    with (
        sample_path() as sample,
        HostileProxy(product.url, Mode.REFUSE_UPGRADES) as proxy,
        said.open("w") as file,
    ):
        # It lasts until the way was told, however slow the command is to start.
        job_id = product.submit(sample, plugin="sleepy", options={"ms": 1000})
        command = [sys.executable, "-m", "app.cli.main", "--server", proxy.url, "watch", job_id, "--json"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=file, text=True) as process:
            try:
                wait_until(lambda: said.read_text().endswith("\n"), what="the way being told")
            finally:
                product.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
            lines, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == ExitCode.JOB_CANCELLED
    assert said.read_text() == "Watching over Server-Sent Events: the way here refuses WebSockets\n"
    assert [json.loads(line)["id"] for line in lines.splitlines()] == [
        message["id"] for message in product.events(job_id)
    ]


#: By each transport once; none of these proxies lets through what stands above it.
WAYS: Final[dict[tuple[Mode, ...], Transport]] = {
    (Mode.PASS,): WEBSOCKET,
    (Mode.REFUSE_UPGRADES,): SSE,
    (Mode.REFUSE_UPGRADES, Mode.HOLD_GETS): SSE_POST,
    (Mode.REFUSE_UPGRADES, Mode.HOLD_BODIES): POLL,
}


def test_behind_a_proxy_another_server_with_another_epoch_is_read_anew(tmp_path: Path) -> None:
    """What stands behind the proxies is replaced, in the middle of a job, by a restore of its backup elsewhere.

    Every watch says once that what it told no longer counts, and then tells all of the job as the new server has it.
    """
    video = many_frames(tmp_path / "many.mp4")
    with ExitStack() as stack:
        products = []
        for name in ("first", "second"):
            product = start_product(tmp_path / name, TRANSOM_LEASE_SECONDS="4", TRANSOM_DRAIN_SECONDS="0")
            stack.callback(product.stop)
            products.append(product)
        first, second = products
        proxies = {modes: stack.enter_context(HostileProxy(first.url, *modes)) for modes in WAYS}
        clients = {
            modes: stack.enter_context(TransomClient(proxy.url, proxies=False, pace=PATIENT))
            for modes, proxy in proxies.items()
        }
        job_id = first.submit(video, plugin="sleepy", options={"ms": 20.0})
        watchers = {modes: Watcher(client, job_id) for modes, client in clients.items()}
        for modes, transport in WAYS.items():
            wait_until(partial(watchers[modes].goes_over, transport), what=f"{_named(modes)} watching over {transport}")

        for product, command in ((first, ["backup"]), (second, ["restore", "--overwrite"])):
            told = transom(product, *command, str(tmp_path / "backup"))
            assert told.returncode == ExitCode.DONE, told.stderr
        for proxy in proxies.values():
            proxy.switch(second.url)
            proxy.cut()
        first.stop()
        # The second server runs the job again: each is to hear of more than was in the backup.
        restored = len(second.events(job_id))
        for modes, watcher in watchers.items():
            wait_until(partial(watcher.has_read_anew, restored + 50), what=f"{_named(modes)} reading anew")
        second.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
        join(watchers.values())
        log = [message["id"] for message in second.events(job_id)]

    for watcher in watchers.values():
        assert watcher.failure is None
        assert not watcher.thread.is_alive(), f"no end came; the last was {watcher.ids[-1:]}"
        assert len(watcher.resets) == 1
        before, after = watcher.ids[: watcher.resets[0]], watcher.ids[watcher.resets[0] :]
        assert len(before) == len(set(before)) > 50
        assert after == log
        assert not set(before) & set(after)
