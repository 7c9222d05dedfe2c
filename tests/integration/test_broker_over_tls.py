"""A broker over TLS, Redis's kind and RabbitMQ: its certificate is looked at, by every process that connects to it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from app.cli.embedded_broker import EmbeddedBroker
from app.cli.runtime_dir import runtime_dir
from app.realtime import broker_lines
from tests.back_ends import RABBITMQ, SERVICES, clear_broker
from tests.certificates import Certificate, make_certificate, server_side
from tests.sockets import hang_up
from tests.stack import ROOT, Product, wait_until

#: It is the broker that this is about; no database has a part in it.
pytestmark = pytest.mark.only_over("sqlite")

#: This machine too, by a name that no certificate here has. kombu makes 127.0.0.1 of "localhost".
OTHER_NAME = "127.1"


class Front:
    """Takes connections over TLS on a port of its own, and passes on what is in them."""

    def __init__(self, certificate: Certificate, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._listener = server_side(socket.create_server(("127.0.0.1", 0)), certificate)
        self.port = int(self._listener.getsockname()[1])
        #: Connections whose client took the certificate for good.
        self.trusted = 0
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody."""
        hang_up(self._open)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                threading.Thread(target=self._take, args=(client,), daemon=True).start()

    def _take(self, client: ssl.SSLSocket) -> None:
        try:
            client.do_handshake()
            # With TLS 1.3 whoever refuses says so after the handshake: the first word shows who did not.
            first = client.recv(65536)
        except OSError:
            return
        if not first:
            return
        self.trusted += 1
        broker = self._connect()
        self._open.append(broker)
        threading.Thread(target=self._carry, args=(broker, client), daemon=True).start()
        broker.sendall(first)
        self._carry(client, broker)

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
            other.shutdown(socket.SHUT_RDWR)


class Secured(NamedTuple):
    """A broker behind one."""

    front: Front
    scheme: str
    path: str

    def url(self, query: str = "", *, host: str = "127.0.0.1") -> str:
        """Its address, by a name that its certificate has, or by another."""
        return f"{self.scheme}://{host}:{self.front.port}/{self.path}{query}"


@contextmanager
def _valkey(folder: Path) -> Iterator[Callable[[], socket.socket]]:
    with runtime_dir(folder / "run") as sockets:
        broker = EmbeddedBroker(folder=folder / "broker", socket_path=sockets / "valkey.sock")
        process = subprocess.Popen(broker.spec(os.environ).argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def connect() -> socket.socket:
            connected = socket.socket(socket.AF_UNIX)
            connected.connect(str(broker.socket_path))
            return connected

        try:
            wait_until(broker.answers, what="the broker answers")
            yield connect
        finally:
            process.kill()
            process.wait()


@contextmanager
def _rabbitmq(_: Path) -> Iterator[Callable[[], socket.socket]]:
    yield lambda: socket.create_connection(("127.0.0.1", SERVICES["rabbitmq"]))


@pytest.fixture(name="certificate")
def _certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture(name="broker", params=["valkey", pytest.param("rabbitmq", marks=pytest.mark.service("rabbitmq"))])
def _broker(request: pytest.FixtureRequest, certificate: Certificate, tmp_path: Path) -> Iterator[Secured]:
    is_redis = request.param == "valkey"
    with (_valkey if is_redis else _rabbitmq)(tmp_path) as connect:
        front = Front(certificate, connect)
        yield Secured(front, "rediss" if is_redis else "amqps", "0" if is_redis else "/")
        front.close()


def say(url: str) -> None:
    """Say one thing to whoever listens there; raises what `errors` names where that can't be reached."""
    namespace = f"test-{uuid4().hex[:12]}"
    try:
        with broker_lines.speaking(url, namespace=namespace) as publish:
            publish(b"{}")
    finally:
        if url.startswith("amqp"):
            clear_broker(RABBITMQ, namespace)


def test_a_job_is_told_of_over_it(
    broker: Secured, certificate: Certificate, own_product: Callable[..., Product]
) -> None:
    """With its authority named once, all processes reach it: the bell is heard, and messages come at once."""
    namespace = f"test-{uuid4().hex[:12]}"
    environment = (
        {"TRANSOM_BROKER_URL": broker.url(), "TRANSOM_CA_BUNDLE": str(certificate.path)}
        if broker.scheme == "rediss"
        else {"TRANSOM_BROKER_URL": broker.url(f"?ssl_ca_certs={certificate.path}")}
    )
    product = own_product(TRANSOM_NAMESPACE=namespace, **environment)
    wait_until(
        lambda: product.client.get("/readyz").json()["parts"]["broker"]["ok"], what="the web process listens to it"
    )

    job = product.wait(product.submit(ROOT / "plugins/samples/harbour.webm"))

    assert job["status"] == "done"
    # The web process that listens, its bell, a scribe that publishes, and a worker that waits for bells.
    assert broker.front.trusted >= 4
    assert product.stop() == 0
    if broker.scheme == "amqps":
        clear_broker(RABBITMQ, namespace)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(broker: Secured) -> None:
    """Without a word of it in the address, nothing is sent to whom nobody knows."""
    with pytest.raises(broker_lines.errors(broker.url()), match="certificate"):
        say(broker.url())

    assert broker.front.trusted == 0


def test_a_certificate_for_another_name_is_not_believed(broker: Secured, certificate: Certificate) -> None:
    """Whoever has a certificate of the same authority is not yet the broker."""
    elsewhere = broker.url(f"?ssl_ca_certs={certificate.path}", host=OTHER_NAME)

    with pytest.raises(broker_lines.errors(elsewhere), match="certificate"):
        say(elsewhere)

    assert broker.front.trusted == 0


@pytest.mark.parametrize("host", ["127.0.0.1", OTHER_NAME])
def test_whoever_says_so_takes_any_certificate(broker: Secured, host: str) -> None:
    """It has to be said, in the address."""
    say(broker.url("?ssl_cert_reqs=none", host=host))

    assert broker.front.trusted == 1


def test_the_name_alone_may_be_left_out(broker: Secured, certificate: Certificate) -> None:
    """As for a broker behind an address that no certificate names."""
    say(broker.url(f"?ssl_ca_certs={certificate.path}&ssl_check_hostname=false", host=OTHER_NAME))

    assert broker.front.trusted == 1
