"""A report of `transom doctor` as text: the verdict first, then what was found, then all that was tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import fill, indent
from typing import Final

from rich.console import Console
from rich.text import Text

from app.client.doctor.browser import look_before
from app.client.doctor.findings import by_whom
from app.client.doctor.plain import plain
from app.client.doctor.plan import Plan, plan_for
from app.client.doctor.report import Finding, Report, Severity, Verdict
from app.client.doctor.whereabouts import (
    ON_A_PC,
    WHOLE_TEST,
    command,
    exception_test,
    how_to_find,
    loopback_warning,
    machine,
    password_note,
    stand_in,
    whole_test,
    whole_test_lines,
)

_MARKS: Final = {
    Severity.SERIOUS: ("✗", "bold red"),
    Severity.MINOR: ("!", "yellow"),
    Severity.GOOD: ("✓", "green"),
}
_VERDICTS: Final = {Verdict.LIVE: "bold green", Verdict.POLLING: "bold yellow"}
#: Longer than this is long for a file, which has no edge.
_FILE_COLUMNS: Final = 120


@contextmanager
def patience(server: str, seconds: float) -> Iterator[None]:
    """Say on a terminal that it takes a while."""
    about = max(seconds, 7) + 3
    with Console(stderr=True).status(f"Examining the way to {server}: about {about:.0f} s"):
        yield


def show_report(report: Report) -> None:
    """Print it."""
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=_FILE_COLUMNS)
    console.print(Text(report.sentence, style=_VERDICTS.get(report.verdict, "bold red")))
    console.print()
    console.print(
        Text(f"Examined: {report.server}" + (f", by way of the proxy {report.proxy}" if report.proxy else ""))
    )
    console.print(Text(f"Examined on the machine: {machine(report)}"))
    usual = _usual(report)
    if usual:
        console.print(Text(f"On the way: {usual}"))
    plan = plan_for(report)
    if warning := loopback_warning(report, asking=plan.urgent):
        console.print(Text(f"Mind: {warning}", style="yellow"))
    words = plain(report, plan)
    console.print()
    console.print(Text(words.headline, style="bold"))
    console.print(Text(" ".join([*words.noticed, plan.advice])))
    for number, finding in enumerate(plan.changes, 1):
        _show(console, finding, usual, number)
    for finding in [*plan.leave, *(each for each in report.findings if each.severity is Severity.GOOD)]:
        _show(console, finding, usual)
    if report.unidentified:
        _show_how_to_find(console, report)
    if plan.success:
        console.print()
        console.print(Text(f"After a change, on {machine(report)}: {command(report)}"), soft_wrap=True)
        if note := password_note(report):
            console.print(Text(note))
        when, line = exception_test(report)
        if line:
            console.print(Text(f"{when} {line}"), soft_wrap=True)
        console.print(Text(plan.success))
    if warning:
        _show_a_pc(console, report, plan)
    console.print()
    widest = max(len(tried.what) for tried in report.tried)
    for tried in report.tried:
        mark, style = _MARKS[Severity.GOOD if tried.good else Severity.MINOR]
        console.print(Text.assemble((mark, style), f" {tried.what:<{widest}}  {tried.outcome}"))


def _usual(report: Report) -> str:
    """Who is behind most of the findings, said once for all of them."""
    usual = by_whom(report.observations.machines, report.proxy)
    return usual if any(finding.by == usual for finding in report.findings) else ""


def _show_how_to_find(console: Console, report: Report) -> None:
    suspects, tests = how_to_find(report)
    console.print()
    console.print(Text("How to find the machine", style="bold"))
    for number, suspect in enumerate(suspects, 1):
        console.print(Text(f"  {number}. {suspect}"))
    for test in tests:
        console.print(Text(f"  - {test}"))


def _show_a_pc(console: Console, report: Report, plan: Plan) -> None:
    look = look_before(report, plan, on_page=False)
    console.print()
    console.print(Text(ON_A_PC, style="bold"))
    console.print(Text(stand_in(report, sending=False)))
    for number, step in enumerate(look.steps, 1):
        console.print(Text(f"  {number}. {step}"))
    for outcome in look.outcomes:
        console.print(Text(f"  - {outcome}"))
    console.print()
    console.print(Text(WHOLE_TEST, style="bold"))
    console.print(Text(whole_test(report)))
    console.print(Text(indent(whole_test_lines(report), "    "), style="cyan"), soft_wrap=True)


def _show(console: Console, finding: Finding, usual: str, number: int | None = None) -> None:
    mark, style = _MARKS[finding.severity]
    numbered = f"{number}. " if number else ""
    console.print()
    console.print(Text.assemble((f"{mark} {numbered}{finding.seen}", style), (f"  {finding.code}", "dim")))
    lines = [finding.means]
    if finding.by and finding.by != usual:
        lines.append(f"By: {finding.by}")
    if finding.change:
        lines.append(f"To change: {finding.change}" if finding.to_do else finding.change)
    for line in lines:
        console.print(Text(indent(fill(line, console.width - 2), "  ")))
    for setting in finding.settings:
        _show_lines(console, f"If it is: {setting.product}", setting.text)
    for snippet in finding.snippets:
        _show_lines(console, snippet.program, snippet.text)


def _show_lines(console: Console, title: str, text: str) -> None:
    console.print(Text(f"  {title}:", style="bold"))
    # Lines to be copied are not broken.
    for line in filter(None, text.splitlines()):
        console.print(Text(f"    {line}", style="cyan"), soft_wrap=True)
