"""A letter to whoever has to change something, ready to be sent: it needs nothing besides itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.client.doctor.observations import Reached
from app.client.doctor.owners import Way, ways_to
from app.client.doctor.plain import plain
from app.client.doctor.plan import Plan
from app.client.doctor.remedies import Site
from app.client.doctor.report import Finding, Report, Setting
from app.client.doctor.telling import Told, action, people, shown, steps
from app.client.doctor.whereabouts import command, machine

_INDENT = "    "


def letter(report: Report, plan: Plan) -> str:
    """The letter; empty where nobody has to do anything."""
    if not plan.urgent:
        return ""
    site = Site.of(report.server, told=report.proxy is not None)
    words = plain(report, plan)
    there = "runs" if report.observations.reach.reached is Reached.TRANSOM else "should run"
    about = (
        f"Hello,\n\nTransom, with which people watch jobs (the analysis of films and pictures) while they run, {there} "
        f"on our server {site.name}, port {site.port}. The way to it was tested on {_day(report)} from the machine "
        f"{machine(report)}. {words.headline} {' '.join(words.noticed)}"
    )
    parts = [about, _asked(plan)]
    told = Told()
    for number in plan.asked:
        parts.append("\n".join(_change(number, plan.changes[number - 1], report, told)))
        told.note(number, ways_to(plan.changes[number - 1], report))
    again = command(report, named=True)
    parts += [
        f"To check it afterwards (or tell me when it is done, and I do):\n{_INDENT}{again}\n{plan.success}",
        "Thank you.",
    ]
    return "\n\n".join(parts).replace("`", "")


def which(plan: Plan) -> str:
    """Which changes are enough; the rest may stay."""
    parts = [" and ".join(f"change {number}" for number in plan.needed)] if plan.needed else []
    if plan.either:
        parts.append(f"ONE of change {' or change '.join(map(str, plan.either))}")
    done = " and ".join(parts)
    rest = "; the rest may stay" if len(plan.changes) > len(plan.needed) + min(1, len(plan.either)) else ""
    return f"It is enough if {done} {'are' if ' and ' in done else 'is'} done{rest}."


def _asked(plan: Plan) -> str:
    what = "this change" if len(plan.asked) == 1 else "these changes"
    if plan.either and not plan.needed:
        what = "one of these changes"
    return f"Please make {what}, or tell me who can. {which(plan)}"


def _day(report: Report) -> str:
    made = datetime.fromisoformat(report.made_at)
    return f"{made.day} {made:%B %Y, %H:%M} UTC"


def _change(number: int, finding: Finding, report: Report, told: Told) -> Iterator[str]:
    yield f"CHANGE {number} (code {finding.code})"
    yield f"What was seen: {finding.seen}"
    ways = ways_to(finding, report)
    if len(ways) > 1:
        yield f"There are {len(ways)} ways to do it. One is enough; the safest comes first."
    for letter_of, way in zip("ABCDEFGH", ways, strict=False):
        if len(ways) > 1:
            yield f"Way {letter_of}"
        yield from _way(way, told)
    for setting in finding.settings:
        yield from _setting(setting)
    if finding.settings:
        yield "Keep a copy of what you change, restart or reload it afterwards, and put the copy back to undo it."
    if finding.opens:
        yield f"What it allows: {finding.opens}"


def _way(way: Way, told: Told) -> Iterator[str]:
    yield from (f"{name}: {text}" for name, text in people(way, told))
    yield f"What: {action(way, told)}"
    yield from steps(way, told)


def _setting(setting: Setting) -> Iterator[str]:
    yield f"If it is {setting.product}:"
    if not setting.copyable:
        yield f"{_INDENT}{setting.text}"
    else:
        yield from shown(setting.text)
