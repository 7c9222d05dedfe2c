"""A test with `curl` for whoever makes a change, who has no Transom: what it shows before, and what afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.client.doctor.observations import Lasting, Reached
from app.client.doctor.report import Finding, Report
from app.client.doctor.whereabouts import address

_UPGRADE: Final = (
    '--http1.1 -H "Connection: Upgrade" -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" '
    '-H "Sec-WebSocket-Key: dHJhbnNvbSBkb2N0b3IgMQ=="'
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line to type, and what it shows."""

    command: str
    #: What stands in its output where the change has worked, and at least how often.
    proof: str
    times: int
    #: The same in words; and what is there as long as nothing has been changed.
    then: str
    now: str


def check_for(finding: Finding, report: Report) -> Check | None:
    """The test for a finding; None where `curl` can't show it."""
    if report.observations.reach.reached is not Reached.TRANSOM:
        return _reach(report)
    made = _CHECKS.get(finding.code)
    return made(report) if made else None


def _reach(report: Report) -> Check:
    command = f"{_curl(report)} -sS {_at(report, '/v1/doctor')}"
    return Check(command, '"method"', 1, 'an answer that begins with {"method"', "another answer, or an error")


def _held(report: Report, options: str = "") -> Check:
    command = _stream(report, f"-sN -m 5{options}", "seconds=9&every=1", "number")
    return Check(command, "number", 3, "five lines, one each second", "no line, or only one")


def _held_compressed(report: Report) -> Check:
    # Browsers ask for compression, programs do not.
    return _held(report, " --compressed")


def _upgrade(report: Report) -> Check:
    where = _at(report, "/v1/realtime?types=batch_status")
    command = f'{_curl(report, tunnel=True)} -isN -m 5 {_UPGRADE} {where} | grep -aE "^HTTP|hello"'
    return Check(command, "hello", 1, "“101 Switching Protocols”, and a line with “hello” in it", "no “hello”")


def _cut_when_silent(report: Report) -> Check:
    """For as long as the longest that has to pass: to wait as long as is asked for would take an hour."""
    seen = report.observations
    if seen.silent is not None and seen.silent.cut_after is not None:
        command = _stream(report, "-sN", "seconds=60&silent_after=0", "number")
        return Check(command, "number", 1, "one line, after a minute in which nothing comes", _none(seen.silent))
    where = _at(report, "/v1/realtime?types=batch_status&heartbeat=50")
    command = f"{_curl(report, tunnel=True)} -sN -m 60 {_UPGRADE} {where} | grep -ao ping"
    return Check(command, "ping", 1, "one line, after a minute", _none(seen.quiet_websocket))


def _cut_after_a_time(report: Report) -> Check:
    command = _stream(report, "-sN", "seconds=120&every=5", "true")
    return Check(command, "true", 1, "one line, after two minutes", _none(report.observations.busy))


def _connect(report: Report) -> Check:
    seen = report.observations.websocket
    command = f'{_curl(report, tunnel=True)} -s -o /dev/null -w "%{{http_connect}}\\n" {_at(report, "/livez")}'
    return Check(command, "200", 1, "200", str(seen.status) if seen else "another number")


def _authorization(report: Report) -> Check:
    asked = f'-s -H "Authorization: Bearer test" {_at(report, "/v1/doctor")}'
    command = f'{_curl(report)} {asked} | grep -o "authorization.:[a-z]*"'
    return Check(command, ":true", 1, "“true”", "“false”")


def _poll(report: Report) -> Check:
    where = _at(report, "/v1/realtime?transport=poll&wait=0")
    return Check(f'{_curl(report)} -s -o /dev/null -w "%{{http_code}}\\n" {where}', "200", 1, "200", "another number")


_CHECKS: Final[dict[str, Callable[[Report], Check]]] = {
    **dict.fromkeys(("STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS"), _held),
    "COMPRESSED_STREAMS_HELD": _held_compressed,
    **dict.fromkeys(("UPGRADE_STRIPPED", "UPGRADE_REFUSED", "WEBSOCKET_MUTE", "WEBSOCKET_BROKEN"), _upgrade),
    "CUT_WHEN_SILENT": _cut_when_silent,
    "CUT_AFTER_A_TIME": _cut_after_a_time,
    "CONNECT_REFUSED": _connect,
    "AUTHORIZATION_STRIPPED": _authorization,
    "POLLING_FAILS": _poll,
}


def _none(lasting: Lasting | None) -> str:
    cut = lasting.cut_after if lasting else None
    return f"no line, and ends after about {max(1, round(cut))} s" if cut is not None else "no line, and ends sooner"


def _stream(report: Report, options: str, query: str, word: str) -> str:
    """A stream of known pace; what fills it up, for those who gather, is left out of what is shown."""
    return f"{_curl(report)} {options} {_at(report, f'/v1/doctor/stream?{query}')} | grep {word}"


def _at(report: Report, path: str) -> str:
    return f'"{address(report, named=True)}{path}"'


def _curl(report: Report, *, tunnel: bool = False) -> str:
    """`tunnel`: as WebSockets go through a proxy."""
    if not report.proxy:
        return "curl"
    return f"curl{' -p' if tunnel else ''} -x {report.proxy}"
