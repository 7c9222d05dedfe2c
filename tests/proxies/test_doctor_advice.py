"""Real proxies are recognised by `transom doctor`, and its lines, put where they say, help: what was found is gone.

The test that is given with them says so too, and said the opposite before.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from app.client.doctor import Report, Severity, examine
from app.client.doctor.blocks import blocks_of
from app.client.doctor.checks import Check, check_for
from app.client.doctor.observations import Upgrade
from app.client.doctor.plan import plan_for
from tests.proxies.checking import TRIES, proven
from tests.proxies.real import REAL_PROXIES, RealProxy, Server, Site, running, server_behind, told_of
from tests.stack import Product, start_product

#: Longer than haproxy lets anything be silent here.
SECONDS: Final = 6.0

#: What is known of each real proxy.
KNOWN: Final[dict[str, set[str]]] = {
    "nginx": {"UPGRADE_STRIPPED", "HTTP_1_0", "BUFFERING_HEADER_HONOURED", "STREAMS_PASS"},
    "nginx, compressing": {"UPGRADE_STRIPPED", "STREAMS_COMPRESSED", "BUFFERING_HEADER_HONOURED"},
    "nginx, buffering": {"UPGRADE_STRIPPED", "COMPRESSED_STREAMS_HELD"},
    "haproxy": {"UPGRADE_STRIPPED", "CUT_WHEN_SILENT", "STREAMS_PASS"},
    "squid": {"CONNECT_REFUSED", "UPGRADE_STRIPPED", "STREAMS_PASS"},
    "tinyproxy": {"CONNECT_REFUSED", "UPGRADE_STRIPPED", "STREAMS_PASS"},
    "mitmproxy": {"WEBSOCKET_WORKS", "STREAMS_HELD"},
    "mitmproxy, opening TLS": {"TLS_INSPECTED", "WEBSOCKET_WORKS", "STREAMS_HELD"},
    "mitmproxy, opening TLS, no WebSockets": {"TLS_INSPECTED", "UPGRADE_REFUSED", "STREAMS_HELD", "NOTHING_LIVE"},
}
#: Which of them write a `Via`.
BY_VIA: Final = frozenset({"squid", "tinyproxy"})

#: By `ADD` or `REMOVE` and the code of a finding, and by both and the first words of their place: `in the frontend`.
Advice = dict[tuple[str, str], list[str]]


def _patient(proxy: RealProxy) -> RealProxy:
    """A stream that says something twice a second is never silent for so long, however busy the machine."""
    if proxy.name != "haproxy":
        return proxy
    return replace(proxy, config=lambda site: proxy.config(site).replace(" 2s\n", " 4s\n"))


PROXIES: Final = tuple(map(_patient, REAL_PROXIES))


@pytest.fixture(name="product", scope="module")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running_product = start_product(tmp_path_factory.mktemp("advice") / "data")
    yield running_product
    running_product.stop()


def _nginx(config: str, advice: Advice) -> str:
    lines = list(dict.fromkeys(line for (kind, _), lines in advice.items() if kind == "ADD" for line in lines))
    everywhere = [line for line in lines if line.startswith(("map ", "large_client_header_buffers "))]
    location = [line for line in lines if line not in everywhere]
    for line in location:
        # What is said anew replaces what was said before, and all of it goes into one location.
        setting = re.escape(" ".join(line.split()[: 2 if line.startswith("proxy_set_header") else 1]))
        config = re.sub(rf"\b{setting} [^;]*;", "", config)
    for line in (line for (kind, _), lines in advice.items() if kind == "REMOVE" for line in lines):
        config = config.replace(line, "")
    config = config.replace("http {", "\n".join(["http {", *everywhere]), 1)
    return config.replace("location / {", "\n".join(["location / {", *location]), 1)


def _haproxy(config: str, advice: Advice) -> str:
    for line in advice["REMOVE", "UPGRADE_STRIPPED"]:
        config = config.replace(line, "")
    config = re.sub(r"timeout (?:client|server) \w+", "", config)
    for section in ("frontend page", "backend transom"):
        lines = advice["ADD", f"CUT_WHEN_SILENT in the {section.split()[0]}"]
        config = config.replace(f"{section}\n", "\n  ".join([section, *lines, ""]), 1)
    return config


def _squid(config: str, advice: Advice) -> str:
    lines = list(dict.fromkeys(advice["ADD", "CONNECT_REFUSED"] + advice["ADD", "UPGRADE_STRIPPED"]))
    before = "http_access deny CONNECT !SSL_ports"
    return config.replace(before, "\n".join([*lines, before]))


def _tinyproxy(config: str, advice: Advice) -> str:
    return config.replace("ConnectPort 443", "\n".join(["ConnectPort 443", *advice["ADD", "CONNECT_REFUSED"]]))


CURES: Final[dict[str, Callable[[str, Advice], str]]] = {
    "nginx": _nginx,
    "haproxy": _haproxy,
    "squid": _squid,
    "tinyproxy": _tinyproxy,
}
#: What is as it was built, and hurts nobody.
INCURABLE: Final = {"squid": {"ADDRESS_LIMIT"}}


@contextmanager
def _examined(proxy: RealProxy, server: Server) -> Iterator[Report]:
    """What is found; the proxy is there for as long as the block takes."""
    with running(proxy, server) as it, told_of(it.address if proxy.told else None):
        yield asyncio.run(examine(it.server, proxies=proxy.told, ca_bundle=it.ca_bundle, seconds=SECONDS))


def _bad(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity is not Severity.GOOD}


@dataclass(frozen=True)
class Found:
    """A proxy, the server that it was put before, what was found there, and what the tests with curl showed."""

    proxy: RealProxy
    server: Server
    report: Report
    checks: dict[str, Check]
    proven: dict[str, bool]


@pytest.fixture(name="found", scope="module", params=PROXIES, ids=lambda proxy: str(proxy.name))
def _found(request: pytest.FixtureRequest, product: Product) -> Iterator[Found]:
    proxy: RealProxy = request.param
    if proxy.missing:
        pytest.skip(f"{proxy.missing} is not installed")
    with server_behind(proxy, product.url) as server:
        with _examined(proxy, server) as report:
            # curl would have to be told first to trust a proxy that opens TLS.
            changes = () if proxy.opens_tls else plan_for(report).changes
            made = {finding.code: check_for(finding, report) for finding in changes}
            checks = {code: check for code, check in made.items() if check}
            shown = proven(checks)
        yield Found(proxy, server, report, checks, shown)


def test_real_proxies_are_recognised(found: Found) -> None:
    """By name, with what they do, and with lines for their configuration."""
    proxy, report = found.proxy, found.report

    program = proxy.name.partition(",")[0]
    assert KNOWN[proxy.name] <= report.codes
    machines = {str(machine.program): machine for machine in report.observations.machines}
    # What ends TLS says who it is too, and from here nobody can tell which of the two it was.
    assert set(machines) == ({program, "nginx"} if proxy.opens_tls else {program})
    assert program in machines[program].name.lower()
    assert program in report.sentence.lower()
    assert ("Via" in machines[program].evidence) == (program in BY_VIA)
    snippets = {snippet.program for finding in report.findings for snippet in finding.snippets}
    assert program in snippets <= set(machines)


def test_the_advice_helps(found: Found, tmp_path: Path) -> None:
    """Something was found before; afterwards nothing is in the way."""
    proxy, before, checks = found.proxy, found.report, found.checks
    texts = {finding.code: snippet.text for finding in before.findings for snippet in finding.snippets}
    advice: Advice = {}
    for code, text in texts.items():
        for block in blocks_of(text):
            section = " ".join(block.where.split()[:3])
            for key in ((block.kind, code), (block.kind, f"{code} {section}")):
                advice.setdefault(key, []).extend(block.lines)

    if proxy.opens_tls:
        # One piece of advice is enough: what is not opened is not held back either, nor refused.
        def command(program: str, config: Path, site: Site) -> list[str]:
            (site.folder / "config.yaml").write_text(texts["TLS_INSPECTED"])
            return proxy.command(program, config, site)

        cured = replace(proxy, command=command)
    elif proxy.inspects:
        script = tmp_path / "stream.py"
        script.write_text(texts["STREAMS_HELD"])
        cured = replace(proxy, command=lambda *given: [*proxy.command(*given), "-s", str(script)])
    else:
        cure = CURES[proxy.name.partition(",")[0]]

        def config(site: Site) -> str:
            return cure(proxy.config(site), advice)

        cured = replace(proxy, config=config)
    with _examined(cured, found.server) as after:
        addresses = {
            before.server: after.server,
            **({before.proxy: after.proxy} if before.proxy and after.proxy else {}),
        }
        proven_after = proven(checks, instead=addresses, tries=TRIES)

    assert checks or proxy.opens_tls
    assert not any(found.proven.values()), found.proven
    assert all(proven_after.values()), proven_after
    assert _bad(before)
    assert _bad(after) <= INCURABLE.get(proxy.name, set())
    assert "over a WebSocket" in after.sentence
    if proxy.name == "squid":
        plain = after.observations.plain_upgrade
        assert plain is not None
        assert plain.outcome is Upgrade.WORKS
