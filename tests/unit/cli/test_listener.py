"""Who may listen where."""

from __future__ import annotations

import socket

import pytest

from app.addresses import is_loopback
from app.cli.listener import AddressTaken, adopt, listen, local_url
from app.errors import ConfigurationError
from app.settings import load_settings


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.9.10"])
def test_loopback_is_allowed(host: str) -> None:
    """An address that only this machine reaches needs no leave; port 0 becomes a real one."""
    with listen(load_settings(host=host, port=0)) as listener:
        assert listener.getsockname()[1] > 0
        with socket.create_connection(listener.getsockname()):
            pass


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_address_is_refused(host: str) -> None:
    """An address that others can reach is refused with the setting that allows it."""
    with pytest.raises(ConfigurationError, match=r"TRANSOM_HOST=.*TRANSOM_ALLOW_OPEN=1"):
        listen(load_settings(host=host, port=0))


def test_an_open_address_is_allowed_where_that_was_said() -> None:
    """With TRANSOM_ALLOW_OPEN it listens, and the address for this machine is a loopback one."""
    with listen(load_settings(host="0.0.0.0", port=0, allow_open=True)) as listener:
        assert f"http://127.0.0.1:{listener.getsockname()[1]}" == local_url(listener)


def test_a_port_that_is_taken_is_named() -> None:
    """Two can't listen on one port, and the second is told which."""
    with listen(load_settings(port=0)) as first:
        port = first.getsockname()[1]

        with pytest.raises(AddressTaken, match=f"127.0.0.1:{port} is taken"):
            listen(load_settings(port=port))


@pytest.mark.parametrize("host", ["no such name", "192.0.2.1"])
def test_an_address_that_is_not_this_machines_is_named(host: str) -> None:
    """The message names variable and value."""
    with pytest.raises(ConfigurationError, match=f"TRANSOM_HOST='{host}'"):
        listen(load_settings(host=host, port=0, allow_open=True))


def test_only_a_socket_can_be_inherited() -> None:
    """A number that is no socket is refused with a sentence."""
    with pytest.raises(ConfigurationError, match="--fd 987654 is not a socket"):
        adopt(987654)


@pytest.mark.parametrize(("host", "expected"), [("::1", True), ("127.0.0.1", True), ("::", False), ("10.0.0.1", False)])
def test_loopback_is_recognized(host: str, expected: bool) -> None:
    """Both families are known."""
    assert expected == is_loopback(host)
