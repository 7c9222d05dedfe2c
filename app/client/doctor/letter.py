"""A letter to whoever has to change something, ready to be sent: it needs nothing besides itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.client.doctor.checks import check_for
from app.client.doctor.machines import Program
from app.client.doctor.observations import Reached
from app.client.doctor.owners import ORDER, Way, ways_to
from app.client.doctor.plain import plain
from app.client.doctor.plan import INSPECTION, OF_INSPECTION, Plan
from app.client.doctor.remedies import YOUR_SERVER
from app.client.doctor.report import Finding, Report, Setting, Verdict
from app.client.doctor.telling import Told, action, people, shown, steps
from app.client.doctor.whereabouts import (
    address,
    between,
    front,
    inspector_of,
    is_elsewhere,
    machine,
    stand_in,
    unnamed_proxy,
)

_INDENT = "    "
#: Where an authority of its own vouches for what inspects, a machine may know nothing of it.
_UNTRUSTED = (
    "“curl: (60)” means that this machine does not trust the authority by which encrypted connections are inspected; "
    "the test says nothing then. Type -k right after curl, for this test alone. On Windows, where curl speaks of "
    "revocation, type --ssl-no-revoke there."
)


def letter(report: Report, plan: Plan) -> str:
    """The letter; empty where nobody has to do anything."""
    if not plan.urgent:
        return ""
    words = plain(report, plan)
    parts = [
        "Hello,",
        f"{_whereabouts(report)} {_tested(report)} {words.headline} {' '.join(words.noticed)}",
        _asked(plan),
    ]
    told = Told()
    for number in plan.asked:
        parts.append("\n".join(_change(number, plan, report, told)))
        told.note(number, ways_to(plan.changes[number - 1], report))
    closing = "Please tell me when it is done: we test it then."
    if any(check_for(plan.changes[number - 1], report) for number in plan.asked):
        closing += " So if you cannot type such a test yourself, leave it out."
    parts += [closing, "Thank you."]
    return "\n\n".join(parts).replace("`", "")


def subject(report: Report, plan: Plan) -> str:
    """What the letter is about, in a line; empty where there is none."""
    if not plan.urgent:
        return ""
    machines = between(report)
    known = [machine.name for machine in machines if machine.program is not Program.OTHER or not report.proxy]
    by = inspector_of(report)
    suspected = by and any(plan.changes[number - 1].code in OF_INSPECTION for number in plan.asked)
    if suspected and not any(by.lower() in name.lower() for name in known):
        known.insert(0, by)
    names = " or ".join(["the proxy", *known] if unnamed_proxy(report) and known else known)
    if report.verdict in {Verdict.LIVE, Verdict.POLLING}:
        return f"Please change a setting of {names} for Transom" if names else "Please change a setting for Transom"
    return "Transom cannot be reached"


def _whereabouts(report: Report) -> str:
    """What it is, and who answers there."""
    transom = "Transom, with which people watch jobs (the analysis of films and pictures) while they run,"
    if report.observations.reach.reached is not Reached.TRANSOM:
        return f"{transom} should be reached at {address(report, named=True)}.{_name(report)}"
    first = front(report)
    who = f"something that is {first}" if first.startswith("probably ") else first
    answers = f", where {who} answers and passes requests on to it" if first else ""
    way = f" by way of the proxy {report.proxy}" if report.proxy else ""
    return f"{transom} is reached at {address(report, named=True)}{way}{answers}.{_name(report)}"


def _name(report: Report) -> str:
    return f" ({YOUR_SERVER} is the name that users type.)" if stand_in(report) else ""


def _tested(report: Report) -> str:
    if is_elsewhere(report):
        where = f"on the Transom server itself ({machine(report)}), not yet from a user’s PC"
    else:
        where = f"from the machine {machine(report)}"
    return f"The way to it was tested on {_day(report)} {where}."


def which(plan: Plan) -> str:
    """Which of the changes that are asked for are enough."""
    if len(plan.asked) == 1:
        return "This one change is enough."
    if not plan.either:
        return f"{'Both' if len(plan.asked) == 2 else 'All of them'} are needed."
    parts = [" and ".join(f"change {number}" for number in plan.needed)] if plan.needed else []
    parts.append(f"ONE of change {' or change '.join(map(str, plan.either))}")
    done = " and ".join(parts)
    return f"It is enough if {done} {'are' if ' and ' in done else 'is'} done."


def _asked(plan: Plan) -> str:
    what = "this change" if len(plan.asked) == 1 else "these changes"
    if plan.either and not plan.needed:
        what = "one of these changes"
    return f"Please make {what}, or tell me who can. {which(plan)}"


def _day(report: Report) -> str:
    made = datetime.fromisoformat(report.made_at)
    return f"{made.day} {made:%B %Y, %H:%M} UTC"


def _change(number: int, plan: Plan, report: Report, told: Told) -> Iterator[str]:
    finding = plan.changes[number - 1]
    # A number would be looked for where there is only one.
    numbered = f" {number}" if len(plan.asked) > 1 else ""
    yield f"CHANGE{numbered} (code {finding.code})"
    yield f"What was seen: {finding.seen}"
    ways = ways_to(finding, report)
    if len(ways) > 1:
        yield f"There are {len(ways)} ways to do it. {ORDER}"
    for letter_of, way in zip("ABCDEFGH", ways, strict=False):
        if len(ways) > 1:
            yield f"Way {letter_of}"
        yield from _way(way, told)
    for setting in finding.settings:
        yield from _setting(setting)
    if finding.settings:
        yield "Keep a copy of what you change, restart or reload it afterwards, and put the copy back to undo it."
    yield from _check(finding, report)
    if finding.opens:
        yield f"What it allows: {finding.opens}"


def _check(finding: Finding, report: Report) -> Iterator[str]:
    if check := check_for(finding, report):
        yield "To see whether it worked, type this on any machine that reaches Transom the way users do:"
        yield from (f"{_INDENT}{line}" for line in check.lines())
        yield f"Now it shows {check.now}. After the change: {check.then}.{check.ending}"
        if INSPECTION in report.codes:
            yield _UNTRUSTED


def _way(way: Way, told: Told) -> Iterator[str]:
    yield from (f"{name}: {text}" for name, text in people(way, told))
    yield f"What: {action(way, told)}"
    yield from steps(way, told)
    yield from way.test


def _setting(setting: Setting) -> Iterator[str]:
    yield f"If it is {setting.product}:"
    if not setting.copyable:
        yield f"{_INDENT}{setting.text}"
    else:
        yield from shown(setting.text)
