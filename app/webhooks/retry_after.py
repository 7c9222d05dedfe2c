"""`Retry-After`: how long a receiver asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def asked_seconds(text: str | None, *, now: datetime | None = None) -> float | None:
    """The seconds that a header's value asks for, as a number or as a date; None where it is neither.

    A receiver may send anything: nothing is raised, whatever it says.
    """
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        # More digits than any time has; Python itself refuses to read very many.
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        # The parser says "no date" by ValueError, but stumbles over some texts, and over numbers beyond all dates.
        return None
