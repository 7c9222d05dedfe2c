"""The socket that `transom up` and `transom web` listen on, and who may open it to whom."""

from __future__ import annotations

import errno
import ipaddress
import socket

from app.addresses import require_loopback
from app.errors import ConfigurationError
from app.settings import Settings

#: Connections that may wait to be accepted, as while the web process is started again.
BACKLOG = 2048


class AddressTaken(Exception):
    """Somebody else listens on this address."""


def listen(settings: Settings) -> socket.socket:
    """A socket that listens on the address of the settings; port 0 takes a free one.

    Raises `ConfigurationError` when the address is not this machine's or not allowed, `AddressTaken` when
    it is not free.
    """
    family, address = _resolve(settings.host, settings.port)
    require_loopback(address[0], settings=settings)
    try:
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except PermissionError:
        raise ConfigurationError(f"TRANSOM_PORT='{settings.port}': this user may not listen there") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressTaken(
                f"{settings.host}:{settings.port} is taken by another program; --port takes another, 0 a free one"
            ) from None
        raise ConfigurationError(f"TRANSOM_HOST={settings.host!r}: can't listen there: {error.strerror}") from None


def adopt(fd: int) -> socket.socket:
    """The listening socket that was inherited under this number; raises `ConfigurationError` if it is none."""
    try:
        return socket.socket(fileno=fd)
    except OSError as error:
        raise ConfigurationError(f"--fd {fd} is not a socket: {error.strerror}") from None


def local_url(listener: socket.socket) -> str:
    """An address at which this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if listener.family == socket.AF_INET6 else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigurationError(f"TRANSOM_HOST={host!r}: {error.strerror}") from None
    # A name such as localhost means both families; IPv4 is what everyone's links and proxies expect.
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, (str(address[0]), int(address[1]))
