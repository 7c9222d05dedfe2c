"""What all of it comes to: the verdict in a sentence, what was tried in a few words, and the findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from app.client.doctor.findings import Findings
from app.client.doctor.machines import FRONTS, nearest_first
from app.client.doctor.observations import Lasting, Live, LiveSeen, Observations, Reached, Upgrade
from app.client.doctor.pacing import Passing
from app.client.doctor.report import Finding, Report, Severity, Tried, Verdict
from app.client.doctor.streams import at_once
from app.client.doctor.upgrades import PATIENCE_SECONDS
from app.client.doctor.ways import Ways, ways_of
from app.client.way import Transport
from app.version import VERSION

_REFUSALS: Final = frozenset({Reached.PROXY_ASKS, Reached.REFUSED, Reached.TRANSOM_REFUSES, Reached.OLD_TRANSOM})
_OVER: Final = {
    Transport.WEBSOCKET: "over a WebSocket",
    Transport.SSE: "over Server-Sent Events",
    Transport.SSE_POST: "over padded Server-Sent Events",
    Transport.POLL: "but only by long polling",
}
#: What the first line says of a finding, the more telling first; {who} did it.
_CLAUSES: Final = {
    "CUT_AFTER_A_TIME": "whatever takes long is cut ({who} does it)",
    "CONNECT_REFUSED": "WebSockets do not get through ({who} refuses `CONNECT`)",
    "UPGRADE_STRIPPED": "WebSockets do not get through ({who} takes the upgrade away)",
    "UPGRADE_REFUSED": "WebSockets do not get through ({who} refuses them)",
    "WEBSOCKET_MUTE": "WebSockets open and stay mute ({who} passes nothing on)",
    "WEBSOCKET_BUFFERED": "what comes over WebSockets is kept back ({who} does it)",
    "WEBSOCKET_BROKEN": "WebSockets break off when they are opened ({who} does it)",
    "STREAMS_HELD": "event streams are held back to their end ({who} does it)",
    "GETS_HELD": "event streams by `GET` are held back ({who} does it)",
    "STREAMS_IN_LUMPS": "event streams come in lumps ({who} gathers them)",
    "COMPRESSED_STREAMS_HELD": "messages come late in browsers ({who} holds event streams back to compress them)",
    "CUT_WHEN_SILENT": "what is silent for a while is cut ({who} does it)",
    "BAD_GATEWAYS": "some requests are not passed on ({who} fails now and then)",
    "AUTHORIZATION_STRIPPED": "nobody can show who they are ({who} takes `Authorization` away)",
}
_MOST_CLAUSES: Final = 2


def conclude(seen: Observations) -> Report:
    """The report on what was seen."""
    ways = ways_of(seen)
    findings = Findings(seen).all()
    return Report(
        server=seen.server,
        proxy=seen.proxy,
        made_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        version=VERSION,
        verdict=_verdict(seen, ways),
        sentence=_sentence(seen, ways, findings),
        findings=tuple(findings),
        tried=tuple(_tried(seen)),
        observations=seen,
    )


def _verdict(seen: Observations, ways: Ways) -> Verdict:
    reached = seen.reach.reached
    if reached is not Reached.TRANSOM:
        return Verdict.REFUSED if reached in _REFUSALS else Verdict.UNREACHABLE
    if ways.live:
        return Verdict.LIVE
    return Verdict.POLLING if ways.best else Verdict.REFUSED


def _sentence(seen: Observations, ways: Ways, findings: list[Finding]) -> str:
    if seen.reach.reached is not Reached.TRANSOM:
        return f"Transom can't be reached from here: {_lowered(findings[0].seen)}"
    if ways.best is None:
        return "Transom answers, but no message of it gets through to here."
    bad = {finding.code for finding in findings if finding.severity is not Severity.GOOD}
    if "CONNECT_REFUSED" in bad:
        # It is the same WebSocket that does not get through.
        bad.discard("UPGRADE_STRIPPED")
    who = _who(seen)
    clauses = [clause for code, clause in _CLAUSES.items() if code in bad][:_MOST_CLAUSES]
    # Who does it is said once.
    said = [clause.format(who=who if not number else "the same, it seems,") for number, clause in enumerate(clauses)]
    if not said:
        others = sum(finding.severity is not Severity.GOOD for finding in findings)
        said = ["nothing is in its way" if not others else "there are things that could be better, listed below"]
    return f"{sentence_begins(ways.best)}; {'; '.join(said)}."


def sentence_begins(way: Transport | None) -> str:
    """The beginning of the first line where messages come that way; None: however they come."""
    return f"Transom works from here, {_OVER[way]}" if way else "Transom works from here"


def _who(seen: Observations) -> str:
    names = [machine.name for machine in nearest_first(seen.machines)]
    if seen.proxy and names and FRONTS.issuperset(machine.program for machine in seen.machines):
        # The proxy itself did not say what it is.
        return f"something on the way, the proxy {seen.proxy} or {' or '.join(names)},"
    if names and not any(machine.sure for machine in seen.machines):
        return f"something on the way, probably {' or '.join(names)},"
    if not names and seen.proxy:
        return f"perhaps the proxy {seen.proxy}"
    if not names:
        return "a machine on the way that could not be identified"
    return f"something on the way, which calls itself {' or '.join(names)},"


def _lowered(sentence: str) -> str:
    # A name keeps its capital.
    return sentence if sentence.startswith("Transom") else sentence[:1].lower() + sentence[1:]


_UPGRADES: Final = {
    Upgrade.WORKS: "works",
    Upgrade.REFUSED: "refused ({status})",
    Upgrade.STRIPPED: "arrives as a plain GET, without its upgrade",
    Upgrade.MUTE: "opens, and nothing comes",
    Upgrade.BUFFERED: "comes in lumps",
    Upgrade.CONNECT_REFUSED: "the proxy refuses CONNECT ({status})",
    Upgrade.BROKEN: "breaks off",
}
_LIVES: Final = {
    Live.WORKS: "works",
    Live.HELD: "held back",
    Live.MUTE: f"held back: nothing of it came in {PATIENCE_SECONDS:g} s",
    Live.REFUSED: "refused ({status})",
    Live.CUT: "cut",
}
_PACED: Final = {
    "get": "Event stream as programs ask for it, uncompressed",
    "get, compressible": "… as browsers ask for it, compression allowed",
    "get, unmarked": "… the same, without the header that Transom always sends",
    "post": "… by POST, uncompressed",
    "get, 1.5 KB": "… by GET, 1.5 KB each",
    "post, 16 KB": "… by POST, 16 KB each",
}


def _tried(seen: Observations) -> list[Tried]:
    reach = seen.reach
    found: list[Tried] = []
    if reach.addresses:
        found.append(Tried("The name", ", ".join(reach.addresses[:3]), True))
    if reach.connect_ms is not None:
        found.append(Tried("Connecting", f"{reach.connect_ms} ms", True))
    if reach.certificate is not None:
        trusted = f"trusted by {reach.trusted_by}" if reach.trusted_by != "nobody" else "not trusted"
        found.append(Tried("Certificate", f"by {reach.certificate.issuer}, {trusted}", reach.trusted_by != "nobody"))
    good = reach.reached is Reached.TRANSOM
    answer = f"Transom {reach.version}, after {reach.answer_ms} ms" if good else str(reach.reached)
    found.append(Tried("The first request", answer, good))
    upgrades = (("WebSocket", seen.websocket), ("WebSocket without CONNECT", seen.plain_upgrade))
    for name, upgrade in upgrades:
        if upgrade is not None:
            outcome = _UPGRADES[upgrade.outcome].format(status=upgrade.status)
            found.append(Tried(name, outcome, upgrade.outcome is Upgrade.WORKS))
    lives: tuple[tuple[str, LiveSeen | None], ...] = (
        ("Server-Sent Events, first messages, uncompressed", seen.sse),
        ("… by POST", seen.sse_post),
        ("… padded, by POST", seen.sse_padded),
        ("Long poll that is answered at once", seen.poll),
    )
    found += [
        Tried(name, _LIVES[live.outcome].format(status=live.status or "no answer"), live.outcome is Live.WORKS)
        for name, live in lives
        if live is not None
    ]
    for name, pacing in seen.pacings.items():
        late = f", up to {pacing.late_seconds:.1f} s late" if pacing.held else ""
        lumps = f", about {pacing.lump_bytes // 1024} KB at a time" if pacing.held and pacing.lump_bytes else ""
        compressed = f", compressed ({pacing.compressed})" if pacing.compressed else ""
        # Transom never leaves the header out: without it a stream may be late, if it is not late with it.
        spared = name == "get, unmarked" and at_once(seen.pacings.get("get"))
        good = pacing.passing is Passing.AT_ONCE or spared
        mind = "; does not matter" if spared and pacing.held else ""
        found.append(Tried(_PACED[name], f"{_passing(pacing.passing)}{late}{lumps}{compressed}{mind}", good))
    lastings = (
        ("Event stream while nothing is said", seen.silent),
        ("Event stream while something is said", seen.busy),
        ("Long poll that has to wait for news", seen.long_poll),
        ("WebSocket while nothing is said", seen.quiet_websocket),
    )
    found += [_lasted(name, lasting) for name, lasting in lastings if lasting is not None]
    if seen.caps is not None:
        caps = seen.caps
        found += [
            Tried("Upload size (body)", f"up to {caps.largest_body // 1024} KB pass", caps.refused_body is None),
            Tried("Addresses", f"up to {caps.longest_address // 1024} KB pass", caps.refused_address is None),
            Tried(
                "PUT, PATCH, DELETE, OPTIONS",
                f"refused: {', '.join(caps.refused_methods)}" if caps.refused_methods else "pass",
                not caps.refused_methods,
            ),
            Tried(
                "Authorization, Last-Event-ID",
                f"lost: {', '.join(caps.lost_headers)}" if caps.lost_headers else "arrive",
                not caps.lost_headers,
            ),
        ]
    return found


def _passing(passing: Passing) -> str:
    return {Passing.UNKNOWN: "not seen to its end", Passing.AT_THE_END: "held back to its end"}.get(
        passing, f"came {passing}"
    )


def _lasted(name: str, lasting: Lasting) -> Tried:
    if lasting.cut_after is None:
        return Tried(name, f"lasted {lasting.asked:g} s, as long as it was watched", True)
    status = f", answered with {lasting.status}" if lasting.status >= 400 else ""
    return Tried(name, f"cut after {lasting.cut_after:.1f} s{status}", False)
