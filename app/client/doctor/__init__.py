"""What the way to a server does to requests and streams, and what follows from it: `examine` finds out."""

from __future__ import annotations

from app.client.doctor.examine import MOST_SECONDS, examine
from app.client.doctor.report import Finding, Report, Severity, Verdict

__all__ = ["MOST_SECONDS", "Finding", "Report", "Severity", "Verdict", "examine"]
