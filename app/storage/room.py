"""Where there is no room left: whoever tries later may find some."""

from __future__ import annotations

import errno
from typing import Final

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(error: OSError) -> bool:
    """Whether a file could not be written because its disk, or its owner's share of it, is full."""
    return error.errno in _NO_ROOM
