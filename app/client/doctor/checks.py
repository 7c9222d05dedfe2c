"""A test with `curl` for whoever makes a change, who has no Transom: what it shows before, and what afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.client.doctor.observations import Lasting, Reached
from app.client.doctor.report import Finding, Report
from app.client.doctor.whereabouts import address

_UPGRADE: Final = (
    '--http1.1 -H "Connection: Upgrade" -H "Upgrade: websocket" -H "Sec-WebSocket-Version: 13" '
    '-H "Sec-WebSocket-Key: dHJhbnNvbSBkb2N0b3IgMQ=="'
)

_NO_WINDOWS: Final = (
    "its own curl may lack --compressed; use Linux or macOS for this, or look at Transom in the browser."
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line to type, and what it shows."""

    command: str
    #: The same for the command prompt or the PowerShell of Windows; empty where its own `curl` may not be able to.
    windows: str
    #: What stands in its output where the change has worked, and at least how often.
    proof: str
    times: int
    #: The same in words; and what is there as long as nothing has been changed.
    then: str
    now: str

    @property
    def ending(self) -> str:
        """What is said where `curl` ends it by itself, and says so as if it were an error."""
        return " “curl: (28)” at the end is normal: it stops by itself." if " -m " in self.command else ""

    def lines(self) -> tuple[str, str]:
        """What is typed, by the system on which it is."""
        return f"Linux, macOS: {self.command}", f"Windows: {self.windows or _NO_WINDOWS}"


def check_for(finding: Finding, report: Report) -> Check | None:
    """The test for a finding; None where `curl` can't show it."""
    if not _is_reached(report):
        return _reach(report)
    made = _CHECKS.get(finding.code)
    return made(report) if made else None


def check_round(finding: Finding, report: Report) -> Check | None:
    """The same without the proxy that the test was told of: as machines go that make an exception for the server."""
    code, direct = finding.code, replace(report, proxy=None)
    # Nobody opens a tunnel then; what it was wanted for has to work.
    check = _upgrade(direct) if code == "CONNECT_REFUSED" and _is_reached(report) else check_for(finding, direct)
    if check is None:
        return None
    # Where a proxy is told of in the shell too, `curl` would take it.
    unix, windows = (
        re.sub(r"^(curl\S*) ", r'\1 --noproxy "*" ', line, count=1) for line in (check.command, check.windows)
    )
    return replace(check, command=unix, windows=windows)


def _is_reached(report: Report) -> bool:
    return report.observations.reach.reached is Reached.TRANSOM


def _reach(report: Report) -> Check:
    lines = _lines(report, "-sS", "/v1/doctor")
    return Check(*lines, '"method"', 1, 'an answer that begins with {"method"', "another answer, or an error")


def _held(report: Report, options: str = "") -> Check:
    lines = _stream(report, f"-sSN -m 5{options}", "seconds=9&every=1", "number")
    return Check(*lines, "number", 3, "five lines, one each second", "no line, or only one")


def _held_compressed(report: Report) -> Check:
    # Browsers ask for compression, programs do not; the `curl` that Windows has is often built without it.
    return replace(_held(report, " --compressed"), windows="")


def _upgrade(report: Report) -> Check:
    shown = ('grep -aE "^HTTP|hello"', 'findstr /r "^HTTP hello"')
    lines = _lines(report, f"-isSN -m 5 {_UPGRADE}", "/v1/realtime?types=batch_status", *shown, tunnel=True)
    return Check(*lines, "hello", 1, "“101 Switching Protocols”, and a line with “hello” in it", "no “hello”")


def _cut_when_silent(report: Report) -> Check:
    """For as long as the longest that has to pass: to wait as long as is asked for would take an hour."""
    seen = report.observations
    if seen.silent is not None and seen.silent.cut_after is not None:
        lines = _stream(report, "-sSN", "seconds=60&silent_after=0", "number")
        return Check(*lines, "number", 1, "one line, after a minute in which nothing comes", _none(seen.silent))
    where, shown = "/v1/realtime?types=batch_status&heartbeat=50", ("grep -ao ping", "findstr ping")
    lines = _lines(report, f"-sSN -m 60 {_UPGRADE}", where, *shown, tunnel=True)
    return Check(*lines, "ping", 1, "a line with “ping” in it, after a minute", _none(seen.quiet_websocket))


def _cut_after_a_time(report: Report) -> Check:
    lines = _stream(report, "-sSN", "seconds=120&every=5", "true")
    return Check(*lines, "true", 1, "one line, after two minutes", _none(report.observations.busy))


def _connect(report: Report) -> Check:
    seen = report.observations.websocket
    lines = _lines(report, '-sS -o /dev/null -w "%{http_connect}\\n"', "/livez", tunnel=True)
    return Check(*lines, "200", 1, "200", str(seen.status) if seen else "another number")


def _authorization(report: Report) -> Check:
    shown = ('grep -o "authorization.:[a-z]*"', "findstr authorization")
    lines = _lines(report, '-sS -H "Authorization: Bearer test"', "/v1/doctor", *shown)
    return Check(*lines, ":true", 1, "“true” right after “authorization”", "“false” there")


def _poll(report: Report) -> Check:
    where = "/v1/realtime?transport=poll&wait=0"
    lines = _lines(report, '-sS -o /dev/null -w "%{http_code}\\n"', where)
    return Check(*lines, "200", 1, "200", "another number")


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


def _stream(report: Report, options: str, query: str, word: str) -> tuple[str, str]:
    """A stream of known pace; what fills it up, for those who gather, is left out of what is shown."""
    return _lines(report, options, f"/v1/doctor/stream?{query}", f"grep {word}", f"findstr {word}")


def _lines(
    report: Report, options: str, path: str, unix: str = "", windows: str = "", *, tunnel: bool = False
) -> tuple[str, str]:
    """What is typed on Linux and macOS, and on Windows, each with what picks the telling lines out there.

    `tunnel`: as WebSockets go through a proxy.
    """
    by = f"{'-p ' if tunnel else ''}-x {report.proxy} " if report.proxy else ""
    asked = f'{by}{options} "{address(report, named=True)}{path}"'
    picked = [f" | {picks}" if picks else "" for picks in (unix, windows)]
    return f"curl {asked}{picked[0]}", f"curl.exe {asked.replace('/dev/null', 'NUL')}{picked[1]}"
