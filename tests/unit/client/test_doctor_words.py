"""What is said holds for whoever reads it: the lines prove what they say, and the words fit what was found."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.doctor_text import show_report
from app.cli.main import app as cli
from app.client.doctor import Report
from app.client.doctor.blocks import Block
from app.client.doctor.certificates import Certificate
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
from app.client.doctor.owners import Owner, Way, ways_to
from app.client.doctor.pacing import Pacing, Passing
from app.client.doctor.page import page_of
from app.client.doctor.plain import plain
from app.client.doctor.plan import plan_for
from app.client.doctor.remedies import YOUR_SERVER
from app.client.doctor.telling import Told, steps
from app.client.doctor.whereabouts import command, how_to_find, stand_in, whole_test_lines
from tests.unit.client.test_doctor_findings import ASKED, AT_ONCE, NGINX, REACH, seen
from tests.unit.client.test_doctor_letter import NO_CONNECT, PROXY, SQUID, TINYPROXY
from tests.unit.client.test_doctor_page import cut_when_silent, only_polls, words_of

TOLD = f"HTTP_PROXY={PROXY} HTTPS_PROXY={PROXY} transom doctor https://transom.example"
STRIPPED = UpgradeSeen(Upgrade.STRIPPED, 200)


def test_the_line_for_testing_again_names_the_proxy(capsys: pytest.CaptureFixture[str]) -> None:
    """A fresh shell does not know of it, and would find that all is well."""
    report = only_polls(proxy=PROXY)
    show_report(report)
    text, page = " ".join(capsys.readouterr().out.split()), words_of(page_of(report))

    assert command(report).startswith(f"{TOLD} --seconds ")
    for shown in (text, page):
        assert f"{TOLD} --seconds 20" in shown
        assert "http://USER:PASSWORD@proxy.example:3128" in shown
    assert command(only_polls()) == "transom doctor https://transom.example --seconds 20"
    assert "PASSWORD" not in words_of(page_of(only_polls()))


def test_who_looks_for_the_machine_goes_by_the_proxy_and_round_it() -> None:
    """Each where it tells something: with it on the same network, without it elsewhere."""
    without, outside, inside, _ = how_to_find(only_polls(proxy=PROXY))[1]

    assert "`NO_PROXY=transom.example transom doctor https://transom.example --seconds 20`" in without
    assert "PROXY" not in outside
    assert f"`{TOLD} --seconds 20`" in inside


def test_on_windows_the_proxy_is_set_first() -> None:
    """Its command prompt takes no variables in front of a command."""
    lines = whole_test_lines(conclude(seen(server="http://127.0.0.1:8000", proxy=PROXY, websocket=STRIPPED)))

    assert lines.splitlines()[1:3] == [f"set HTTP_PROXY={PROXY}", f"set HTTPS_PROXY={PROXY}"]
    assert lines.splitlines()[3].startswith("py -m app.cli.main doctor http://")


INSPECTED = {
    "reach": replace(REACH, certificate=Certificate("mitmproxy (mitmproxy)", "transom.example"), trusted_by="system")
}
MITMPROXY = Machine("mitmproxy 12.1.2", Program.MITMPROXY, "answers have `Server: mitmproxy 12.1.2`")


def test_an_inspection_may_be_the_cause() -> None:
    """It is a way in the letter, to whoever inspects; and nothing says of it that little is noticed."""
    report = only_polls(**INSPECTED)
    page, text = words_of(page_of(report)), letter(report, plan_for(report))

    assert "3 may be the cause of 1 and 2: where it is, 3 alone is enough, so try it first." in page
    assert "3. Perhaps the cause: The encrypted connection is opened" in page
    assert "little is noticed" not in page
    assert "Not urgent" not in page
    first = text.partition("Way A")[2].partition("Way B")[0]
    assert "(the network or security team)" in first
    assert "Take transom.example out of the inspection of encrypted connections." in first
    assert "stop at the first that helps" in text


def test_an_inspection_alone_is_not_urgent() -> None:
    """What it means is said so that everybody understands it."""
    page = words_of(page_of(conclude(seen(**INSPECTED))))

    assert "1 is not urgent: little is noticed of it." in page
    assert "can see all that people send to Transom" in page
    assert "read whole answers" not in page


@pytest.mark.parametrize("websocket", [STRIPPED, UpgradeSeen(Upgrade.WORKS, 101)])
def test_the_end_of_an_inspection_is_seen_by_the_issuer(websocket: UpgradeSeen) -> None:
    """A private authority stays in the list, whatever is done."""
    private = replace(REACH, certificate=Certificate("Example Ltd CA", "transom.example"), trusted_by="system")
    plan = plan_for(conclude(seen(reach=private, proxy=PROXY, websocket=websocket)))

    assert "it worked if the issuer that stands there is that of the server’s own certificate" in plan.success
    assert "not listed any more" not in plan.success


@pytest.mark.parametrize("machines", [[NGINX], [NGINX, MITMPROXY]])
def test_the_proxy_that_clients_are_told_of_comes_first(machines: list[Machine]) -> None:
    """In the drawing and among the ways, with lines or without; and it is said that it could be either."""
    report = only_polls(proxy=PROXY, machines=machines)
    (finding,) = [finding for finding in report.findings if finding.code == "UPGRADE_REFUSED"]
    pcs, proxy, nginx = ways_to(finding, report)
    name = "mitmproxy 12.1.2" if MITMPROXY in machines else f"the proxy {PROXY}"

    assert "exceptions of the proxy" in pcs.what
    assert name in proxy.owner.who
    assert proxy.what.endswith(f"It could be {name} or nginx 1.22.1 that does it: ask here first.")
    assert not proxy.blocks
    assert nginx.blocks
    assert nginx.what.endswith(f"Ask here if it was not {name}.")
    assert f"programs→{name}→nginx 1.22.1→Transom at" in words_of(page_of(report))


def test_only_the_proxy_is_asked_for_a_tunnel() -> None:
    """Nothing else on the way is spoken to before it is open."""
    report = conclude(seen(**NO_CONNECT, machines=[NGINX]))
    (finding,) = [finding for finding in report.findings if finding.code == "CONNECT_REFUSED"]

    assert not any("nginx" in way.owner.who for way in ways_to(finding, report))
    assert f"whoever runs the proxy {PROXY}" in letter_or_page(report)


def letter_or_page(report: Report) -> str:
    """All that is told of it."""
    return letter(report, plan_for(report)) + words_of(page_of(report))


def test_what_was_removed_is_put_back() -> None:
    """And what was added is taken out; by hand, where the copy would undo the change before too."""
    told = Told()
    owner = Owner("whoever", "there", keep="copy it", undo="put the copy back")
    told.owners[owner] = 1

    def undone(*kinds: str) -> str:
        blocks = tuple(Block(kind, f"in {kind}", ("a line",)) for kind in kinds)
        return list(steps(Way(owner, "what", blocks), told))[-1]

    assert undone("REMOVE").startswith("To undo it alone, put back by hand the lines that you removed, ")
    assert undone("ADD").startswith("To undo it alone, take out by hand the lines that you added, ")
    both = "put back by hand the lines that you removed and take out by hand the lines that you added"
    assert both in undone("REMOVE", "ADD")


def test_a_script_is_undone_by_leaving_it_out() -> None:
    """There is no file of which a copy could be kept."""
    text = letter_or_page(only_polls(machines=[MITMPROXY]))

    assert "To undo it: stop mitmproxy, and start it without -s stream.py" in text
    assert "copy that file" not in text


def test_the_letter_is_sent_with_what_it_allows() -> None:
    """Where nobody can test, whoever gets it decides; nobody says that it does no harm."""
    page = words_of(page_of(only_polls(server="http://127.0.0.1:8000")))

    assert "send the letter all the same. Whoever gets it sees in it what the change allows, and decides." in page
    assert "no harm" not in page
    assert "such as “: something on the way refuses WebSockets”; they do not matter." in page


def test_squid_s_lines_say_for_whom_they_open_a_tunnel() -> None:
    """They stand above the rules on who may use the proxy."""
    (finding,) = plan_for(conclude(seen(**NO_CONNECT, machines=[SQUID]))).changes

    assert "They stand above its rules on who may use the proxy" in finding.opens
    assert "often localnet, at the end of the allow line" in finding.opens


@pytest.mark.parametrize("machines", [[], [SQUID], [NGINX], [MITMPROXY]])
def test_no_mark_is_left_in_what_is_copied(machines: list[Machine]) -> None:
    """What is code in a sentence is none in lines that are code."""
    reports = (conclude(seen(**NO_CONNECT, machines=machines)), only_polls(machines=machines))
    lines = [
        each for report in reports for each in re.findall(r"<pre[^>]*>(.*?)</pre>", page_of(report), flags=re.DOTALL)
    ]

    assert lines
    assert not any("`" in each for each in lines)


def test_the_name_that_transom_refuses_is_a_line_to_copy() -> None:
    """Without its port, and with what makes it work; another refusal has no such line."""
    detail = "This server does not answer to the name 'a.example:8443': add the name to TRANSOM_ALLOWED_HOSTS [X]"
    for said, times in ((detail, 1), ("Say who you are [UNAUTHORIZED]", 0)):
        reach = Reach(Reached.TRANSOM_REFUSES, said)
        report = conclude(Observations("https://a.example:8443", None, 20.0, reach))
        text = letter(report, plan_for(report))

        assert text.count("\n    TRANSOM_ALLOWED_HOSTS=a.example\n") == times
        assert text.count("Then make it work: restart Transom") == times


@pytest.mark.parametrize("proxy", [None, PROXY])
def test_a_test_with_curl_has_a_line_for_windows(proxy: str | None) -> None:
    """Labelled, with the tools that Windows has; errors are shown, and the one that is none is said to be none."""
    cuts = {"silent": Lasting(20), "quiet_websocket": Lasting(20, cut_after=2.0)}
    lost = Caps(lost_headers=("Authorization",), http_version="1.1")
    for report in (
        only_polls(proxy=proxy, caps=lost),
        conclude(seen(proxy=proxy, **cuts)),
        conclude(seen(proxy=proxy, busy=Lasting(20, cut_after=9.0))),
        conclude(seen(proxy=proxy, poll=LiveSeen(Live.REFUSED, 403))),
    ):
        text = letter(report, plan_for(report))
        unix, windows = re.findall(r"\n    Linux, macOS: (curl .*)", text), re.findall(r"\n    Windows: (.*)", text)

        assert unix
        assert len(unix) == len(windows)
        assert not any(" -s " in line or " -sN" in line for line in unix)
        for line in windows:
            assert line.startswith("curl.exe ")
            assert "grep" not in line
            assert "/dev/null" not in line
        assert text.count("“curl: (28)” at the end is normal") == sum(" -m " in line for line in unix)
        assert "if you cannot type such a test yourself, leave it out" in text


def test_windows_curl_may_not_ask_for_compression() -> None:
    """Where to test then is said in the place of its line."""
    held = {**dict.fromkeys(ASKED, AT_ONCE), "get, compressible": Pacing(Passing.AT_THE_END, 3.0, compressed="gzip")}
    report = conclude(seen(websocket=STRIPPED, pacings=held, machines=[NGINX]))

    assert "\n    Windows: its own curl may lack --compressed; use Linux or macOS" in letter(report, plan_for(report))


LOOPBACK = "http://127.0.0.1:8000"


def test_there_is_no_letter_where_there_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can send one; what stands in the place of the name is said all the same."""
    for report in (only_polls(server=LOOPBACK), conclude(seen(server=LOOPBACK, websocket=STRIPPED))):
        show_report(report)
        text = " ".join(capsys.readouterr().out.split())

        assert " letter" not in text
        assert f"{YOUR_SERVER} stands for the name by which users open Transom" in text


def test_what_is_done_with_a_letter_is_one_list() -> None:
    """Test, replace, send; where the test was made on a user's PC, it is only sent."""
    first = page_of(only_polls(server=LOOPBACK)).partition("<section")[2].partition("</section>")[0]
    (listed,) = re.findall(r"<ol>(.*?)</ol>", first)
    entries = [words_of(entry) for entry in re.findall(r"<li>(.*?)</li>", listed)]

    assert [entry.split()[0] for entry in entries] == ["Test", "Copy", "Send"]
    assert entries[0].endswith("It takes two minutes if no job runs there.")
    assert "<ol>" not in page_of(only_polls()).partition("<section")[2].partition("</section>")[0]


def test_a_look_that_is_left_does_not_contradict_the_headline() -> None:
    """Nothing has to be changed, and it is not said that there is nothing to do."""
    words = plain(conclude(seen(server=LOOPBACK)), plan_for(conclude(seen(server=LOOPBACK))))

    assert words.headline == "Nothing needs to be changed. One look on a user’s PC is left."


def test_a_bare_name_ends_where_its_port_begins() -> None:
    """The same rule wherever the name alone is wanted: a configuration takes no port with it."""
    rule = "what the address bar shows after http:// or https://, up to the first : or /"
    for sending in (True, False):
        assert rule in stand_in(only_polls(server=LOOPBACK), sending=sending)


def test_only_what_is_asked_for_is_red() -> None:
    """Also beside a letter: what is optional or not urgent keeps its calm words."""
    rows = dict(re.findall(r'<tr><td>(.*?)</td><td class="(\w+)">', page_of(cut_when_silent())))

    assert rows["Event stream while nothing is said"] == "no"
    assert rows["WebSocket while nothing is said"] == "no"
    assert rows["WebSocket"] == "soft"
    assert rows["Upload size (body)"] == "soft"
    unreachable = conclude(Observations("https://a.example", None, 20.0, Reach(Reached.NO_NAME, "why")))
    assert '<td>The first request</td><td class="no">' in page_of(unreachable)


def test_a_proxy_that_does_not_say_what_it_is_is_not_left_out() -> None:
    """Where only nginx shows itself, it is not said that nginx refused a tunnel."""
    report = conclude(seen(**NO_CONNECT, machines=[NGINX]))
    (finding,) = [finding for finding in report.findings if finding.code == "CONNECT_REFUSED"]

    assert f"the proxy {PROXY} or nginx 1.22.1, refuses" in report.sentence
    assert finding.by.startswith(f"One of these: the proxy {PROXY}, which the test was told of; nginx 1.22.1")


def test_the_same_way_is_told_once() -> None:
    """The lines that end an inspection stand with the first change alone, and with what makes them work."""
    report = only_polls(machines=[MITMPROXY], **INSPECTED)
    text = letter(report, plan_for(report))

    assert text.count("ignore_hosts:") == 1
    assert "Then make it work: stop mitmproxy, and start it again\n" in text


def test_squid_s_lines_warn_where_they_are_copied() -> None:
    """Also where nobody knows yet that it is squid."""
    assert "whoever reaches the proxy; with the acl of your network at its end" in letter_or_page(
        conclude(seen(**NO_CONNECT))
    )


def test_an_exception_is_tested_without_the_proxy(capsys: pytest.CaptureFixture[str]) -> None:
    """By way of it the fault is still there, although the way helped; also where there is no letter."""
    report = only_polls(proxy=PROXY)
    text = letter(report, plan_for(report))
    first, second = (part.partition("Way B")[0] for part in text.split("Way A")[1:])

    assert '    Linux, macOS: curl --noproxy "*" -isSN -m 5 --http1.1 ' in first
    assert '    Windows: curl.exe --noproxy "*" -isSN -m 5 --http1.1 ' in first
    assert '    Linux, macOS: curl --noproxy "*" -sSN -m 5 "https://transom.example/v1/doctor/stream?' in second
    assert "our own test then goes round the proxy too (NO_PROXY=transom.example)" in first
    assert "-x " not in first + second
    optional = conclude(seen(**NO_CONNECT, machines=[TINYPROXY]))
    assert letter(optional, plan_for(optional)) == ""
    (pcs, *_) = ways_to(plan_for(optional).changes[0], optional)
    assert "hello" in " ".join(pcs.test)
    for each in (report, optional):
        show_report(each)
        for shown in (" ".join(capsys.readouterr().out.split()), words_of(page_of(each))):
            assert "NO_PROXY=transom.example transom doctor https://transom.example --seconds 20" in shown
            assert "by an exception for transom.example on the users’ PCs" in shown
    assert "an exception for" not in words_of(page_of(only_polls()))


def test_what_inspects_is_named_in_the_letter() -> None:
    """By the issuer of its certificate, and in the subject; where a machine has that name already, once."""
    report = only_polls(proxy=PROXY, machines=[NGINX], **INSPECTED)
    plan = plan_for(report)
    text = letter(report, plan)

    assert subject(report, plan) == "Please change a setting of the proxy or mitmproxy or nginx 1.22.1 for Transom"
    assert "Who: whoever runs mitmproxy, which inspects encrypted connections" in text
    assert "The certificate that users are shown was made by mitmproxy (mitmproxy)." in text
    named = only_polls(machines=[MITMPROXY], **INSPECTED)
    assert subject(named, plan_for(named)) == "Please change a setting of mitmproxy 12.1.2 for Transom"
    unknown = only_polls(proxy=PROXY, reach=replace(REACH, certificate=OWN, trusted_by="system"))
    assert subject(unknown, plan_for(unknown)) == "Please change a setting for Transom"
    assert "The certificate that users are shown was made by Example Ltd CA." in letter(unknown, plan_for(unknown))


OWN = Certificate("Example Ltd CA", "transom.example")


@pytest.mark.parametrize("changes", [{"proxy": PROXY}, INSPECTED])
def test_a_line_that_may_not_be_there_is_not_told_of_as_a_fact(changes: dict[str, Any]) -> None:
    """Where something else holds streams, nginx may have obeyed the header; it comes last."""
    hedged = "X-Accel-Buffering: no did not arrive here, or was not obeyed"
    fact = "X-Accel-Buffering: no is read on the way, and not obeyed."
    report = only_polls(machines=[NGINX], accel_taken=True, **changes)
    text = letter(report, plan_for(report))

    assert hedged in text
    assert fact not in text
    assert "also in http { … }, and only if the line is there" in text.rpartition("Way ")[2]
    alone = only_polls(machines=[NGINX], accel_taken=True)
    assert fact in letter(alone, plan_for(alone))


def test_the_page_and_the_letter_have_one_order() -> None:
    """An exception on the PCs is the safest; what ends an inspection comes right after it."""
    report = only_polls(proxy=PROXY, **INSPECTED)

    assert "3 alone is enough, so try it right after an exception on the users’ PCs." in words_of(page_of(report))
    assert "inspection" in letter(report, plan_for(report)).partition("Way B")[2].partition("Way C")[0]


def test_a_test_that_says_nothing_is_told_apart() -> None:
    """Who has no trust in what inspects sees another error than the fault."""
    inspected = only_polls(**INSPECTED)
    text = letter(inspected, plan_for(inspected))

    assert text.count("“curl: (60)” means that this machine does not trust the authority") == 2
    assert "Type -k right after curl" in text
    assert "--ssl-no-revoke" in text
    assert "curl: (60)" not in letter(only_polls(), plan_for(only_polls()))


def test_where_users_end_up_is_said() -> None:
    """Where what the page takes is cut again and again, it asks instead; not where only what it does not take is."""
    cut = Lasting(20, cut_after=2.0)
    ends = "Users end up with “Live by asking again and again (long polling): something on the way cuts"

    assert ends in words_of(page_of(conclude(seen(silent=cut, quiet_websocket=cut))))
    assert ends in words_of(page_of(conclude(seen(silent=cut, websocket=STRIPPED))))
    assert ends not in words_of(page_of(conclude(seen(silent=cut, quiet_websocket=Lasting(20)))))
    assert ends in words_of(page_of(conclude(seen(silent=Lasting(20), quiet_websocket=cut))))


def test_the_server_s_own_address_is_meant_on_the_server() -> None:
    """Whoever reads it on another machine would open that one's; and Transom keeps its capital."""
    said = "This server does not answer to the name 'a.example': open it as http://localhost, or add the name to X"
    report = conclude(Observations("https://a.example", None, 20.0, Reach(Reached.TRANSOM_REFUSES, said)))
    text = letter_or_page(report)

    assert "open it as http://localhost on the server itself, or add the name" in text
    assert "http://localhost, or" not in text
    assert report.sentence.startswith("Transom can't be reached from here: Transom itself refuses")
    here = conclude(Observations(LOOPBACK, None, 20.0, Reach(Reached.TRANSOM_REFUSES, said)))
    assert "open it as http://localhost, or" in letter_or_page(here)


def test_who_comes_as_things_are_late_all_the_same_is_told_what_to_do() -> None:
    """Where nothing needs to be changed, and only there."""
    said = "If messages come late all the same, "

    page = words_of(page_of(conclude(seen())))
    assert f"{said}make this page on the PC where they do (transom doctor https://transom.example --html" in page
    assert "tell whoever runs Transom, and send that page along" in page
    assert f"{said}look there as is said below" in words_of(page_of(conclude(seen(server=LOOPBACK))))
    assert said not in words_of(page_of(only_polls()))


def test_there_is_no_file_before_there_is_a_page(tmp_path: Path) -> None:
    """A wrong address leaves none, and what was there before is left as it was."""
    new, old = tmp_path / "new.html", tmp_path / "old.html"
    old.write_text("a page")
    for path in (new, old):
        assert CliRunner().invoke(cli, ["doctor", "ftp://a.example", "--html", str(path)]).exit_code != 0

    assert not new.exists()
    assert old.read_text() == "a page"
