"""What follows from what was seen, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.client.doctor.observations import Observations


class Severity(StrEnum):
    """How much it matters to who watches jobs."""

    GOOD = "good"
    MINOR = "minor"
    SERIOUS = "serious"


class Verdict(StrEnum):
    """What it comes to."""

    LIVE = "live"
    POLLING = "polling"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines for the configuration of a program that was recognised."""

    program: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found. `code` is stable."""

    code: str
    severity: Severity
    #: One plain sentence, with the figure.
    seen: str
    #: What it means for whoever watches jobs.
    means: str
    #: By what, as far as it shows itself, and how that is known.
    by: str = ""
    change: str = ""
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried, and what came of it, in a few words."""

    what: str
    outcome: str
    good: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it."""

    server: str
    proxy: str | None
    #: When, RFC 3339 in UTC, and by which version of the client.
    made_at: str
    version: str
    verdict: Verdict
    sentence: str
    findings: tuple[Finding, ...]
    tried: tuple[Tried, ...]
    observations: Observations

    @property
    def codes(self) -> set[str]:
        """The codes of all findings."""
        return {finding.code for finding in self.findings}

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)
