"""The inspector keeps what a run warned of."""

from __future__ import annotations

from plugins.inspector.inspector_service import InspectorService
from plugins.registry import PluginRegistry


def test_nothing_was_warned_of_at_first() -> None:
    """A fresh inspector has no warnings."""
    assert InspectorService(PluginRegistry()).collect_warnings() == []


def test_warnings_come_in_the_order_they_were_noted() -> None:
    """Every warning is kept, the oldest first, one that is said twice both times."""
    inspector = InspectorService(PluginRegistry())
    for message in ("dark", "blurred", "dark"):
        inspector.add_warning(message)

    assert inspector.collect_warnings() == ["dark", "blurred", "dark"]


def test_what_was_collected_is_the_callers_own() -> None:
    """Changing the list or the timings that were given out changes nothing within."""
    inspector = InspectorService(PluginRegistry())
    inspector.add_warning("dark")
    inspector.add_timing("motion", 5)
    inspector.collect_warnings().clear()
    inspector.collect_timings().clear()

    assert inspector.collect_warnings() == ["dark"]
    assert inspector.collect_timings() == {"motion": 5}


def test_two_inspectors_share_nothing() -> None:
    """The warnings of one run are not those of the next."""
    registry = PluginRegistry()
    InspectorService(registry).add_warning("dark")

    assert InspectorService(registry).collect_warnings() == []
