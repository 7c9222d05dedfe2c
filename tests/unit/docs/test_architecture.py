"""ARCHITECTURE.md stays true: what it names is there, and what it claims to be in a file is in it."""

from __future__ import annotations

import re

import pytest

from app.realtime.close_codes import CloseCode
from app.realtime.message_types import MessageType
from tests.stack import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PATHS = sorted(set(re.findall(r"(?:app|tasks|plugins|tests|web-ui|bench)/[\w./-]*[\w/]", TEXT)))
#: "`name` in `file`": the document sends its reader there.
PLACES = sorted(set(re.findall(r"`(\w+)` in `([\w/.]+\.py)`", TEXT)))


@pytest.mark.parametrize("path", PATHS)
def test_named_path_exists(path: str) -> None:
    """Every path that the document names exists."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_named_thing_is_where_it_is_said_to_be(name: str, path: str) -> None:
    """A function or class that the document places in a file is defined there."""
    assert re.search(rf"^\s*(?:async )?(?:def|class) {name}\b|^{name}\b.*=", (ROOT / path).read_text(), re.MULTILINE)


def test_document_names_enough_to_follow_a_job() -> None:
    """The document leads through the files; one that names few leads nowhere."""
    assert len(PATHS) > 30
    assert len(PLACES) >= 5


@pytest.mark.parametrize("kind", list(MessageType))
def test_every_message_type_has_a_golden_file(kind: MessageType) -> None:
    """A message type without an example is not part of the contract."""
    assert (ROOT / "tests" / "wire" / f"{kind}.json").exists()


@pytest.mark.parametrize("code", [code for code in CloseCode if code >= 4000])
def test_every_close_code_of_ours_is_documented(code: CloseCode) -> None:
    """A client's author finds each close code in the description of the API."""
    assert str(int(code)) in (ROOT / "README.md").read_text() + (ROOT / "app" / "openapi.py").read_text()
