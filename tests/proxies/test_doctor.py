"""`transom doctor` through every habit of the hostile proxy: it names what it does."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.cli.exit_codes import ExitCode
from app.client.doctor import Report, Severity, Verdict, examine
from app.client.doctor.checks import check_for
from app.client.doctor.owners import ways_to
from tests.proxies.checking import proven_with_and_without
from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode
from tests.proxies.real import REAL_PROXIES, running, server_behind, told_of
from tests.stack import ROOT, Product, start_product

#: Longer than those that cut something wait before they do.
SECONDS: Final = 6.0

#: What each habit is called, and what it leaves.
NAMED: Final[dict[Mode, tuple[str, Verdict]]] = {
    Mode.REFUSE_UPGRADES: ("UPGRADE_REFUSED", Verdict.LIVE),
    Mode.STRIP_UPGRADES: ("UPGRADE_STRIPPED", Verdict.LIVE),
    Mode.MUTE_UPGRADES: ("WEBSOCKET_MUTE", Verdict.LIVE),
    Mode.REFUSE_CONNECT: ("CONNECT_REFUSED", Verdict.LIVE),
    Mode.HOLD_HEADERS: ("HEADERS_HELD", Verdict.LIVE),
    Mode.HOLD_BODIES: ("STREAMS_HELD", Verdict.LIVE),
    Mode.HOLD_GETS: ("GETS_HELD", Verdict.LIVE),
    Mode.LUMPS_1_KB: ("STREAMS_IN_LUMPS", Verdict.LIVE),
    Mode.LUMPS_4_KB: ("STREAMS_IN_LUMPS", Verdict.LIVE),
    Mode.LUMPS_16_KB: ("STREAMS_IN_LUMPS", Verdict.LIVE),
    Mode.COMPRESS: ("COMPRESSED_STREAMS_HELD", Verdict.LIVE),
    Mode.CUT_AFTER: ("CUT_AFTER_A_TIME", Verdict.POLLING),
    Mode.CUT_IDLE: ("CUT_WHEN_SILENT", Verdict.LIVE),
    Mode.HTTP_1_0: ("HTTP_1_0", Verdict.LIVE),
    Mode.AUTHENTICATE: ("PROXY_AUTHENTICATION", Verdict.REFUSED),
    Mode.REFUSE_METHODS: ("METHODS_REFUSED", Verdict.LIVE),
    Mode.LIMIT_BODIES: ("BODY_LIMIT", Verdict.LIVE),
    Mode.LIMIT_ADDRESSES: ("ADDRESS_LIMIT", Verdict.LIVE),
    Mode.STRIP_AUTHORIZATION: ("AUTHORIZATION_STRIPPED", Verdict.LIVE),
    Mode.STRIP_LAST_EVENT_ID: ("LAST_EVENT_ID_STRIPPED", Verdict.LIVE),
    Mode.BAD_GATEWAY: ("BAD_GATEWAYS", Verdict.LIVE),
}
#: Habits that only a proxy has which clients are told of.
TOLD: Final = frozenset({Mode.REFUSE_CONNECT, Mode.AUTHENTICATE})
CUTTING: Final = frozenset({Mode.CUT_AFTER, Mode.CUT_IDLE})


@pytest.fixture(name="product", scope="module")
def _product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running_product = start_product(tmp_path_factory.mktemp("doctor") / "data")
    yield running_product
    running_product.stop()


def _examine(server: str, *, proxy: str | None = None, seconds: float = 0.0) -> Report:
    with told_of(proxy):
        return asyncio.run(examine(server, proxies=proxy is not None, seconds=seconds))


def _bad(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity is not Severity.GOOD}


def test_a_proxy_that_does_nothing_is_not_accused(product: Product) -> None:
    """Nothing is found, nothing is to be changed."""
    with HostileProxy(product.url, Mode.PASS) as proxy:
        report = _examine(proxy.url, seconds=SECONDS)

    assert _bad(report) == set()
    assert report.verdict is Verdict.LIVE
    assert "nothing is in its way" in report.sentence


@pytest.mark.parametrize("mode", NAMED, ids=str)
def test_each_habit_is_named(product: Product, mode: Mode) -> None:
    """As what it is, with what to change, and nothing is said to be lost that is not."""
    code, verdict = NAMED[mode]
    with HostileProxy(product.url, mode) as proxy, HostileProxy(product.url) as other:
        told = mode in TOLD
        report = _examine(
            product.url if told else proxy.url,
            proxy=proxy.url if told else None,
            seconds=SECONDS if mode in CUTTING else 0.0,
        )
        checks = {
            finding.code: check
            for finding in report.findings
            if finding.code == code and (check := check_for(finding, report))
        }
        with_it, without = proven_with_and_without(checks, instead={proxy.url: other.url})

    assert code in _bad(report), report.codes
    assert report.verdict is verdict
    (finding,) = [finding for finding in report.findings if finding.code == code]
    assert finding.seen
    assert finding.means
    assert finding.change
    assert not any(with_it.values())
    assert all(without.values())


def test_several_habits_leave_only_polls(product: Product) -> None:
    """Which is said first, and what to change about either."""
    with HostileProxy(product.url, Mode.REFUSE_UPGRADES, Mode.HOLD_BODIES) as proxy:
        report = _examine(proxy.url)

    assert report.verdict is Verdict.POLLING
    assert {"UPGRADE_REFUSED", "STREAMS_HELD", "NOTHING_LIVE"} <= _bad(report)
    assert "but only by long polling" in report.sentence


def _transom(*arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    command = [sys.executable, "-m", "app.cli.main", "doctor", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_tells_people_and_writes_a_page(product: Product, tmp_path: Path) -> None:
    """The verdict comes first; no line is said twice; the exit code tells a script that there are only polls."""
    page = tmp_path / "page.html"
    with HostileProxy(product.url, Mode.STRIP_UPGRADES, Mode.HOLD_BODIES) as proxy:
        ended = _transom(proxy.url, "--seconds", "0", "--html", str(page))

    assert ended.returncode == ExitCode.POLLING_ONLY, ended.stderr
    assert ended.stdout.startswith("Transom works from here, but only by long polling;")
    assert "Traceback" not in ended.stderr
    findings = ended.stdout.split("\n\n")[2:-1]
    assert len(findings) == len(set(findings))
    assert {"UPGRADE_STRIPPED", "STREAMS_HELD"} <= {finding.splitlines()[0].split()[-1] for finding in findings}
    assert "UPGRADE_STRIPPED" in page.read_text()


def test_the_command_tells_programs_in_json_alone(product: Product) -> None:
    """The report, and nothing beside it."""
    ended = _transom(product.url, "--seconds", "0", "--json")

    report = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (ExitCode.DONE, "")
    assert report["verdict"] == "live"
    assert report["observations"]["caps"]["http_version"] == "1.1"


def test_what_the_server_refuses_is_not_laid_to_a_proxy(product: Product) -> None:
    """It says so itself, and whoever runs the server is asked."""
    nginx = REAL_PROXIES[0]
    if nginx.missing:
        pytest.skip(f"{nginx.missing} is not installed")
    by_another_name = replace(nginx, config=lambda site: nginx.config(site).replace("$http_host", "transom.example"))
    with server_behind(by_another_name, product.url) as server, running(by_another_name, server) as it:
        report = _examine(it.server)

    assert report.codes == {"TRANSOM_REFUSES"}
    assert "HOST_NOT_ALLOWED" in report.sentence
    (way,) = ways_to(report.findings[0], report)
    assert way.owner.who == "whoever runs the Transom server"
    assert "TRANSOM_ALLOWED_HOSTS" in way.what


def test_nobody_there_ends_as_with_other_commands() -> None:
    """With a sentence, and the code for it."""
    ended = _transom("http://127.0.0.1:9")

    assert ended.returncode == ExitCode.UNREACHABLE
    assert ended.stdout.startswith("Transom can't be reached from here: ")
