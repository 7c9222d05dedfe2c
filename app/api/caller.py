"""Who calls: the one place that says which tenant a request speaks for."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection

from app.database.schema import DEFAULT_TENANT


def tenant_of(connection: HTTPConnection[Any]) -> str:
    """The tenant whose data this request or WebSocket may see."""
    # Without authentication there is one tenant; keys and sessions will be read here.
    return DEFAULT_TENANT
