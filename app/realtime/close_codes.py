"""Why a WebSocket was closed. The range says whether to reconnect: 4000-4007 are final, 4008-4015 are not."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class CloseCode(IntEnum):
    """Every code that the server closes with."""

    NORMAL = 1000
    GOING_AWAY = 1001
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_LATER = 1013
    BAD_QUERY = 4000
    CAPACITY = 4001
    NOT_ALLOWED = 4003
    HEARTBEAT_MISSED = 4008
    TOO_SLOW = 4009


#: The codes of RFC 6455's own range after which a client comes back with its cursor; also 1006, "it just broke".
_RECONNECT: Final = frozenset({1001, 1006, 1011, 1012, 1013})


def should_reconnect(code: int) -> bool:
    """Whether a client that was closed with this code comes back with its cursor."""
    return code in _RECONNECT or 4008 <= code <= 4015
