"""The report as one page that needs nothing else: for whoever runs the proxy, who may know nothing of Transom."""

from __future__ import annotations

import re
from html import escape
from typing import Final
from urllib.parse import urlsplit

from app.client.doctor.report import Finding, Report, Severity, Verdict

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --card: #f4f6f9; --line: #d5dbe3;
  --good: #1a7f4b; --minor: #8a5a00; --serious: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9aa6b5; --paper: #12161c; --card: #1b212a;
  --line: #333d4a; --good: #5fd394; --minor: #e9b44c; --serious: #ff8a80; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 50rem; font: 16px/1.55 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
.verdict { border-left: .35rem solid var(--serious); background: var(--card); padding: 1rem 1.25rem;
  font-size: 1.1rem; }
.verdict.live { border-color: var(--good); } .verdict.polling { border-color: var(--minor); }
.soft, dt { color: var(--soft); }
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
_KINDS: Final = {
    Severity.SERIOUS: "Please change",
    Severity.MINOR: "Better changed",
    Severity.GOOD: "Works, leave it so",
}
_WORDS: Final = (
    (
        "WebSocket",
        "A connection that stays open, over which both sides speak at any time. It begins as an ordinary request with "
        "the headers <code>Connection: Upgrade</code> and <code>Upgrade: websocket</code>, which the server answers "
        "with the status 101. Through a proxy that browsers are told of, they open it with the method "
        "<code>CONNECT</code>.",
    ),
    (
        "Event stream (Server-Sent Events)",
        "An ordinary answer of the type <code>text/event-stream</code> that goes on for minutes: a few lines now and "
        "then. It is of use only if each piece is passed on as it comes.",
    ),
    (
        "Long poll",
        "A request that the server answers when there is something new, or after up to 55 s. It works nearly "
        "everywhere, and is what is left when the other two fail: later, and at more cost.",
    ),
)
_CODE: Final = re.compile(r"`([^`]+)`")


def page_of(report: Report) -> str:
    """The page; nothing on it is loaded from elsewhere, and nothing of it runs."""
    host = urlsplit(report.server).netloc
    bad = [finding for finding in report.findings if finding.severity is not Severity.GOOD]
    good = [finding for finding in report.findings if finding.severity is Severity.GOOD]
    parts = [
        f"<h1>The way to {escape(host)}: what was found, and what to change</h1>",
        f'<p class="verdict {report.verdict}">{_text(report.sentence)}</p>',
        f'<p class="soft">Examined on {escape(report.made_at)} by <code>transom doctor</code> {report.version}, '
        f"from a machine whose users want to reach <code>{escape(report.server)}</code>.</p>",
        "<h2>What this is about</h2>",
        "<p>Transom is a server on which people watch jobs (the analysis of films and pictures) while they run. Their "
        "browsers and programs need messages from it the moment they are made. Machines on the way, such as proxies, "
        "firewalls and load balancers, sometimes hold such messages back, or cut the connection. Then people see "
        "nothing for a while, or see it late. This page says what was seen of that, and which settings help.</p>",
        _way(report, host),
        f"<h2>What to change{'' if bad else ': nothing'}</h2>",
        _summary(report, bad),
        *(_article(finding) for finding in bad),
    ]
    if good:
        parts += ["<h2>What works</h2>", *(_article(finding) for finding in good)]
    rows = "".join(
        f'<tr><td>{_text(tried.what)}</td><td class="{"yes" if tried.good else "no"}">{_text(tried.outcome)}</td></tr>'
        for tried in report.tried
    )
    parts += [
        "<h2>All that was tried</h2>",
        "<p>Small requests of known size, and streams that send something at known times. When each piece arrived "
        "shows what was done to it on the way.</p>",
        f"<table><thead><tr><th>What was tried</th><th>What was seen</th></tr></thead><tbody>{rows}</tbody></table>",
        "<h2>Words</h2>",
        f"<dl>{''.join(f'<dt>{word}</dt><dd>{meaning}</dd>' for word, meaning in _WORDS)}</dl>",
        "<h2>To look again</h2>",
        "<p>After a change, let this be run from the same machine; nothing of what was found should be left:</p>",
        f"<pre>transom doctor {escape(report.server)}</pre>",
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>The way to {escape(host)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _way(report: Report, host: str) -> str:
    """Who stands where, as a row of boxes."""
    between = [machine.name for machine in report.observations.machines]
    if report.proxy and not between:
        between = [f"the proxy {report.proxy}"]
    if not between and report.verdict is not Verdict.UNREACHABLE:
        bad = any(finding.severity is not Severity.GOOD for finding in report.findings)
        between = ["something that does not give its name"] if bad else []
    boxes = '<li class="arrow">→</li>'.join(
        f"<li>{escape(name)}</li>" for name in ("browsers and programs", *between, f"Transom at {host}")
    )
    evidence = "".join(
        f"<li><b>{escape(machine.name)}</b>: {_text(machine.evidence)}</li>" for machine in report.observations.machines
    )
    known = f"<p>How that is known:</p><ul>{evidence}</ul>" if evidence else ""
    return f'<h2>Who stands between</h2><ul class="way">{boxes}</ul>{known}'


def _summary(report: Report, bad: list[Finding]) -> str:
    if not bad:
        return "<p>Nothing stands in the way of messages from here.</p>"
    if report.verdict is Verdict.LIVE:
        return "<p>Messages get through in time, for there is a way that works. These changes open the others.</p>"
    if report.verdict is Verdict.POLLING:
        return (
            "<p>Messages get through late, for only the last resort works. One change that lets WebSockets or event "
            "streams through is enough; the more serious come first.</p>"
        )
    return "<p>Nothing gets through at the moment. This has to be changed:</p>"


def _article(finding: Finding) -> str:
    entries = [("What it means for users", finding.means), ("By what", finding.by), ("What to change", finding.change)]
    listed = "".join(f"<dt>{name}</dt><dd>{_text(text)}</dd>" for name, text in entries if text)
    snippets = "".join(
        f"<dt>Lines for {escape(snippet.program)}</dt><dd><pre>{escape(snippet.text)}</pre></dd>"
        for snippet in finding.snippets
    )
    return (
        f'<article class="{finding.severity}"><h3><span class="kind">{_KINDS[finding.severity]}:</span> '
        f'{_text(finding.seen)}</h3><dl>{listed}{snippets}</dl><p class="soft"><code>{escape(finding.code)}</code></p>'
        "</article>"
    )


def _text(text: str) -> str:
    """Words with `code` in them."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
