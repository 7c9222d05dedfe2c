"""Which change comes first, which of them is enough, and what is seen when it worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.client.doctor.conclusions import sentence_begins
from app.client.doctor.remedies import BETTER_ROUND
from app.client.doctor.report import Finding, Report, Severity, Verdict

#: Each of these keeps WebSockets away; event streams are kept away by those of the other set.
WEBSOCKETS: Final = frozenset(
    {
        "UPGRADE_STRIPPED",
        "UPGRADE_REFUSED",
        "WEBSOCKET_MUTE",
        "WEBSOCKET_BUFFERED",
        "WEBSOCKET_BROKEN",
        "CONNECT_REFUSED",
    }
)
_STREAMS: Final = frozenset({"STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS"})
#: That encrypted connections are opened and read; what does that may as well do each of those in the set. A refused
#: `CONNECT` is refused before there is anything to read.
INSPECTION: Final = "TLS_INSPECTED"
OF_INSPECTION: Final = (WEBSOCKETS | _STREAMS | {"COMPRESSED_STREAMS_HELD"}) - {"CONNECT_REFUSED"}
_BRIEF: Final = "CUT_AFTER_A_TIME"
#: Says what the others come to, and has nothing to change that they have not.
_SUM: Final = "NOTHING_LIVE"
_LATE: Final = "Messages come late, for only the last resort (long polling) works."
#: What users may notice all the same, where messages come as they should.
_NOTICED: Final = frozenset(
    {
        "BODY_LIMIT",
        "METHODS_REFUSED",
        "LAST_EVENT_ID_STRIPPED",
        "BAD_GATEWAYS",
        "CUT_WHEN_SILENT",
        "CUT_AFTER_A_TIME",
        INSPECTION,
    }
)
#: For whom the change is that those who watch jobs do not need.
_ONLY_IF: Final = {
    "BODY_LIMIT": "upload files",
    "METHODS_REFUSED": "change or delete something",
    "LAST_EVENT_ID_STRIPPED": "read event streams",
}
#: The headline where there is nothing to do; also how one sees that what was asked for is done.
NOTHING: Final = "Nothing needs to be changed."
_SUCCESS: Final = f"It worked if the test says “{NOTHING}” What it lists besides may stay."
_AND_SEE: Final = "Do 1 first, and let the test be run again: it shows what is left."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: the changes in their order, numbered from 1, and in words where to begin and when to stop."""

    changes: tuple[Finding, ...]
    #: What no setting changes, or nobody needs changed: it is said, and not asked for.
    leave: tuple[Finding, ...]
    advice: str
    #: The numbers of those that users need, and of those of which one is enough.
    needed: tuple[int, ...]
    either: tuple[int, ...]
    #: How one sees that it worked.
    success: str

    @property
    def urgent(self) -> bool:
        """Whether anybody has to do anything."""
        return bool(self.needed or self.either)

    @property
    def asked(self) -> tuple[int, ...]:
        """The numbers of what somebody has to do, in their order."""
        return tuple(sorted({*self.needed, *self.either}))


def plan_for(report: Report) -> Plan:
    """The plan for a report."""
    told = report.proxy is not None
    bad = [finding for finding in report.findings if finding.severity is not Severity.GOOD]
    changes = tuple([finding for finding in bad if finding.to_do and finding.code != _SUM] or bad[:1])
    leave = tuple(finding for finding in bad if not finding.to_do)
    if report.verdict is Verdict.POLLING:
        # What cuts everything comes before what it would cut.
        return _out_of_polling(tuple(sorted(changes, key=lambda finding: finding.code != _BRIEF)), leave, told=told)
    if report.verdict is Verdict.LIVE:
        return _to_the_rest(tuple(finding for finding in changes if finding.to_do), leave, told=told)
    success = f"It worked if the first line of the test begins with “{sentence_begins(None)}”."
    return Plan(changes, leave, f"Nothing gets through at the moment. {_AND_SEE}", (1,), (), success)


def _out_of_polling(changes: Sequence[Finding], leave: tuple[Finding, ...], *, told: bool) -> Plan:
    serious = {
        number: finding.code for number, finding in enumerate(changes, 1) if finding.severity is Severity.SERIOUS
    }
    brief = [number for number, code in serious.items() if code == _BRIEF]
    websockets = [number for number, code in serious.items() if code in WEBSOCKETS]
    streams = [number for number, code in serious.items() if code in _STREAMS]
    ways = [*websockets[:1], *streams[:1]]
    also = [number for number in serious if number not in {*brief, *ways}]
    # Where only the cut is in the way of a kind, to end the cut is enough.
    alone = brief if brief and len(ways) < 2 else ways
    if len(alone) > 1:
        better, other = alone
        advice = (
            f"{_LATE} {f'Do {brief[0]} first, and then' if brief else 'Do'} ONE of {better} or {other}: one of the two "
            f"is enough. {better} is the better, as over a WebSocket messages come soonest and at the least cost; "
            f"where it can't be had, do {other}."
        )
        needed, either = [*brief, *also], alone
    elif alone:
        advice = f"{_LATE} Do {alone[0]} first: it alone is enough for messages to come at once."
        needed, either = [*alone, *also], []
    else:
        advice = f"{_LATE} {_AND_SEE}"
        needed, either = also or [1], []
    if alone and also:
        advice += f" After that do {_listed(also)} too."
    advice += _optional(changes, {*needed, *either}, told=told)
    return Plan(tuple(changes), leave, advice, tuple(needed), tuple(either), _SUCCESS)


def _to_the_rest(changes: Sequence[Finding], leave: tuple[Finding, ...], *, told: bool) -> Plan:
    if not changes:
        said = "Nothing can be done about it, and nobody notices it." if leave else "Nothing stands in the way"
        return Plan((), leave, said if leave else f"{said} of messages from here.", (), (), "")
    needed = [number for number, finding in enumerate(changes, 1) if finding.severity is Severity.SERIOUS]
    if needed:
        one = len(needed) == 1
        first = "Only 1 matters to users: do 1." if one else f"{_listed(needed)} matter to users: do 1 first."
        advice = f"{first}{_optional(changes, set(needed), told=told)}"
        return Plan(tuple(changes), leave, advice, tuple(needed), (), _SUCCESS)
    advice = f"Nothing has to be changed for users.{_optional(changes, set(), told=told)}"
    return Plan(tuple(changes), leave, advice, (), (), _success_of(changes))


def _success_of(changes: Sequence[Finding]) -> str:
    """How one sees that it worked, where nobody had to do it."""
    codes = {finding.code for finding in changes}
    others = codes - WEBSOCKETS - {INSPECTION}
    said = []
    if codes & WEBSOCKETS:
        said.append("It worked if the line “WebSocket” says “works”.")
        if others:
            said.append("What else you changed is done if its code is not listed any more.")
    elif others:
        said.append("It worked if the code of what you changed is not listed any more.")
    if INSPECTION in codes:
        # A private authority behind a proxy is listed as before: only the issuer tells.
        said.append(
            f"After the change for {INSPECTION} look at the line “Certificate”: it worked if the issuer that stands "
            "there is that of the server’s own certificate. Whoever runs the Transom server knows its name."
        )
    return " ".join(said)


def is_noticed(finding: Finding) -> bool:
    """Whether it costs somebody something, if not those who watch jobs with Transom's own page and programs."""
    return finding.severity is not Severity.GOOD and finding.code in _NOTICED


def is_suspect(finding: Finding, changes: Sequence[Finding]) -> bool:
    """Whether it is perhaps what does the others."""
    return finding.code == INSPECTION and any(change.code in OF_INSPECTION for change in changes)


def _optional(changes: Sequence[Finding], asked: set[int], *, told: bool) -> str:
    """What is said of the changes that nobody has to make."""
    rest = [(number, finding) for number, finding in enumerate(changes, 1) if number not in asked]
    suspects = [number for number, finding in rest if is_suspect(finding, changes)]
    rest = [(number, finding) for number, finding in rest if number not in suspects]
    free = [number for number, finding in rest if not is_noticed(finding)]
    own = {number: _ONLY_IF[finding.code] for number, finding in rest if finding.code in _ONLY_IF}
    costly = [number for number, finding in rest if is_noticed(finding) and number not in own]
    said = ""
    for number in suspects:
        # The letter has an exception on the PCs before it: the proxy stays as it is then.
        is_second = told and any(finding.code in BETTER_ROUND for finding in changes)
        when = "right after an exception on the users’ PCs" if is_second else "first"
        done = _listed([each for each, finding in enumerate(changes, 1) if finding.code in OF_INSPECTION])
        said += f" {number} may be the cause of {done}: where it is, {number} alone is enough, so try it {when}."
    if free:
        said += f" {_listed(free)} {_is(free)} optional: users lose nothing without {_it(free)}."
    for number, what in own.items():
        said += (
            f" {number} matters only if you have programs of your own that {what}; if you do not know, leave it as it "
            "is."
        )
    if costly:
        said += f" {_listed(costly)} {_is(costly)} not urgent: little is noticed of {_it(costly)}."
    return said


def _is(numbers: Sequence[int]) -> str:
    return "is" if len(numbers) == 1 else "are"


def _it(numbers: Sequence[int]) -> str:
    return "it" if len(numbers) == 1 else "them"


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
