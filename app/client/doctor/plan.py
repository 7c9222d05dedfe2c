"""Which change comes first, which of them is enough, and what is seen when it worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.client.doctor.conclusions import sentence_begins
from app.client.doctor.report import Finding, Report, Severity, Verdict
from app.client.doctor.ways import ways_of
from app.client.way import Transport

#: Each of these keeps WebSockets away; event streams are kept away by those of the other set.
_WEBSOCKETS: Final = frozenset(
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
_BRIEF: Final = "CUT_AFTER_A_TIME"
#: Says what the others come to, and has nothing to change that they have not.
_SUM: Final = "NOTHING_LIVE"
_LATE: Final = "Messages come late, for only the last resort (long polling) works."
_AND_SEE: Final = "Do 1 first, and let the test be run again: it shows what is left."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: the changes in their order, numbered from 1, and in words where to begin and when to stop."""

    changes: tuple[Finding, ...]
    advice: str
    #: The numbers of those that users need, and of those of which one is enough.
    needed: tuple[int, ...]
    either: tuple[int, ...]
    #: How one sees that it worked.
    success: str


def plan_for(report: Report) -> Plan:
    """The plan for a report."""
    bad = [finding for finding in report.findings if finding.severity is not Severity.GOOD]
    changes = tuple([finding for finding in bad if finding.code != _SUM] or bad)
    if report.verdict is Verdict.POLLING:
        # What cuts everything comes before what it would cut.
        return _out_of_polling(tuple(sorted(changes, key=lambda finding: finding.code != _BRIEF)))
    if report.verdict is Verdict.LIVE:
        return _to_the_rest(report, changes)
    success = f"It worked if the first line begins with “{sentence_begins(None)}”."
    return Plan(changes, f"Nothing gets through at the moment. {_AND_SEE}", (1,), (), success)


def _out_of_polling(changes: Sequence[Finding]) -> Plan:
    serious = {
        number: finding.code for number, finding in enumerate(changes, 1) if finding.severity is Severity.SERIOUS
    }
    brief = [number for number, code in serious.items() if code == _BRIEF]
    websockets = [number for number, code in serious.items() if code in _WEBSOCKETS]
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
    advice += _optional([number for number in range(1, len(changes) + 1) if number not in {*needed, *either}])
    begins = " or ".join(f"“{sentence_begins(way)}”" for way in (Transport.WEBSOCKET, Transport.SSE))
    success = f"It worked if the first line begins with {begins}. What is listed below it is then no longer urgent."
    return Plan(tuple(changes), advice, tuple(needed), tuple(either), success)


def _to_the_rest(report: Report, changes: Sequence[Finding]) -> Plan:
    if not changes:
        return Plan((), "Nothing stands in the way of messages from here.", (), (), "")
    in_time = f"{sentence_begins(ways_of(report.observations).best)}: messages get through."
    needed = [number for number, finding in enumerate(changes, 1) if finding.severity is Severity.SERIOUS]
    if needed:
        only = "Only 1 matters" if len(needed) == 1 else f"{_listed(needed)} matter"
        rest = [number for number in range(1, len(changes) + 1) if number not in needed]
        advice = f"{in_time} {only} to users: do 1 first.{_optional(rest)}"
    else:
        advice = f"{in_time} Nothing has to be changed for users. If anything is, do 1 first; all of it is optional."
    success = (
        f"It worked if `{changes[0].code}` (change 1) is not listed any more. When all is changed, the first line is "
        f"“{sentence_begins(Transport.WEBSOCKET)}; nothing is in its way.”"
    )
    return Plan(tuple(changes), advice, tuple(needed), (), success)


def _optional(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    return f" {_listed(numbers)} {'is' if len(numbers) == 1 else 'are'} optional."


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
