"""The Python client through a proxy that opens encrypted connections, and reads them, with a certificate of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import pytest

from app.cli.exit_codes import ExitCode
from app.client import TransomClient, Transport
from app.client.doctor import Verdict, examine
from tests.proxies.opened import Opened, opened
from tests.proxies.real import REAL_PROXIES, RunningProxy, running, server_behind, told_of
from tests.proxies.test_python_client import ENOUGH_MESSAGES, PATIENT, Watcher, assert_whole, join, many_frames
from tests.stack import ROOT, Product, start_product

#: With so many frames the job lasts longer than anybody waits for the ways to be found.
FRAME_MS: Final = 10.0
#: Whichever test comes first waits for all the watchers.
pytestmark = pytest.mark.timeout(400)

OPENING: Final = {proxy.name: proxy for proxy in REAL_PROXIES if proxy.opens_tls}
#: What each leaves of the ways.
FOUND: Final = {
    "mitmproxy, opening TLS": Transport.WEBSOCKET,
    "mitmproxy, opening TLS, no WebSockets": Transport.POLL,
}


@dataclass(frozen=True)
class Outcome:
    """What the job's log has, what became of each watcher, which found its way, and what each proxy read."""

    log: list[str]
    watchers: dict[str, Watcher]
    settled: set[str]
    read: dict[str, list[Opened]]


@pytest.fixture(name="product", scope="module")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    for proxy in OPENING.values():
        if proxy.missing:
            pytest.skip(f"{proxy.missing} is not installed")
    running_product = start_product(tmp_path_factory.mktemp("opened") / "data")
    yield running_product
    running_product.stop()


@pytest.fixture(name="proxies", scope="module")
def _proxies(product: Product) -> Iterator[dict[str, RunningProxy]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(running(proxy, stack.enter_context(server_behind(proxy, product.url))))
            for name, proxy in OPENING.items()
        }


@pytest.fixture(name="outcome", scope="module")
def _outcome(product: Product, proxies: dict[str, RunningProxy], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One job, watched from its beginning behind each of them, until each watcher has found what works for it."""
    video = many_frames(tmp_path_factory.mktemp("media") / "many.mp4")
    with ExitStack() as stack:
        clients = {name: stack.enter_context(_client(it)) for name, it in proxies.items()}
        job_id = product.submit(video, plugin="sleepy", options={"ms": FRAME_MS})
        watchers = {name: Watcher(client, job_id) for name, client in clients.items()}
        settled: set[str] = set()
        deadline = time.monotonic() + 100
        # Who does not is told by its own test.
        while not _all_settle(watchers, settled) and time.monotonic() < deadline:
            time.sleep(0.1)
        product.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
        join(watchers.values())
        log = [message["id"] for message in product.events(job_id)]
    return Outcome(log, watchers, settled, {name: opened(it.log) for name, it in proxies.items()})


def _client(it: RunningProxy) -> TransomClient:
    with told_of(it.address):
        return TransomClient(it.server, ca_bundle=it.ca_bundle, pace=PATIENT)


def _all_settle(watchers: dict[str, Watcher], settled: set[str]) -> bool:
    """Note who has found what it is to find; whether all have, and the job has said enough."""
    settled |= {name for name, watcher in watchers.items() if watcher.goes_over(FOUND[name])}
    return len(settled) == len(watchers) and min(len(watcher.ids) for watcher in watchers.values()) >= ENOUGH_MESSAGES


@pytest.mark.parametrize("name", OPENING)
def test_everything_comes_once_and_in_order(outcome: Outcome, name: str) -> None:
    """What the watch told is the log, and it came over what is let through inside the opened connections."""
    watcher = outcome.watchers[name]

    assert_whole(watcher, outcome.log)
    assert name in outcome.settled, watcher.ways


@pytest.mark.parametrize("name", OPENING)
def test_the_proxy_has_read_it(outcome: Outcome, proxies: dict[str, RunningProxy], name: str) -> None:
    """Its log names what only who opens the connection can know: that nothing went round it, or through it unread."""
    realtime = f"{proxies[name].server}/v1/realtime"
    read = [each for each in outcome.read[name] if each.url.startswith(realtime)]
    upgrades = [each.answer for each in read if "probe=1" in each.url and each.answer.startswith(("101", "403"))]
    polls = [each for each in read if "transport=poll" in each.url and each.answer.startswith("200")]

    assert {each.agent.partition("/")[0] for each in read} == {"transom"}
    assert upgrades
    if FOUND[name] is Transport.WEBSOCKET:
        assert all(answer.startswith("101") for answer in upgrades)
    else:
        assert all(answer.startswith("403") for answer in upgrades)
        assert len(polls) > len(upgrades)


def _transom(it: RunningProxy, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    with told_of(it.address):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TRANSOM_")}
    command = [sys.executable, "-m", "app.cli.main", "--server", it.server, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


def test_without_its_certificate_the_command_says_what_to_do(proxies: dict[str, RunningProxy]) -> None:
    """And once that is done it goes through."""
    it = next(iter(proxies.values()))

    refused = _transom(it, "jobs")
    assert refused.returncode == ExitCode.UNREACHABLE
    assert refused.stderr.startswith(f"transom: {it.server} can't be reached: the certificate that is shown there is ")
    assert "TRANSOM_CA_BUNDLE" in refused.stderr
    assert f"transom doctor {it.server}" in refused.stderr
    assert refused.stderr.endswith("[CERTIFICATE_NOT_TRUSTED]\n")

    allowed = _transom(it, "jobs", TRANSOM_CA_BUNDLE=str(it.ca_bundle))
    assert (allowed.returncode, allowed.stderr) == (ExitCode.DONE, "")


def test_without_its_certificate_the_doctor_names_who_opens_connections(proxies: dict[str, RunningProxy]) -> None:
    """By the certificate that is shown, which is read before anybody is trusted."""
    it = next(iter(proxies.values()))
    with told_of(it.address):
        report = asyncio.run(examine(it.server, seconds=0))

    assert (report.verdict, report.observations.reach.trusted_by) == (Verdict.UNREACHABLE, "nobody")
    seen = {finding.code: finding.seen for finding in report.findings}
    assert "made by mitmproxy" in seen["CERTIFICATE_NOT_TRUSTED"]
    assert "is opened and read on the way" in seen["TLS_INSPECTED"]
