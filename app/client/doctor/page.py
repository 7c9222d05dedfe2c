"""The report as one page that needs nothing else: for whoever runs the proxy, who may know nothing of Transom."""

from __future__ import annotations

import re
from html import escape
from typing import Final
from urllib.parse import urlsplit

from app.client.doctor.letter import letter
from app.client.doctor.plan import plan_for
from app.client.doctor.report import Finding, Report, Setting, Severity, Verdict
from app.client.doctor.whereabouts import command, how_to_find, loopback_warning, machine

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
.warning { border: 1px solid var(--serious); border-radius: .4rem; padding: .75rem 1rem; }
.letter { white-space: pre-wrap; }
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
_LEGEND: Final = (
    "<p>“Please change” is what users notice. “Better changed” is optional: users hardly notice it. The codes in "
    "capitals are always the same for the same finding: quote them when you ask for help.</p>"
)
_WORDS: Final = (
    (
        "Proxy",
        "A machine or a program that takes requests and passes them on to the server. Some stand before the users (web "
        "filters, secure web gateways), some before the server (nginx, Apache, HAProxy, load balancers).",
    ),
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
    (
        "GET and POST",
        "The two usual kinds of requests: <code>GET</code> asks for something, <code>POST</code> sends something "
        "along.",
    ),
    (
        "Body",
        "The content of a request or an answer, after its headers. The body of a request is what is uploaded.",
    ),
    (
        "Via, Server",
        "Headers (lines before the content) in which proxies and servers may say who they are. Transom writes neither.",
    ),
    (
        "403, 413, 504",
        "Statuses of answers: 403 is “not allowed”, 413 “too large”, 504 “the server did not answer in time”, said by "
        "a machine before it.",
    ),
    ("Time-out", "How long a machine waits before it gives up and cuts a connection."),
    ("Silent", "Nothing is sent for a while, such as by a job that has nothing to say. The connection is sound."),
    (
        "Buffering",
        "Gathering an answer and passing it on later, in one piece. The header <code>X-Accel-Buffering: no</code>, "
        "which Transom sends, asks proxies not to do that; nginx obeys it.",
    ),
)
_CODE: Final = re.compile(r"`([^`]+)`")


def page_of(report: Report) -> str:
    """The page; nothing on it is loaded from elsewhere, and nothing of it runs."""
    host = urlsplit(report.server).netloc
    plan = plan_for(report)
    warning = loopback_warning(report)
    good = [finding for finding in report.findings if finding.severity is Severity.GOOD]
    parts = [
        f"<h1>The way to {escape(host)}: what was found, and what to change</h1>",
        f'<p class="verdict {report.verdict}">{_text(report.sentence)}</p>',
        *([f'<p class="warning"><b>Mind:</b> {_text(warning)}</p>'] if warning else []),
        f'<p class="soft">Examined on {escape(report.made_at)} by <code>transom doctor</code> {report.version}, on the '
        f"machine <b>{escape(machine(report))}</b>, on the way to <code>{escape(report.server)}</code>.</p>",
        "<h2>What this is about</h2>",
        "<p>Transom is a server on which people watch jobs (the analysis of films and pictures) while they run. Their "
        "browsers and programs need messages from it the moment they are made. Machines on the way, such as proxies, "
        "firewalls and load balancers, sometimes hold such messages back, or cut the connection. Then people see "
        "nothing for a while, or see it late. This page says what was seen of that, and which settings help.</p>",
        _way(report, host),
        f"<h2>What to change{'' if plan.changes else ': nothing'}</h2>",
        f"<p><b>{_text(plan.advice)}</b></p>",
        *([_LEGEND] if plan.changes else []),
        *(_article(finding, number) for number, finding in enumerate(plan.changes, 1)),
    ]
    if report.unidentified:
        parts += _finding_it(report)
    if words := letter(report, plan):
        parts += ["<h2>To send to the network team or the provider</h2>", f'<pre class="letter">{escape(words)}</pre>']
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
        f"<p>After a change, run this on the same machine, <b>{escape(machine(report))}</b>:</p>",
        f"<pre>{escape(command(report))}</pre>",
        *(
            [f"<p>And on a machine where users are:</p><pre>{escape(command(report, named=True))}</pre>"]
            if warning
            else []
        ),
        *([f"<p>{_text(plan.success)}</p>"] if plan.success else []),
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
        between = ["a machine that could not be identified"] if bad else []
    boxes = '<li class="arrow">→</li>'.join(
        f"<li>{escape(name)}</li>" for name in ("browsers and programs", *between, f"Transom at {host}")
    )
    evidence = "".join(
        f"<li><b>{escape(machine.name)}</b>: {_text(machine.evidence)}</li>" for machine in report.observations.machines
    )
    known = f"<p>How that is known:</p><ul>{evidence}</ul>" if evidence else ""
    return f'<h2>Who stands between</h2><ul class="way">{boxes}</ul>{known}'


def _article(finding: Finding, number: int | None = None) -> str:
    entries = [("What it means for users", finding.means), ("By what", finding.by), ("What to change", finding.change)]
    listed = "".join(f"<dt>{name}</dt><dd>{_text(text)}</dd>" for name, text in entries if text)
    snippets = "".join(
        f"<dt>Lines for {escape(snippet.program)}</dt><dd><pre>{escape(snippet.text)}</pre></dd>"
        for snippet in finding.snippets
    )
    settings = "".join(map(_setting, finding.settings))
    opens = f"<dt>What that opens, and what not</dt><dd>{_text(finding.opens)}</dd>" if finding.opens else ""
    kind = f"{number}. {_KINDS[finding.severity]}" if number else _KINDS[finding.severity]
    return (
        f'<article class="{finding.severity}"><h3><span class="kind">{kind}:</span> {_text(finding.seen)}</h3>'
        f'<dl>{listed}{snippets}{settings}{opens}</dl><p class="soft">Code, to quote to support: '
        f"<code>{escape(finding.code)}</code></p></article>"
    )


def _setting(setting: Setting) -> str:
    what = f"<pre>{escape(setting.text)}</pre>" if setting.copyable else _text(setting.text)
    return f"<dt>If it is: {escape(setting.product)}</dt><dd>{what}</dd>"


def _by_name(report: Report) -> list[str]:
    return ["<p>And on a machine where users are:</p>", f"<pre>{escape(command(report, named=True))}</pre>"]


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
