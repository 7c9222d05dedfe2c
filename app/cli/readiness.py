"""Whether what was started can be used."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

#: How long one question may take, in seconds. The socket listens before the process behind it does, so a question
#: that is asked too early waits, and is answered at the first possible moment.
_ASK_SECONDS = 0.5


def web_is_ready(url: str) -> bool:
    """Whether `/readyz` answers 200 there; asks directly, whatever proxies the environment names."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_ASK_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def socket_is_there(path: Path) -> bool:
    """Whether a process listens at this Unix socket, as far as the file says so."""
    return path.is_socket()
