"""What follows from what was seen, without a network; and the page that is made of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from app.client.doctor import Report, Severity, Verdict
from app.client.doctor.certificates import Certificate
from app.client.doctor.conclusions import conclude
from app.client.doctor.machines import Machine, Program
from app.client.doctor.observations import (
    Caps,
    Lasting,
    Live,
    LiveSeen,
    Observations,
    Reach,
    Reached,
    Upgrade,
    UpgradeSeen,
)
from app.client.doctor.pacing import Pacing, Passing
from app.client.doctor.page import page_of

REACH = Reach(Reached.TRANSOM, status=200, addresses=("192.0.2.7",), connect_ms=3, answer_ms=9, version="10.0")
WORKS = LiveSeen(Live.WORKS, 200)
AT_ONCE, HELD = Pacing(Passing.AT_ONCE), Pacing(Passing.AT_THE_END, 3.0)
NGINX = Machine("nginx 1.22.1", Program.NGINX, "answers have `Server: nginx/1.22.1`")
ASKED = ("get", "get, compressible", "get, unmarked", "post", "get, 1.5 KB", "post, 16 KB")


def seen(**changes: Any) -> Observations:
    """A way on which everything works, but for the changes."""
    usual: dict[str, Any] = {
        "server": "https://transom.example",
        "proxy": None,
        "seconds": 20.0,
        "reach": REACH,
        "websocket": UpgradeSeen(Upgrade.WORKS, 101),
        "sse": WORKS,
        "sse_post": WORKS,
        "sse_padded": WORKS,
        "poll": WORKS,
        "pacings": dict.fromkeys(ASKED, AT_ONCE),
        "silent": Lasting(20.0),
        "busy": Lasting(20.0),
        "long_poll": Lasting(20.0, status=200),
        "quiet_websocket": Lasting(20.0),
        "caps": Caps(largest_body=4 * 1024 * 1024, longest_address=8 * 1024, http_version="1.1"),
    }
    return Observations(**{**usual, **changes})


def bad(report: Report) -> dict[str, Severity]:
    """The codes of what is not good, and how much it matters."""
    return {finding.code: finding.severity for finding in report.findings if finding.severity is not Severity.GOOD}


def test_a_clear_way_is_said_to_be_clear() -> None:
    """Nothing is to be changed."""
    report = conclude(seen())

    assert bad(report) == {}
    assert report.verdict is Verdict.LIVE
    assert report.sentence == "Transom works from here, over a WebSocket; nothing is in its way."


def test_the_first_line_names_what_does_it() -> None:
    """With the version, and in words that need no explanation."""
    report = conclude(seen(websocket=UpgradeSeen(Upgrade.STRIPPED, 200), machines=[NGINX]))

    assert report.sentence == (
        "Transom works from here, over Server-Sent Events; WebSockets do not get through (something on the way, which "
        "calls itself nginx 1.22.1, takes the upgrade away)."
    )
    (finding,) = [finding for finding in report.findings if finding.code == "UPGRADE_STRIPPED"]
    assert finding.severity is Severity.MINOR
    assert [snippet.program for snippet in finding.snippets] == ["nginx"]
    assert "proxy_set_header Upgrade $http_upgrade;" in finding.snippets[0].text
    assert "transom.example" in finding.change


def test_what_leaves_only_polls_is_serious() -> None:
    """The same finding is not, where another way is open."""
    report = conclude(
        seen(
            websocket=UpgradeSeen(Upgrade.REFUSED, 403),
            **dict.fromkeys(("sse", "sse_post", "sse_padded"), LiveSeen(Live.MUTE)),
            pacings=dict.fromkeys(ASKED, HELD),
        )
    )

    assert report.verdict is Verdict.POLLING
    assert bad(report) == {
        "UPGRADE_REFUSED": Severity.SERIOUS,
        "STREAMS_HELD": Severity.SERIOUS,
        "NOTHING_LIVE": Severity.SERIOUS,
    }
    assert "but only by long polling" in report.sentence


def test_a_cut_is_serious_where_it_comes_before_a_heartbeat() -> None:
    """A stream says something every 10 s."""
    assert bad(conclude(seen(silent=Lasting(20, cut_after=4.0))))["CUT_WHEN_SILENT"] is Severity.SERIOUS
    assert bad(conclude(seen(silent=Lasting(70, cut_after=60.0))))["CUT_WHEN_SILENT"] is Severity.MINOR
    assert bad(conclude(seen(long_poll=Lasting(55, cut_after=30.0, status=504)))) == {"POLLS_CUT": Severity.MINOR}


@pytest.mark.parametrize(
    ("reached", "code", "verdict"),
    [
        (Reached.NO_NAME, "NAME_UNKNOWN", Verdict.UNREACHABLE),
        (Reached.NO_CONNECTION, "NO_CONNECTION", Verdict.UNREACHABLE),
        (Reached.NO_TRUST, "CERTIFICATE_NOT_TRUSTED", Verdict.UNREACHABLE),
        (Reached.NOT_TRANSOM, "NOT_TRANSOM", Verdict.UNREACHABLE),
        (Reached.PROXY_ASKS, "PROXY_AUTHENTICATION", Verdict.REFUSED),
        (Reached.REFUSED, "CONNECT_REFUSED", Verdict.REFUSED),
        (Reached.TRANSOM_REFUSES, "TRANSOM_REFUSES", Verdict.REFUSED),
        (Reached.OLD_TRANSOM, "SERVER_TOO_OLD", Verdict.REFUSED),
    ],
)
def test_where_one_does_not_come_through_that_is_said(reached: Reached, code: str, verdict: Verdict) -> None:
    """And what to do."""
    report = conclude(Observations("https://transom.example", None, 20.0, Reach(reached, "why")))

    assert (report.verdict, set(bad(report))) == (verdict, {code})
    assert report.findings[0].change


def test_a_certificate_names_who_inspects() -> None:
    """Its maker is somebody who makes such proxies."""
    reach = replace(REACH, certificate=Certificate("mitmproxy (mitmproxy)", "transom.example"), trusted_by="system")
    report = conclude(seen(reach=reach))

    (finding,) = [finding for finding in report.findings if finding.code == "TLS_INSPECTED"]
    assert "mitmproxy" in finding.by


def test_a_company_s_own_authority_is_no_inspection() -> None:
    """It is said, and nothing has to be changed."""
    reach = replace(REACH, certificate=Certificate("Example Ltd CA", "transom.example"), trusted_by="bundle")
    report = conclude(seen(reach=reach))

    assert bad(report) == {}
    assert "PRIVATE_AUTHORITY" in report.codes


def test_no_advice_is_given_twice() -> None:
    """Two findings with one remedy: the lines are shown with the first."""
    pacings = {**dict.fromkeys(ASKED, AT_ONCE), "get": HELD, "get, compressible": replace(HELD, compressed="gzip")}
    report = conclude(seen(pacings=pacings, machines=[NGINX]))

    snippets = [snippet for finding in report.findings for snippet in finding.snippets]
    assert len(report.codes & {"GETS_HELD", "COMPRESSED_STREAMS_HELD"}) == 2
    assert snippets
    assert len(snippets) == len(set(snippets))


def test_every_finding_says_what_to_change() -> None:
    """Each with a code, a sentence, what it means, and advice without a gap in it."""
    caps = Caps(
        refused_body=1024 * 1024 + 1,
        body_status=413,
        refused_address=8192,
        address_status=414,
        refused_methods={"PATCH": 405},
        lost_headers=("Authorization", "Last-Event-ID"),
        http_version="1.0",
    )
    report = conclude(
        seen(caps=caps, gateway_errors=[502], requests=9, headers_held=True, busy=Lasting(20, cut_after=9.0))
    )

    assert {"BODY_LIMIT", "ADDRESS_LIMIT", "METHODS_REFUSED", "AUTHORIZATION_STRIPPED"} <= set(bad(report))
    assert {"LAST_EVENT_ID_STRIPPED", "HTTP_1_0", "BAD_GATEWAYS", "HEADERS_HELD", "CUT_AFTER_A_TIME"} <= set(
        bad(report)
    )
    for finding in report.findings:
        assert re.fullmatch(r"[A-Z0-9_]+", finding.code)
        assert finding.seen.endswith(".")
        assert finding.means.endswith(".")
        if finding.severity is not Severity.GOOD:
            assert finding.change, finding.code
            assert not re.search(r"[{}]", finding.change)


def test_a_report_is_json() -> None:
    """All of it."""
    document = json.loads(json.dumps(conclude(seen(machines=[NGINX])).document()))

    assert document["verdict"] == "live"
    assert document["observations"]["machines"][0]["program"] == "nginx"


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    """And what a machine on the way says of itself is text on it, whatever it is."""
    evil = Machine("<script>alert(1)</script>", Program.OTHER, "its answers have `Via: <img src=x>`")
    cut = {"silent": Lasting(20, cut_after=2.0), "server": "http://127.0.0.1:8000"}
    page = page_of(conclude(seen(websocket=UpgradeSeen(Upgrade.STRIPPED, 200), machines=[evil, NGINX], **cut)))

    assert "<script" not in page
    assert "<img" not in page
    assert not re.search(r"<[^>]*(?:src=|href=(?!\"#))|url\(|@import", page)
    assert "&lt;script&gt;" in page
    assert "proxy_set_header Upgrade $http_upgrade;" in page
    assert "{" not in re.sub(r"<style>.*?</style>|<pre[^>]*>.*?</pre>", "", page, flags=re.DOTALL)
