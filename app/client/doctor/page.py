"""The report as one page that needs nothing else: for whoever runs the proxy, who may know nothing of Transom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import urlsplit

from app.client.doctor.browser import Look, look_afterwards, look_before
from app.client.doctor.glossary import WORDS
from app.client.doctor.letter import letter, subject
from app.client.doctor.machines import Program
from app.client.doctor.owners import ORDER, Way, ways_to
from app.client.doctor.plain import NOBODY_KNOWN, Tone, plain
from app.client.doctor.plan import WEBSOCKETS, Plan, is_noticed, is_suspect, plan_for
from app.client.doctor.report import Finding, Report, Setting, Severity, Tried, Verdict
from app.client.doctor.telling import Told, action, people, shown, steps
from app.client.doctor.whereabouts import (
    ON_A_PC,
    TWO_MINUTES,
    WHOLE_TEST,
    between,
    command,
    exception_test,
    front,
    how_to_find,
    is_elsewhere,
    late_all_the_same,
    loopback_warning,
    machine,
    password_note,
    stand_in,
    unnamed_proxy,
    whole_test,
    whole_test_lines,
)

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --card: #f4f6f9; --line: #d5dbe3;
  --good: #1a7f4b; --minor: #8a5a00; --serious: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9aa6b5; --paper: #12161c; --card: #1b212a;
  --line: #333d4a; --good: #5fd394; --minor: #e9b44c; --serious: #ff8a80; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 50rem; font: 16px/1.55 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
.plain { border: 2px solid var(--minor); border-radius: .5rem; background: var(--card); padding: 1rem 1.25rem;
  font-size: 1.1rem; }
.plain.good { border-color: var(--good); } .plain.broken { border-color: var(--serious); }
.plain h1 { margin: 0 0 .5rem; } .plain p { margin: .5rem 0; }
.letter, .steps { white-space: pre-wrap; overflow-wrap: anywhere; }
.soft, dt { color: var(--soft); } a { color: inherit; }
.way { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; list-style: none; padding: 0; }
.way li { border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .8rem; background: var(--card); }
.way li.arrow { border: 0; background: none; padding: 0; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0; }
article .kind { font-weight: 600; } .serious .kind, .no { color: var(--serious); } .minor .kind { color: var(--minor); }
.good .kind, .yes { color: var(--good); }
dl { margin: 0; } dt { font-size: .85rem; margin-top: .6rem; } dd { margin: 0; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem;
  overflow-x: auto; font-size: .875rem; line-height: 1.45; }
code { font-size: .9em; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
@media print { body { padding: 0; } article { break-inside: avoid; } }
"""
_LEGEND: Final = (
    "<p>The codes in capitals are always the same for the same finding: quote them when you ask for help.</p>"
)
#: Who does these is known from what was found itself, such as a certificate, and not from who stands between.
_NAMED_BY_THEMSELVES: Final = frozenset({"TLS_INSPECTED"})
_CUTS: Final = frozenset({"CUT_WHEN_SILENT", "CUT_AFTER_A_TIME"})
_HELD: Final = frozenset({"STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS", "CUT_AFTER_A_TIME"})
_COMPRESSED: Final = _HELD | {"COMPRESSED_STREAMS_HELD", "STREAMS_COMPRESSED"}
#: By the beginning of the name of what was tried, of which findings it is what was seen; the first that fits counts.
_SEEN_AS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("Certificate", frozenset({"CERTIFICATE_NOT_TRUSTED", "TLS_INSPECTED"})),
    ("WebSocket without", frozenset({"UPGRADE_STRIPPED"})),
    ("WebSocket while", _CUTS),
    ("WebSocket", WEBSOCKETS | {"CUT_AFTER_A_TIME"}),
    ("Server-Sent Events", _HELD),
    ("Event stream as programs", _HELD),
    ("Event stream while", _CUTS),
    ("… as browsers", _COMPRESSED),
    ("… the same", _COMPRESSED),
    ("… ", _HELD),
    ("Long poll that is answered", frozenset({"POLLING_FAILS"})),
    ("Long poll that has to wait", _CUTS | {"POLLS_CUT"}),
    ("Upload size", frozenset({"BODY_LIMIT"})),
    ("Addresses", frozenset({"ADDRESS_LIMIT"})),
    ("PUT, PATCH", frozenset({"METHODS_REFUSED"})),
    ("Authorization, Last-Event-ID", frozenset({"AUTHORIZATION_STRIPPED", "LAST_EVENT_ID_STRIPPED"})),
)
_SPARED: Final = "; does not matter"
_DONE: Final = "When they answer that it is done"
_CODE: Final = re.compile(r"`([^`]+)`")


def page_of(report: Report) -> str:
    """The page; nothing on it is loaded from elsewhere, and nothing of it runs."""
    host = urlsplit(report.server).netloc
    plan = plan_for(report)
    parts = [_plain(report, plan)]
    if is_elsewhere(report):
        parts += [f'<h2 id="pc">{ON_A_PC}</h2>', _look(look_before(report, plan))]
    if words := letter(report, plan):
        parts += [
            '<h2 id="letter">The letter, to be copied into a mail</h2>',
            f"<p>Its subject: <b>{escape(subject(report, plan))}</b></p>",
            f'<pre class="letter">{escape(words)}</pre>',
        ]
    parts += [
        "<h2>For those who know networks</h2>",
        f"<p>{_text(report.sentence)}</p>",
        f'<p class="soft">Examined on {escape(report.made_at)} by <code>transom doctor</code> {report.version}, on the '
        f"machine <b>{escape(machine(report))}</b>, on the way to <code>{escape(report.server)}</code>.</p>",
        _way(report, host),
        *_changes(report, plan),
    ]
    if report.unidentified:
        parts += _finding_it(report)
    if plan.leave:
        parts.append("<h2>What cannot or need not be changed</h2>")
        parts += [_article(finding, "Nothing to do") for finding in plan.leave]
    good = [finding for finding in report.findings if finding.severity is Severity.GOOD]
    if good:
        parts += ["<h2>What works</h2>", *(_article(finding, "Works, leave it so", "") for finding in good)]
    parts += [*_all_tried(report, plan), *_again(report, plan), *_whole(report)]
    parts += ["<h2>Words</h2>", f"<dl>{''.join(f'<dt>{word}</dt><dd>{meaning}</dd>' for word, meaning in WORDS)}</dl>"]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>The way to {escape(host)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _plain(report: Report, plan: Plan) -> str:
    """What everybody understands."""
    words = plain(report, plan)
    said = [" ".join(words.noticed), loopback_warning(report, asking=plan.urgent), words.to_do]
    shown = "".join(f"<p>{_text(each)}</p>" for each in said if each)
    if words.tone is Tone.GOOD:
        shown += f"<p>{_text(late_all_the_same(report))}</p>"
    if plan.urgent:
        if is_elsewhere(report):
            shown += f"<ol>{_listed(_in_order(report))}</ol>"
        shown += f"<p>How to see whether it has worked: “{_DONE}”, below.</p>"
    for place, name in (("pc", f"“{ON_A_PC}”"), ("letter", "the letter below"), ("done", f"“{_DONE}”")):
        shown = shown.replace(name, f'<a href="#{place}">{name}</a>')
    return f'<section class="plain {words.tone}"><h1>{_text(words.headline)}</h1>{shown}</section>'


def _in_order(report: Report) -> list[str]:
    """What is done with a letter, where users' own way was not looked at yet."""
    test = f"Test on a user’s PC: “{ON_A_PC}”, below. {TWO_MINUTES}"
    send = f"Send it to whoever has to make the change, with the subject that stands above it. {NOBODY_KNOWN}"
    return [each for each in (test, stand_in(report), send) if each]


def _look(look: Look) -> str:
    """What to do in a browser, and what follows."""
    steps = (
        f"<ol>{_listed(look.steps)}</ol>"
        if len(look.steps) > 1
        else "".join(f"<p>{_text(step)}</p>" for step in look.steps)
    )
    return f"{steps}<ul>{_listed(look.outcomes)}</ul>" if look.outcomes else steps


def _listed(entries: Iterable[str]) -> str:
    return "".join(f"<li>{_text(entry)}</li>" for entry in entries)


def _changes(report: Report, plan: Plan) -> list[str]:
    if not plan.changes:
        return [f"<p>{_text(plan.advice)}</p>"]
    title = "The changes, one by one" if plan.urgent else "What could be better; none of it is needed"
    articles: list[str] = []
    told = Told()
    for number, finding in enumerate(plan.changes, 1):
        kind = "Not urgent" if is_noticed(finding) else "Optional"
        kind = "Perhaps the cause" if is_suspect(finding, plan.changes) else kind
        ways = ways_to(finding, report)
        if number in plan.asked:
            kind, how = "Please change", "<dt>What to change</dt><dd>Who, where and how: in the letter above.</dd>"
        else:
            how = _how(finding, ways, told)
        articles.append(_article(finding, f"{number}. {kind}", how))
        told.note(number, ways)
    said = [plan.advice, "" if plan.urgent else stand_in(report, sending=False)]
    return [f"<h2>{title}</h2>", *(f"<p>{_text(each)}</p>" for each in said if each), _LEGEND, *articles]


def _all_tried(report: Report, plan: Plan) -> list[str]:
    rows = "".join(_row(tried, plan) for tried in report.tried)
    return [
        "<h2>All that was tried</h2>",
        "<p>Small requests of known size, and streams that send something at known times. When each piece arrived "
        "shows what was done to it on the way.</p>",
        f"<table><thead><tr><th>What was tried</th><th>What was seen</th></tr></thead><tbody>{rows}</tbody></table>",
    ]


def _row(tried: Tried, plan: Plan) -> str:
    """What was seen; it stands out where somebody has to do something about it."""
    shown, tone = tried.outcome, "yes" if tried.good else "no"
    seen_as = next((codes for name, codes in _SEEN_AS if tried.what.startswith(name)), frozenset[str]())
    # What is none of these, such as the first request, is asked for whenever it fails.
    asked = {plan.changes[number - 1].code for number in plan.asked}
    if not tried.good and seen_as and not asked & seen_as:
        tone = "soft"
        codes = [finding.code for finding in plan.changes if finding.code in seen_as and is_noticed(finding)]
        if codes:
            shown += f"; see {' and '.join(codes)}"
        elif not shown.endswith(_SPARED):
            shown += _SPARED
    return f'<tr><td>{_text(tried.what)}</td><td class="{tone}">{_text(shown)}</td></tr>'


def _again(report: Report, plan: Plan) -> list[str]:
    """How to look again after a change: in a browser, and by the whole test."""
    if not plan.changes:
        return []
    whole = f"run this on the same machine, <b>{escape(machine(report))}</b>:</p><pre>{escape(command(report))}</pre>"
    if note := password_note(report):
        whole += f"<p>{_text(note)}</p>"
    when, line = exception_test(report)
    if line:
        whole += f"<p>{_text(when)}</p><pre>{escape(line)}</pre>"
    success = f"<p>{_text(plan.success)}</p>" if plan.success else ""
    if not plan.urgent:
        on_pcs = f"<p>After one on users’ PCs, see there: “{WHOLE_TEST}”.</p>" if is_elsewhere(report) else ""
        return ["<h2>To test again</h2>", f"<p>After a change, {whole}", success, on_pcs]
    look = look_afterwards(report, plan)
    whose = (
        "<p>To be sure, ask the colleague who made this page to"
        if look.steps
        else "<p>Ask the colleague who made this page to"
    )
    return [f'<h2 id="done">{_DONE}</h2>', _look(look), f"{whose} {whole}", success]


def _whole(report: Report) -> list[str]:
    """The test itself, where users are."""
    if not is_elsewhere(report):
        return []
    return [
        f"<h2>{WHOLE_TEST}</h2>",
        f"<p>{_text(whole_test(report))}</p>",
        f"<pre>{escape(whole_test_lines(report))}</pre>",
    ]


def _way(report: Report, host: str) -> str:
    """Who stands where, as a row of boxes."""
    machines = between(report)
    if proxy := unnamed_proxy(report):
        # What is none of the kinds that are known may be the proxy itself.
        machines = [machine for machine in machines if machine.program is not Program.OTHER]
    names = [machine.name if machine.sure else f"probably {machine.name}" for machine in machines]
    if proxy:
        names.insert(0, proxy)
    if not names and report.verdict is not Verdict.UNREACHABLE:
        bad = any(finding.severity is not Severity.GOOD for finding in report.findings)
        names = ["a machine that could not be identified"] if bad else []
    last = f"Transom at {host}"
    if first := front(report):
        names, last = [f"{first} (answers at {host})"], "Transom"
    boxes = '<li class="arrow">→</li>'.join(
        f"<li>{escape(name)}</li>" for name in ("browsers and programs", *names, last)
    )
    evidence = "".join(
        f"<li><b>{escape(machine.name)}</b>: {_text(machine.evidence)}</li>" for machine in report.observations.machines
    )
    known = f"<p>How that is known:</p><ul>{evidence}</ul>" if evidence else ""
    return f'<ul class="way">{boxes}</ul>{known}'


def _article(finding: Finding, kind: str, how: str | None = None) -> str:
    """One finding; `how` its change is made, where it has one."""
    entries = [("What it means for users", finding.means)]
    if how is None:
        entries.append(("What to do", finding.change))
    elif finding.code in _NAMED_BY_THEMSELVES:
        entries.append(("By what", finding.by))
    listed = "".join(f"<dt>{name}</dt><dd>{_text(text)}</dd>" for name, text in entries if text)
    opens = f"<dt>What that opens, and what not</dt><dd>{_text(finding.opens)}</dd>" if finding.opens else ""
    return (
        f'<article class="{finding.severity}"><h3><span class="kind">{kind}:</span> {_text(finding.seen)}</h3>'
        f'<dl>{listed}{how or ""}{opens}</dl><p class="soft">Code, to quote to support: '
        f"<code>{escape(finding.code)}</code></p></article>"
    )


def _how(finding: Finding, ways: list[Way], told: Told) -> str:
    """Who changes it, where and how; where there is more than one way, as a list."""
    settings = "".join(map(_setting, finding.settings))
    if len(ways) == 1:
        return f"<dt>What to change</dt><dd>{_owned(ways[0], told)}</dd>{settings}"
    listed = "".join(f"<li>{_owned(way, told)}</li>" for way in ways)
    return f"<dt>What to change: {len(ways)} ways. {ORDER}</dt><dd><ol>{listed}</ol></dd>{settings}"


def _owned(way: Way, told: Told) -> str:
    who = " ".join(f"<b>{name}:</b> {_text(text)}." for name, text in people(way, told))
    lines = "\n".join([*steps(way, told), *way.test])
    return f"<p>{who}</p><p>{_text(action(way, told))}</p>{_pre(lines)}"


def _setting(setting: Setting) -> str:
    lines = "\n".join(shown(setting.text))
    what = _pre(lines) if setting.copyable else _text(setting.text)
    return f"<dt>If it is: {escape(setting.product)}</dt><dd>{what}</dd>"


def _pre(lines: str) -> str:
    return f'<pre class="steps">{escape(lines)}</pre>' if lines else ""


def _finding_it(report: Report) -> list[str]:
    """Where to look for a machine that nobody could name."""
    suspects, tests = how_to_find(report)
    return [
        "<h2>How to find the machine</h2>",
        "<p>Nothing on the way said who it is. The likeliest first:</p>",
        f"<ol>{''.join(f'<li>{_text(each)}</li>' for each in suspects)}</ol>",
        "<p>A test from a second spot tells which of them it is:</p>",
        f"<ul>{''.join(f'<li>{_text(each)}</li>' for each in tests)}</ul>",
    ]


def _text(text: str) -> str:
    """Words with `code` in them."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
