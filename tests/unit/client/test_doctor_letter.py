"""What is asked for, of whom, and how: only what users need, and nothing that no setting can change."""

from __future__ import annotations

from typing import Any

import pytest

from app.client.doctor import Report, Severity
from app.client.doctor.blocks import blocks_of
from app.client.doctor.checks import check_for
from app.client.doctor.conclusions import conclude
from app.client.doctor.letter import letter, subject
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
from app.client.doctor.owners import ways_to
from app.client.doctor.pacing import Pacing, Passing
from app.client.doctor.page import page_of
from app.client.doctor.plain import Tone, plain
from app.client.doctor.plan import NOTHING, plan_for
from app.client.doctor.remedies import Site, lines_for
from app.client.doctor.report import Finding
from app.client.doctor.settings import settings_for
from tests.unit.client.test_doctor_findings import ASKED, AT_ONCE, HELD, NGINX, seen
from tests.unit.client.test_doctor_page import words_of

PROXY = "http://proxy.example:3128"
TINYPROXY = Machine("tinyproxy 1.11.1", Program.TINYPROXY, "its answers have `Via: 1.1 vm (tinyproxy/1.11.1)`")
SQUID = Machine("squid 5.7", Program.SQUID, "its answers have `Via: 1.1 vm (squid/5.7)`")
HAPROXY = Machine("HAProxy", Program.HAPROXY, "an error page has its words", sure=False)
STRIPPED = UpgradeSeen(Upgrade.STRIPPED, 200)
NO_CONNECT = {"websocket": UpgradeSeen(Upgrade.CONNECT_REFUSED, 403), "plain_upgrade": STRIPPED, "proxy": PROXY}
#: All that can be found on one way at once, but for what excludes it.
EVERYTHING: dict[str, Any] = {
    **dict.fromkeys(("sse", "sse_post", "sse_padded"), LiveSeen(Live.MUTE)),
    "pacings": dict.fromkeys(ASKED, HELD),
    "busy": Lasting(20, cut_after=9.0),
    "caps": Caps(
        largest_body=256 * 1024,
        refused_body=1024 * 1024 + 1,
        refused_address=8192,
        refused_methods={"PATCH": 405},
        lost_headers=("Authorization", "Last-Event-ID"),
        http_version="1.0",
    ),
    "gateway_errors": [502],
}
SITE = Site("transom.example", 443, told=False)


def _held_compressed(**changes: Any) -> Report:
    held = Pacing(Passing.AT_THE_END, 3.0, compressed="gzip")
    pacings = {**dict.fromkeys(ASKED, AT_ONCE), "get, compressible": held}
    return conclude(seen(**{"websocket": STRIPPED, "pacings": pacings, "machines": [NGINX], **changes}))


def _letter(report: Report) -> str:
    return letter(report, plan_for(report))


@pytest.mark.parametrize(
    "report",
    [
        conclude(seen()),
        conclude(seen(**NO_CONNECT, machines=[TINYPROXY])),
        conclude(seen(websocket=STRIPPED, machines=[NGINX])),
        conclude(seen(caps=Caps(refused_body=1024 * 1024 + 1, http_version="1.0"))),
    ],
)
def test_where_nothing_is_to_be_done_that_comes_first_and_nobody_is_written_to(report: Report) -> None:
    """In a person's words, and with nothing red or amber above it."""
    page = page_of(report)
    words = plain(report, plan_for(report))

    assert (words.tone, words.to_do) == (Tone.GOOD, "")
    assert words_of(page.partition("<body>")[2]).strip().startswith(f"{NOTHING} You can stop reading.")
    assert _letter(report) == ""
    assert "letter" not in words_of(page)
    assert "Please change" not in page


def test_the_page_begins_with_what_everybody_understands() -> None:
    """What users notice, who has to do something, and where to send it; the technical part comes after the letter."""
    report = _held_compressed()
    page = words_of(page_of(report).partition("<body>")[2])
    beginning = page.partition("Hello,")[0]

    assert "People who watch a job in a browser see its messages late: in daily work mostly by less than" in beginning
    assert "by whoever runs the web server in front of Transom (nginx 1.22.1)" in beginning
    assert "If that is not you, send them the letter below." in beginning
    assert "If you do not know who that is, send it to your IT department" in beginning
    assert "Its subject: Please change a setting of nginx 1.22.1 for Transom" in beginning
    assert "WebSocket" not in beginning
    assert page.index("Hello,") < page.index(report.sentence)


def test_lines_that_go_are_apart_from_lines_that_come() -> None:
    """Nobody can paste what has to be removed."""
    text = _letter(_held_compressed())

    removed, added = text.partition("REMOVE ")[2].split("ADD ", 1)
    assert "proxy_ignore_headers X-Accel-Buffering;" in removed
    assert "proxy_ignore_headers" not in added
    assert "proxy_buffering off;" in added
    assert "sudo cp -a /etc/nginx /etc/nginx.before" in text
    assert "sudo systemctl reload nginx" in text
    assert "To undo it: " in text
    assert "No compression and no buffering by nginx for Transom." in text
    assert "What it allows: It opens nothing. Answers of Transom are no longer compressed by nginx" in text


def test_one_change_has_no_number() -> None:
    """There is no other in the letter, though there are more on the page; where there are two, each has its own."""
    report = _held_compressed(caps=Caps(refused_body=1024 * 1024 + 1, http_version="1.1"))
    text = _letter(report)

    assert len(plan_for(report).changes) > 1
    assert "Please make this change, or tell me who can. This one change is enough." in text
    assert "\nCHANGE (code COMPRESSED_STREAMS_HELD)\n" in text
    assert "the rest" not in text


def test_each_line_for_haproxy_has_its_section() -> None:
    """What counts for clients stands in the frontend, what counts for servers in the backend."""
    text = _letter(conclude(seen(silent=Lasting(20, cut_after=2.0), machines=[HAPROXY])))

    frontend, backend = text.partition("ADD in the frontend of transom.example, which answers on port 443:\n")[2].split(
        "ADD in the backend of transom.example", 1
    )
    assert frontend.split("\n") == ["    timeout client 1h", ""]
    assert [line for line in backend.splitlines() if line.startswith("    timeout")] == [
        "    timeout server 1h",
        "    timeout tunnel 1h",
    ]
    assert "In a listen section, all the lines below go there." in text


def test_who_makes_the_change_can_see_whether_it_worked() -> None:
    """With a tool that they have, and not with one that only a Transom server has."""
    for code, report in _asking().items():
        text = _letter(report)

        assert f"(code {code})" in text
        assert "transom doctor" not in text
        assert "curl" in text, code
        assert "Please tell me when it is done: we test it then." in text


def test_a_proxy_is_tested_by_way_of_it() -> None:
    """As users go; what opens a tunnel is asked to open one."""
    report = conclude(seen(**{**EVERYTHING, **NO_CONNECT, "machines": [TINYPROXY]}))
    (finding,) = [finding for finding in report.findings if finding.code == "CONNECT_REFUSED"]
    check = check_for(finding, report)

    assert check is not None
    assert f"curl -p -x {PROXY} " in check.command
    assert (check.now, check.then) == ("403", "200")


def test_a_subject_says_what_is_wanted() -> None:
    """A setting; or that nothing comes through at all."""
    for report, said in (
        (_held_compressed(), "Please change a setting of nginx 1.22.1 for Transom"),
        (_held_compressed(machines=[]), "Please change a setting for Transom"),
        (conclude(Observations("https://a.example", None, 20.0, Reach(Reached.NO_NAME, "why"))), "cannot be reached"),
    ):
        assert said in subject(report, plan_for(report))
    assert subject(conclude(seen()), plan_for(conclude(seen()))) == ""


def _asking() -> dict[str, Report]:
    """For each fault that users notice, a way on which it is the one that they notice most."""
    held = {key: EVERYTHING[key] for key in ("sse", "sse_post", "sse_padded", "pacings")}
    lumps = {**held, "pacings": {**dict.fromkeys(ASKED, HELD), "post": AT_ONCE}}
    return {
        "COMPRESSED_STREAMS_HELD": _held_compressed(),
        "CUT_WHEN_SILENT": conclude(seen(silent=Lasting(20, cut_after=2.0))),
        "CUT_AFTER_A_TIME": conclude(seen(busy=Lasting(20, cut_after=9.0))),
        "AUTHORIZATION_STRIPPED": conclude(seen(caps=Caps(lost_headers=("Authorization",), http_version="1.1"))),
        "POLLING_FAILS": conclude(seen(poll=LiveSeen(Live.REFUSED, 403))),
        "STREAMS_HELD": conclude(seen(**held, websocket=STRIPPED)),
        "GETS_HELD": conclude(seen(**lumps, websocket=STRIPPED)),
        "UPGRADE_REFUSED": conclude(seen(**held, websocket=UpgradeSeen(Upgrade.REFUSED, 403))),
        "WEBSOCKET_MUTE": conclude(seen(**held, websocket=UpgradeSeen(Upgrade.MUTE, 101))),
        "NAME_UNKNOWN": conclude(Observations("https://transom.example", None, 20.0, Reach(Reached.NO_NAME, "why"))),
    }


@pytest.mark.parametrize("program", [program for program in Program if program is not Program.OTHER])
def test_all_lines_say_whether_they_come_or_go(program: Program) -> None:
    """Each block has a heading with the place, whoever's lines they are."""
    texts = [lines_for(code, SITE, program) for code in _codes()]

    assert any(texts)
    for text in filter(None, texts):
        assert all(block.kind in {"ADD", "REMOVE"} and block.where for block in blocks_of(text)), text


def test_what_is_said_twice_is_put_in_once() -> None:
    """Two changes have a line in common: the second says so."""
    page = words_of(page_of(_held_compressed()))

    assert "proxy_http_version 1.1; is in change 1 too: put it in once." in page


def _codes() -> set[str]:
    everything = [conclude(seen(**{**EVERYTHING, "websocket": UpgradeSeen(outcome, 403)})) for outcome in Upgrade]
    more = [conclude(seen(silent=Lasting(20, cut_after=2.0))), _held_compressed(), conclude(seen(**NO_CONNECT))]
    return {code for report in [*everything, *more] for code in report.codes}


def _named(machines: list[Machine]) -> str:
    return " and ".join(machine.name for machine in machines) or "nobody"


@pytest.mark.parametrize("machines", [[], [NGINX], [HAPROXY], [SQUID], [TINYPROXY], [NGINX, SQUID]], ids=_named)
@pytest.mark.parametrize("proxy", [None, PROXY])
@pytest.mark.parametrize("outcome", list(Upgrade))
def test_every_change_has_an_owner(machines: list[Machine], proxy: str | None, outcome: Upgrade) -> None:
    """Who does it, on which kind of machine, or that it could not be seen; and with lines all that they need."""
    report = conclude(
        seen(**{**EVERYTHING, "websocket": UpgradeSeen(outcome, 403), "machines": machines, "proxy": proxy})
    )
    plan = plan_for(report)

    assert plan.changes
    for finding in plan.changes:
        _assert_owned(finding, report)
    text = _letter(report)
    assert text.count("CHANGE ") == len(plan.asked)
    assert text.count("\nWho") >= len(plan.asked)


@pytest.mark.parametrize("reached", [reached for reached in Reached if reached is not Reached.TRANSOM])
def test_where_nothing_is_reached_there_is_somebody_too(reached: Reached) -> None:
    """And a letter to them."""
    report = conclude(Observations("https://transom.example", None, 20.0, Reach(reached, "why")))

    for finding in plan_for(report).changes:
        _assert_owned(finding, report)
    assert "Who: " in _letter(report)


def _assert_owned(finding: Finding, report: Report) -> None:
    ways = ways_to(finding, report)
    assert ways, finding.code
    for way in ways:
        assert way.owner.who
        assert way.owner.where
        assert way.what
        if way.blocks and finding.code != "TLS_INSPECTED":
            assert way.owner.file
            assert way.owner.keep
            assert way.owner.reload
            assert way.owner.undo


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (conclude(seen(**NO_CONNECT, machines=[TINYPROXY])), "UPGRADE_STRIPPED"),
        (conclude(seen(**NO_CONNECT, machines=[SQUID])), "UPGRADE_STRIPPED"),
        (conclude(seen(caps=Caps(refused_address=8192, http_version="1.1"), machines=[SQUID])), "ADDRESS_LIMIT"),
        (conclude(seen(websocket=STRIPPED, machines=[TINYPROXY])), "UPGRADE_STRIPPED"),
        (conclude(seen(headers_held=True, silent=Lasting(20, cut_after=2.0), machines=[HAPROXY])), "HEADERS_HELD"),
    ],
)
def test_what_no_setting_changes_is_never_asked_for(report: Report, code: str) -> None:
    """It is said, with why, and counts as nothing to do."""
    (finding,) = [finding for finding in report.findings if finding.code == code]
    plan = plan_for(report)

    assert finding.severity is Severity.MINOR
    assert not finding.to_do
    assert "othing to do" in finding.change
    assert finding in plan.leave
    assert finding not in plan.changes
    assert code not in _letter(report)
    assert "Nothing to do: " in words_of(page_of(report))


def test_what_users_notice_is_asked_for_whoever_does_it() -> None:
    """Also where no line for it is known."""
    report = conclude(seen(silent=Lasting(20, cut_after=2.0), machines=[Machine("mitmproxy", Program.MITMPROXY, "x")]))

    assert "CHANGE (code CUT_WHEN_SILENT)" in _letter(report)
    assert "its manual says how it is set" in _letter(report)


def test_a_copy_is_kept_once() -> None:
    """A second one would be of what was changed already; and what two changes need alike is said once."""
    text = _letter(conclude(seen(**{**EVERYTHING, "websocket": STRIPPED, "machines": [NGINX]})))

    assert "It is enough if change 1 and change 4 and ONE of change 2 or change 3 are done." in text
    assert text.count("First keep a copy:") == text.count("/etc/nginx.before/.") == 1
    assert "Who, on which machine and in which file: as for change" in text
    assert "To undo it alone, take out by hand the lines that you added" in text
    assert "proxy_http_version 1.1; is in change 2 too: put it in once." in text


def test_the_owners_of_a_refused_connect_are_a_list() -> None:
    """The PCs, the proxy, the server: the safest first, in the words that Windows has; what all of it opens."""
    report = conclude(seen(**NO_CONNECT, machines=[TINYPROXY]))
    (finding,) = plan_for(report).changes
    pcs, proxy, server = ways_to(finding, report)

    assert "the safest way" in pcs.what
    assert "Use the proxy server except for addresses that start with" in pcs.what
    assert "tinyproxy 1.11.1" in proxy.owner.who
    assert [block.lines for block in proxy.blocks] == [("ConnectPort 443",)]
    assert "443" in server.what
    assert "tinyproxy cannot keep that to transom.example" in finding.opens
    assert "interrupts everybody who uses the proxy" in words_of(page_of(report))
    assert "It worked if the line “WebSocket” says “works”." in words_of(page_of(report))


def test_how_sure_it_is_that_it_is_haproxy_is_said() -> None:
    """Its words are also those of appliances."""
    report = conclude(seen(silent=Lasting(20, cut_after=2.0), machines=[HAPROXY]))

    assert "probably HAProxy" in report.sentence
    assert "calls itself" not in report.sentence
    assert "probably HAProxy, which some appliances have built in" in _letter(report)


def test_what_works_does_not_contradict_what_does_not() -> None:
    """Of the same thing, it is said which part works."""
    report = _held_compressed()
    (passing,) = [finding for finding in report.findings if finding.code == "STREAMS_PASS"]
    assert "no compression" in passing.seen
    assert "Those that browsers ask for are compressed, and held back." in passing.means

    cut = conclude(seen(long_poll=Lasting(20, cut_after=2.0, status=504), silent=Lasting(20, cut_after=2.0)))
    outcomes = {tried.what: tried.good for tried in cut.tried}
    assert outcomes["Long poll that is answered at once"]
    assert not outcomes["Long poll that has to wait for news"]
    (passing,) = [finding for finding in cut.findings if finding.code == "STREAMS_PASS"]
    assert "streams that are silent are cut" in passing.means


def test_lines_of_products_say_it_too() -> None:
    """Where the machine is not known, there are the lines of all; none without a heading, but commands."""
    for code in _codes():
        for setting in settings_for(code, SITE):
            if setting.copyable and not setting.text.startswith(("aws ", "gcloud ", "az ")):
                assert all(block.kind for block in blocks_of(setting.text)), setting.text
