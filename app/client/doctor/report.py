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
class Setting:
    """What to set in a common product; `copyable` are lines for a configuration or a shell, the rest is prose."""

    product: str
    text: str
    copyable: bool


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
    #: Where no program was recognised: what the settings are called in those that are common.
    settings: tuple[Setting, ...] = ()
    #: What the change opens and what it does not, for whoever answers for security.
    opens: str = ""
    #: False where no setting changes it, or nobody needs it; `change` says which, and nobody is asked for it.
    to_do: bool = True


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

    @property
    def unidentified(self) -> bool:
        """Whether something on the way does harm, and no machine there says who it is."""
        # Who inspects is named by the certificate, and who asks for a password by the address of the proxy.
        named = {"TLS_INSPECTED", "PROXY_AUTHENTICATION"}
        machines = self.observations.machines
        return not machines and any(finding.by and finding.code not in named for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)
