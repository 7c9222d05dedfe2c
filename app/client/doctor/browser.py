"""What a browser shows of it: where to look on Transom's own page, and what follows from the words that stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.client.doctor.plan import Plan
from app.client.doctor.report import Report, Verdict
from app.client.doctor.whereabouts import WHOLE_TEST, address

#: The page's words where messages come as they are made, and where they do not.
_LIVE: Final = "“Live” or “Live over server-sent events” at the end, and no “Connection lost” before"
_NOT_LIVE: Final = (
    "“Live by asking again and again” or “Live over padded server-sent events” at the end, or “Connection lost” at any "
    "time"
)
#: Faults of which the page's words say nothing.
_UNSEEN: Final = frozenset({"AUTHORIZATION_STRIPPED", "POLLING_FAILS"})
_COLLEAGUE: Final = "the colleague who made this page"
_ALL_THE_SAME: Final = (
    "If you cannot test: send the letter all the same. Whoever gets it sees in it what the change allows, and decides."
)
#: What to do, where the page comes up.
_WATCHING: Final = (
    "On a user’s PC, close every tab in which Transom is open: a tab goes on with what it found before.",
    "Open Transom there as users do, and in it “Jobs”. If a job runs, wait until it has ended: some faults show only "
    "while nothing happens.",
    "Watch the words at the top right, beside the heading “Jobs”, for a minute. More words may follow those that "
    "are named here, such as “: something on the way refuses WebSockets”; they do not matter.",
)


@dataclass(frozen=True, slots=True)
class Look:
    """What to do in a browser, one step after the other, and each outcome with what follows from it."""

    steps: tuple[str, ...]
    outcomes: tuple[str, ...]


def look_before(report: Report, plan: Plan, *, on_page: bool = True) -> Look:
    """Whether users have what was found elsewhere; `on_page`: for who reads the page, and may have a letter to send."""
    if not _is_usable(report):
        return Look(_opening(report), _outcomes("It comes up", "It does not come up", plan, on_page=on_page))
    if plan.urgent and not is_seen(plan):
        whose = f"Ask {_COLLEAGUE} to make" if on_page else "Make"
        steps = (f"This fault cannot be seen in a browser. {whose} the whole test on that PC (“{WHOLE_TEST}”, below).",)
        return Look(steps, (_ALL_THE_SAME,) if on_page else ())
    return Look(_WATCHING, _outcomes(_LIVE, _NOT_LIVE, plan, on_page=on_page))


def look_afterwards(report: Report, plan: Plan) -> Look:
    """Whether a change has worked; nothing to do where a browser does not show that."""
    if not _is_usable(report):
        return Look(_opening(report), ("It comes up: it worked.",))
    if not is_seen(plan):
        return Look((), ())
    return Look(
        _WATCHING,
        (
            f"{_LIVE}: it worked.",
            f"{_NOT_LIVE}: it has not worked yet. Tell whoever made the change.",
        ),
    )


def is_seen(plan: Plan) -> bool:
    """Whether the page's words show all that is asked for."""
    return all(plan.changes[number - 1].code not in _UNSEEN for number in plan.asked)


def _outcomes(good: str, bad: str, plan: Plan, *, on_page: bool) -> tuple[str, ...]:
    if not plan.urgent:
        whose, end = (f"Ask {_COLLEAGUE} to make", " You are finished.") if on_page else ("Make", "")
        again = f"{whose} the whole test on that PC (“{WHOLE_TEST}”, below)."
        untested = ("If you cannot test: leave everything as it is.",) if on_page else ()
        return (f"{good}: all is well there too.{end}", f"{bad}: something is in the way there. {again}", *untested)
    if not on_page:
        return (f"{bad}: users have the fault.", f"{good}: they do not have it.")
    return (
        f"{bad}: users have the fault. Send the letter.",
        f"{good}: they do not have it. Do not send the letter; tell {_COLLEAGUE}.",
        _ALL_THE_SAME,
    )


def _is_usable(report: Report) -> bool:
    return report.verdict in {Verdict.LIVE, Verdict.POLLING}


def _opening(report: Report) -> tuple[str, ...]:
    return (f"On a user’s PC, open {address(report, named=True)} in the browser. Does the page come up?",)
