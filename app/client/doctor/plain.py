"""The report in a person's words: does it work, what do users notice, has anything to be done, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.client.doctor.owners import ways_to
from app.client.doctor.plan import NOTHING, Plan, is_noticed
from app.client.doctor.report import Finding, Report, Verdict
from app.client.doctor.whereabouts import is_elsewhere

#: Each keeps one of two kinds of connection away, and is not noticed where the other kind works.
_ONE_KIND: Final = frozenset(
    {
        "CONNECT_REFUSED",
        "UPGRADE_STRIPPED",
        "UPGRADE_REFUSED",
        "WEBSOCKET_MUTE",
        "WEBSOCKET_BUFFERED",
        "WEBSOCKET_BROKEN",
        "STREAMS_HELD",
        "GETS_HELD",
        "STREAMS_IN_LUMPS",
    }
)
#: For whoever has a letter to send.
NOBODY_KNOWN: Final = (
    "If you do not know who that is, send it to your IT department: the letter asks them to tell you who can do it."
)


class Tone(StrEnum):
    """How bad it is."""

    GOOD = "good"
    LATE = "late"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Plain:
    """What is said first."""

    tone: Tone
    headline: str
    #: What users notice, and nothing else.
    noticed: tuple[str, ...]
    #: What has to be done, and by whom; empty where nothing has.
    to_do: str


def plain(report: Report, plan: Plan) -> Plain:
    """The words for a report."""
    asked = [plan.changes[number - 1] for number in plan.asked]
    # Where users' own way was not looked at, what they notice is not known.
    elsewhere = is_elsewhere(report)
    surely = " probably" if elsewhere else ""
    if report.verdict not in {Verdict.LIVE, Verdict.POLLING}:
        noticed = ("Nobody can watch or start jobs that way.", *(finding.seen for finding in asked))
        return Plain(Tone.BROKEN, "Transom can't be used from here.", noticed, _to_do(report, plan, asked))
    if report.verdict is Verdict.POLLING:
        noticed = (
            "People see what their jobs do up to some seconds late. Nothing is lost, but the server has more work.",
            *(finding.means for finding in asked if finding.code == "AUTHORIZATION_STRIPPED"),
        )
        return Plain(Tone.LATE, f"Transom works, but messages{surely} come late.", noticed, _to_do(report, plan, asked))
    if asked:
        said = tuple(dict.fromkeys(finding.means for finding in asked))
        return Plain(Tone.LATE, f"Transom works, but users{surely} notice a fault.", said, _to_do(report, plan, asked))
    left = "One look on a user’s PC is left." if elsewhere else "You can stop reading."
    return Plain(Tone.GOOD, f"{NOTHING} {left}", tuple(_all_is_well(plan)), "")


def _all_is_well(plan: Plan) -> list[str]:
    said = ["Transom works: people see what their jobs do at once."]
    if any(finding.code in _ONE_KIND for finding in plan.changes):
        said.append(
            "One optional kind of connection does not get through. Nobody notices: messages come another way, just as "
            "soon."
        )
    if special := [finding.means for finding in plan.changes if is_noticed(finding)]:
        said.append(f"Worth knowing: {' '.join(special)}")
    return said


def _to_do(report: Report, plan: Plan, asked: list[Finding]) -> str:
    if len(asked) == 1:
        what = "One thing has to be changed"
    elif plan.either and not plan.needed:
        what = "One of two things has to be changed"
    else:
        what = "Some things have to be changed"
    sent = f"If that is not you, send them the letter below. {NOBODY_KNOWN}"
    how = "Do this, in this order:" if is_elsewhere(report) else sent
    owners = list(dict.fromkeys(way.owner.who for finding in asked for way in ways_to(finding, report)))
    return f"{what}, by {'; or by '.join(owners)}. {how}"
