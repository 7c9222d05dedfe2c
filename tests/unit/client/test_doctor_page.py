"""The page for whoever runs the proxy, and may know nothing of proxies: it says what to do first, where, and how."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from app.cli.doctor_text import show_report
from app.client.doctor import Report, Severity
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
from app.client.doctor.page import page_of
from app.client.doctor.plain import plain
from app.client.doctor.plan import NOTHING, plan_for
from app.client.doctor.remedies import YOUR_SERVER
from tests.unit.client.test_doctor_findings import ASKED, AT_ONCE, HELD, NGINX, seen

REFUSED = UpgradeSeen(Upgrade.REFUSED, 403)
BROKEN = UpgradeSeen(Upgrade.BROKEN, detail="no close frame received or sent")
WITHOUT_AUTHORIZATION = Caps(lost_headers=("Authorization",), http_version="1.1")
LIMITED = Caps(largest_body=256 * 1024, refused_body=1024 * 1024 + 1, body_status=413, http_version="1.1")


def only_polls(**changes: Any) -> Report:
    """WebSockets are refused, and event streams held back."""
    held = {
        "websocket": REFUSED,
        **dict.fromkeys(("sse", "sse_post", "sse_padded"), LiveSeen(Live.MUTE)),
        "pacings": dict.fromkeys(ASKED, HELD),
    }
    return conclude(seen(**{"examined_from": "desk-7", **held, **changes}))


def cut_when_silent(**changes: Any) -> Report:
    """Event streams pass; what is silent is cut, WebSockets break, and large uploads are refused."""
    cut = {
        "websocket": BROKEN,
        "silent": Lasting(20, cut_after=2.2),
        "quiet_websocket": Lasting(20, cut_after=2.0),
        "caps": LIMITED,
    }
    return conclude(seen(**{"examined_from": "desk-7", **cut, **changes}))


def words_of(page: str) -> str:
    """What a reader sees."""
    return re.sub(r"<[^>]+>", "", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


def test_changes_are_numbered_and_one_is_named_first() -> None:
    """Of two that each open a way, one is enough, and it is said which is the better."""
    report = only_polls()
    page = words_of(page_of(report))

    assert "Do ONE of 1 or 2: one of the two is enough. 1 is the better" in page
    assert "1. Please change: The request to open a WebSocket was refused" in page
    assert "2. Please change: Event streams are held back" in page
    assert "NOTHING_LIVE" in report.codes
    assert "NOTHING_LIVE" not in page


def test_what_users_do_not_notice_is_optional() -> None:
    """The one that matters comes first, and by its number."""
    page = words_of(page_of(cut_when_silent()))

    assert "Only 1 matters to users: do 1. 2 is optional: users lose nothing without it." in page
    assert "3 matters only if you have programs of your own that upload files; if you do not know, leave it" in page
    assert "1. Please change: What is silent" in page
    assert "2. Optional: The connection breaks" in page
    assert "3. Not urgent: The upload size" in page


def test_what_cuts_everything_comes_first() -> None:
    """Alone where another way is open then, else with one of the two that open a way."""
    brief = {"busy": Lasting(20, cut_after=9.0)}

    alone = plan_for(conclude(seen(**brief)))
    assert [finding.code for finding in alone.changes] == ["CUT_AFTER_A_TIME"]
    assert "Do 1 first: it alone is enough" in alone.advice

    with_others = plan_for(only_polls(**brief))
    assert with_others.changes[0].code == "CUT_AFTER_A_TIME"
    assert (with_others.needed, with_others.either) == ((1,), (2, 3))
    assert "Do 1 first, and then ONE of 2 or 3" in with_others.advice


def test_a_clear_way_needs_no_plan() -> None:
    """Nothing to do first, nobody to write to, no machine to find."""
    report = conclude(seen())
    page = words_of(page_of(report))

    assert plan_for(report).changes == ()
    assert f"{NOTHING} You can stop reading." in page
    assert "Nothing stands in the way" in page
    assert "letter" not in page
    assert "How to find the machine" not in page


@pytest.mark.parametrize("server", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_a_loopback_address_is_warned_of(server: str) -> None:
    """It means the test machine; what is said to others has the name that users type, and what that is stands there."""
    report = only_polls(server=server)
    page = words_of(page_of(report))

    assert page.count("This test was made on the Transom server itself") == 1
    assert "messages probably come late" in page
    assert f"Copy the letter into a mail, and there replace each http://{YOUR_SERVER}:8000 by what the" in page
    assert "If you are not sure, change nothing" in page
    assert f"is reached at http://{YOUR_SERVER}:8000." in page
    assert "not yet from a user’s PC" in page
    assert page.count("py -m pip install") == 1
    assert "from then on that one counts, and not this one" in page
    assert f"Allow WebSockets to {YOUR_SERVER}" in page
    assert all(server.partition("//")[2] not in finding.change for finding in report.findings)
    assert "See what listens on port 8000 of desk-7" in page


def test_whether_the_letter_is_sent_depends_on_what_is_seen() -> None:
    """Each outcome on a user's PC says what to do; it is the first thing, right below what everybody reads."""
    page = page_of(only_polls(server="http://127.0.0.1:8000"))
    looking, letter = page.partition('<h2 id="pc">')[2].split('<h2 id="letter">', 1)
    outcomes = re.findall(r"<li>(“.*?)</li>", looking)

    assert '<a href="#pc">' in page.partition("</section>")[0]
    assert "Hello," in letter
    assert len(outcomes) == 2
    assert "“Live by asking again and again”" in outcomes[0]
    assert "“Connection lost”" in outcomes[0]
    assert outcomes[0].endswith("users have the fault. Send the letter.")
    assert outcomes[1].startswith("“Live” or “Live over server-sent events”")
    assert "Do not send the letter" in outcomes[1]
    assert "If you cannot test: send the letter all the same" in looking


def test_where_there_is_no_letter_what_is_seen_ends_it() -> None:
    """Or has the whole test made there."""
    report = conclude(seen(server="http://127.0.0.1:8000", websocket=UpgradeSeen(Upgrade.STRIPPED, 200)))
    page = words_of(page_of(report))

    assert "all is well there too. You are finished." in page
    assert "Ask the colleague who made this page to make the whole test on that PC" in page
    assert "letter" not in page


@pytest.mark.parametrize("changes", [{"poll": LiveSeen(Live.REFUSED, 403)}, {"caps": WITHOUT_AUTHORIZATION}])
def test_what_a_browser_does_not_show_is_not_looked_for_there(changes: dict[str, Any]) -> None:
    """It would say “Live”, and a letter that is needed would not be sent."""
    page = words_of(page_of(conclude(seen(server="http://127.0.0.1:8000", **changes))))

    assert "This fault cannot be seen in a browser." in page
    assert "Live by asking" not in page
    assert "Do not send the letter" not in page


@pytest.mark.parametrize("report", [only_polls(), cut_when_silent(), conclude(seen())])
def test_a_page_from_a_user_s_pc_has_no_word_of_another_place(report: Report) -> None:
    """Its names are those that users type, and its result is certain."""
    page = words_of(page_of(report))

    of_another_place = (
        "Transom server itself",
        "not yet from",
        "probably",
        YOUR_SERVER,
        "and there replace",
        "The whole test",
    )
    for said in of_another_place:
        assert said not in page
    if plan_for(report).urgent:
        assert "from the machine desk-7" in page
        assert page.index("Hello,") < page.index("Watch the words at the top right")


def test_who_answers_at_the_address_is_drawn_there() -> None:
    """Transom is behind it; through a proxy that users are told of, the address is Transom's own."""
    page = words_of(page_of(only_polls(machines=[NGINX])))
    assert "nginx 1.22.1 (answers at transom.example)→Transom" in page
    assert "is reached at https://transom.example, where nginx 1.22.1 answers and passes requests on to it." in page
    assert "that listens on port 443" in page

    told = words_of(page_of(only_polls(proxy="http://proxy.example:3128")))
    assert "→Transom at transom.example" in told
    assert "by way of the proxy http://proxy.example:3128." in told


def test_what_does_not_matter_does_not_stand_out() -> None:
    """Where nothing has to be done, nothing is red: each line says that it does not matter, or who is concerned."""
    page = page_of(conclude(seen(websocket=REFUSED, caps=LIMITED)))

    assert 'class="no"' not in page
    assert "refused (403); does not matter" in page
    assert "up to 256 KB pass; see BODY_LIMIT" in page
    assert 'class="no"' in page_of(only_polls())


def test_another_address_is_named_as_it_is() -> None:
    """In what has to be changed there."""
    page = words_of(page_of(only_polls()))

    assert "Allow WebSockets to transom.example" in page


def test_settings_are_named_where_the_machine_is_not() -> None:
    """By what they are called in common products, with lines to copy."""
    page = words_of(page_of(only_polls())) + words_of(page_of(cut_when_silent()))

    for line in (
        "proxy_buffering off;",
        "proxy_read_timeout 3600s;",
        "client_max_body_size 16m;",
        "proxy_set_header Upgrade $http_upgrade;",
        "upgrade=websocket",
        "ProxyTimeout 3600",
        "LimitRequestBody 16777216",
        "timeout tunnel 1h",
        "request_body_max_size 16 MB",
        "Key=idle_timeout.timeout_seconds,Value=3600",
    ):
        assert line in page.replace("&quot;", '"'), line
    for product in ("nginx", "Apache", "HAProxy", "squid", "Web filter, secure web gateway or firewall"):
        assert f"If it is: {product}" in page
    assert "If it is: Cloud load balancer" in page


def test_a_machine_that_is_recognised_has_its_own_lines_alone() -> None:
    """One that is none of those that are known has those of all."""
    known = only_polls(machines=[NGINX])
    assert not any(finding.settings for finding in known.findings)
    assert any(finding.snippets for finding in known.findings)
    assert "How to find the machine" not in words_of(page_of(known))

    strange = only_polls(machines=[Machine("fred", Program.OTHER, "its answers have `Via: 1.1 fred`")])
    assert any(finding.settings for finding in strange.findings)


def test_a_proxy_that_clients_are_told_of_is_looked_at_first() -> None:
    """Its kinds come first among the settings, and nothing of load balancers."""
    report = only_polls(proxy="http://proxy.example:3128")
    (finding,) = [finding for finding in report.findings if finding.code == "UPGRADE_REFUSED"]

    assert finding.settings[0].product == "squid"
    assert not any("loud" in setting.product for setting in finding.settings)
    assert "The proxy http://proxy.example:3128, which the test was told to use." in words_of(page_of(report))


def test_the_machine_is_found_by_looking_from_elsewhere() -> None:
    """Each test with what its outcome means; and where the first one ran is said."""
    page = words_of(page_of(only_polls()))

    assert "How to find the machine" in page
    assert "From another network" in page
    assert "the fault is on the side of the network where this test ran" in page
    assert "on the machine desk-7" in page
    assert "ask the colleague who made this page to run this on the same machine, desk-7" in page


def test_what_to_expect_afterwards_is_said() -> None:
    """The first line, as it is printed then."""
    for report in (only_polls(), cut_when_silent()):
        assert f"It worked if the test says “{NOTHING}”" in words_of(page_of(report))

    unreachable = conclude(Observations("https://transom.example", None, 20.0, Reach(Reached.NO_NAME, "why")))
    assert "begins with “Transom works from here”" in words_of(page_of(unreachable))
    assert conclude(seen()).sentence.startswith("Transom works from here")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # One of the two; the other stays as it is.
        (only_polls(), only_polls(websocket=UpgradeSeen(Upgrade.WORKS, 101))),
        (
            only_polls(),
            only_polls(
                **dict.fromkeys(("sse", "sse_post", "sse_padded"), LiveSeen(Live.WORKS, 200)),
                pacings=dict.fromkeys(ASKED, AT_ONCE),
            ),
        ),
        (cut_when_silent(), cut_when_silent(silent=Lasting(70), quiet_websocket=Lasting(55))),
    ],
)
def test_the_check_comes_true_when_only_what_was_asked_is_done(before: Report, after: Report) -> None:
    """The rest may stay: it is listed, and does not count."""
    assert NOTHING in plan_for(before).success
    assert not plain(before, plan_for(before)).headline.startswith(NOTHING)

    assert plan_for(after).changes
    assert plain(after, plan_for(after)).headline.startswith(NOTHING)


def test_a_cut_is_looked_for_again_for_long_enough() -> None:
    """The one figure is an hour, and over 61 s it does, with the reason; less than that proves nothing."""
    page = words_of(page_of(cut_when_silent()))

    assert "Let a connection be silent for 1 hour (60 minutes, 3600 seconds) before it is cut." in page
    assert "If your rules do not allow that, at least 61 seconds: " in page
    assert "slowest kind of request waits up to 55 seconds." in page
    assert "transom doctor https://transom.example --seconds 70" in page
    assert "--seconds 20" not in page


def test_a_letter_can_be_sent_as_it_is() -> None:
    """It has what was seen, what is asked for, the lines, and how to see that it worked."""
    (letter,) = re.findall(r'<pre class="letter">(.*?)</pre>', page_of(only_polls()), flags=re.DOTALL)

    assert "Please make one of these changes" in letter
    assert "It is enough if ONE of change 1 or change 2 is done" in letter
    assert "CHANGE 1 (code UPGRADE_REFUSED)" in letter
    assert "CHANGE 2 (code STREAMS_HELD)" in letter
    assert "proxy_set_header Upgrade $http_upgrade;" in letter
    assert "curl -sSN -m 5 &quot;https://transom.example/v1/doctor/stream" in letter
    assert "Now it shows no line, or only one. After the change: five lines, one each second." in letter
    assert "`" not in letter


def test_a_refusal_is_offered_only_where_another_way_works() -> None:
    """Where none does, a WebSocket has to pass."""
    changes = {finding.code: finding.change for finding in cut_when_silent().findings}
    assert "403: Server-Sent Events works here" in changes["WEBSOCKET_BROKEN"]

    changes = {finding.code: finding.change for finding in only_polls(websocket=BROKEN).findings}
    assert "403" not in changes["WEBSOCKET_BROKEN"]


def test_figures_say_what_they_mean() -> None:
    """Between which sizes a limit lies; how late a real stream would be; which faults may be one."""
    sentences = {
        finding.code: finding.seen for report in (only_polls(), cut_when_silent()) for finding in report.findings
    }

    assert "the limit lies between 256 KB and 1 MB (often 1 MB)" in sentences["BODY_LIMIT"]
    assert "real ones last minutes" in words_of(page_of(only_polls()))
    assert "both may be one fault" in sentences["WEBSOCKET_BROKEN"]
    assert "compression" not in sentences["STREAMS_PASS"]


def test_what_a_change_opens_is_said() -> None:
    """For whoever answers for security; also to programs, beside what they were told before."""
    for report in (only_polls(), cut_when_silent()):
        for finding in plan_for(report).changes:
            assert finding.opens.endswith("."), finding.code
    document = json.loads(json.dumps(only_polls().document()))
    assert {"code", "severity", "seen", "means", "by", "change", "snippets"} <= document["findings"][0].keys()
    assert document["observations"]["examined_from"] == "desk-7"


def test_the_text_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """What comes first, numbered; the warning; and where to look."""
    show_report(only_polls(server="http://127.0.0.1:8000"))
    text = " ".join(capsys.readouterr().out.split())

    assert "Do ONE of 1 or 2" in text
    assert "✗ 1. The request to open a WebSocket was refused with 403." in text
    assert "Transom works, but messages probably come late." in text
    assert "Mind: This test was made on the Transom server itself (127.0.0.1)" in text
    assert "users have the fault." in text
    assert "Send the letter" not in text
    assert "How to find the machine" in text
    assert "If it is: nginx:" in text
    assert f"It worked if the test says “{NOTHING}”" in text


def test_good_things_are_neither_numbered_nor_changed() -> None:
    """They are left as they are."""
    report = cut_when_silent(
        pacings={**dict.fromkeys(ASKED, AT_ONCE), "get, unmarked": replace(HELD, late_seconds=2.9)}
    )

    assert "Works, leave it so: Event streams" in words_of(page_of(report))
    for finding in report.findings:
        if finding.severity is Severity.GOOD:
            assert (finding.settings, finding.opens) == ((), "")
