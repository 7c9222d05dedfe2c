"""What is said holds for whoever reads it: the lines prove what they say, and the words fit what was found."""

from __future__ import annotations

import pytest

from app.cli.doctor_text import show_report
from app.client.doctor.conclusions import conclude
from app.client.doctor.observations import Upgrade, UpgradeSeen
from app.client.doctor.page import page_of
from app.client.doctor.whereabouts import command, how_to_find, whole_test_lines
from tests.unit.client.test_doctor_findings import seen
from tests.unit.client.test_doctor_letter import PROXY
from tests.unit.client.test_doctor_page import only_polls, words_of

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
