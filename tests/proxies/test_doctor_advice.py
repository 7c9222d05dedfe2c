"""The lines that `transom doctor` gives for a real proxy, put where they say: what was found is gone.

The test that is given with them says so too, and said the opposite before.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.client.doctor import Report, Severity, examine
from app.client.doctor.blocks import blocks_of
from app.client.doctor.checks import check_for
from app.client.doctor.observations import Upgrade
from app.client.doctor.plan import plan_for
from tests.proxies.checking import proven
from tests.proxies.real import REAL_PROXIES, RealProxy, Server, Site, running, server_behind, told_of
from tests.stack import Product, start_product

#: Longer than haproxy lets anything be silent here.
SECONDS: Final = 6.0

#: By `ADD` or `REMOVE` and the code of a finding, and by both and the first words of their place: `in the frontend`.
Advice = dict[tuple[str, str], list[str]]


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


@pytest.mark.parametrize("proxy", REAL_PROXIES, ids=lambda proxy: str(proxy.name))
def test_the_advice_helps(product: Product, proxy: RealProxy, tmp_path: Path) -> None:
    """Something was found before; afterwards nothing is in the way."""
    if proxy.missing:
        pytest.skip(f"{proxy.missing} is not installed")
    with server_behind(proxy, product.url) as server:
        _follow_the_advice(proxy, server, tmp_path)


def _follow_the_advice(proxy: RealProxy, server: Server, tmp_path: Path) -> None:
    with _examined(proxy, server) as before:
        # curl would have to be told first to trust a proxy that opens TLS.
        changes = () if proxy.opens_tls else plan_for(before).changes
        made = {finding.code: check_for(finding, before) for finding in changes}
        checks = {code: check for code, check in made.items() if check}
        proven_before = proven(checks)
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
    with _examined(cured, server) as after:
        addresses = {
            before.server: after.server,
            **({before.proxy: after.proxy} if before.proxy and after.proxy else {}),
        }
        proven_after = proven(checks, instead=addresses)

    assert checks or proxy.opens_tls
    assert not any(proven_before.values()), proven_before
    assert all(proven_after.values()), proven_after
    assert _bad(before)
    assert _bad(after) <= INCURABLE.get(proxy.name, set())
    assert "over a WebSocket" in after.sentence
    if proxy.name == "squid":
        plain = after.observations.plain_upgrade
        assert plain is not None
        assert plain.outcome is Upgrade.WORKS
