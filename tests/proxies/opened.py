"""What mitmproxy read of encrypted connections, by its own log: who only passes them on sees none of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: A request with its headers, as mitmproxy logs it once it is over, and what came of it.
_REQUEST: Final = re.compile(
    r"^\S+: (?P<method>[A-Z]+) (?P<url>https://\S+).*\n(?P<headers>(?: {4}.*\n)*) +<< (?P<answer>.*)$", re.MULTILINE
)
_AGENT: Final = re.compile(r"^ {4}user-agent: (.*)$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """A request that was read though it was encrypted, and the first words of its answer."""

    method: str
    url: str
    agent: str
    answer: str


def opened(log: Path) -> list[Opened]:
    """The requests that were read, in the order in which they were over."""
    found = _REQUEST.finditer(log.read_text(errors="replace"))
    return [Opened(each["method"], each["url"], _agent(each["headers"]), each["answer"]) for each in found]


def _agent(headers: str) -> str:
    named = _AGENT.search(headers)
    return named[1] if named else ""
