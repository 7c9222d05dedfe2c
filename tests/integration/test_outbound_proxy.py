"""The way out through a proxy that wants a password: inputs and webhooks over TLS, inside a `CONNECT`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.certificates import Certificate, make_certificate
from tests.integration.test_batches import items_of, picture, wait_for_end
from tests.outside import Outside, serve_outside
from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode
from tests.receivers import Receiver, receiver, settings_for
from tests.stack import PATIENCE_SECONDS, Product

#: The way out is the web process's; no database has a part in it.
pytestmark = pytest.mark.only_over("sqlite")

Start = Callable[..., Product]


@pytest.fixture(name="certificate")
def _certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path)


@pytest.fixture(name="outside")
def _outside(certificate: Certificate) -> Iterator[Outside]:
    with serve_outside(certificate) as outside:
        outside.files.update({"picture.png": picture(1), "another.png": picture(2)})
        yield outside


@pytest.fixture(name="hook")
def _hook(certificate: Certificate) -> Iterator[Receiver]:
    with receiver(certificate) as hook:
        yield hook


@pytest.fixture(name="proxy")
def _proxy(outside: Outside) -> Iterator[HostileProxy]:
    with HostileProxy(outside.url, Mode.AUTHENTICATE) as proxy:
        yield proxy


@pytest.fixture(name="start")
def _start(own_product: Start, outside: Outside, hook: Receiver, certificate: Certificate) -> Start:
    """A factory of products that trust that certificate, and may ask and tell those two."""

    def start(**settings: str) -> Product:
        return own_product(
            **{
                **settings_for(hook),
                "TRANSOM_INPUT_URL_HOSTS": f"127.0.0.1:{outside.port}",
                "TRANSOM_CA_BUNDLE": str(certificate.path),
                **settings,
            }
        )

    return start


def tunnels(proxy: HostileProxy) -> list[tuple[str, int]]:
    """Where it was asked to connect to, and what it answered."""
    assert {entry.method for entry in proxy.log} <= {"CONNECT"}
    return [(entry.path, entry.status) for entry in proxy.log]


def test_inputs_and_webhooks_over_tls_go_through_it(
    start: Start, outside: Outside, hook: Receiver, proxy: HostileProxy
) -> None:
    """A job by address, told of by webhook, and a batch: each connection is a tunnel, and the proxy reads nothing."""
    product = start(TRANSOM_OUTBOUND_PROXY=proxy.forward_url)
    path = f"/{uuid4().hex}"

    answer = product.client.post(
        "/v1/jobs",
        json={"plugin": "numbered", "input_url": f"{outside.url}/picture.png", "webhook_url": hook.url(path)},
        timeout=PATIENCE_SECONDS,
    )
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["job_id"]
    (message,) = hook.wait(path)
    items = [{"url": f"{outside.url}/{name}"} for name in outside.files]
    batch_id = product.client.post("/v1/batches", json={"plugin": "numbered", "items": items}).json()["batch_id"]
    wait_for_end(product, batch_id)

    assert (message.body["type"], message.body["data"]["job_id"]) == ("job.done", job_id)
    assert [item["error"] or item["status"] for item in items_of(product, batch_id)] == ["done", "done"]
    assert len(outside.asked) == 3
    through = tunnels(proxy)
    assert {status for _, status in through} == {200}
    assert sorted(place for place, _ in through) == sorted(
        [f"127.0.0.1:{hook.port}", *[f"127.0.0.1:{outside.port}"] * 3]
    )


def test_without_its_password_nothing_gets_out_and_it_is_said(
    start: Start, outside: Outside, proxy: HostileProxy
) -> None:
    """The proxy's 407 is no answer of the address, and is told as what it is."""
    product = start(TRANSOM_OUTBOUND_PROXY=proxy.url)

    answer = product.client.post(
        "/v1/jobs", json={"plugin": "numbered", "input_url": f"{outside.url}/picture.png"}, timeout=PATIENCE_SECONDS
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "URL_UNREACHABLE")
    assert "The proxy" in answer.json()["detail"]
    assert outside.asked == []
    assert tunnels(proxy) == [(f"127.0.0.1:{outside.port}", 407)]


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    start: Start, outside: Outside, proxy: HostileProxy
) -> None:
    """Inside the tunnel as without one; whoever runs the server learns why, as a proxy that opens TLS is a reason."""
    product = start(TRANSOM_OUTBOUND_PROXY=proxy.forward_url, TRANSOM_CA_BUNDLE="")

    answer = product.client.post(
        "/v1/jobs", json={"plugin": "numbered", "input_url": f"{outside.url}/picture.png"}, timeout=PATIENCE_SECONDS
    )

    assert answer.json()["code"] == "URL_UNREACHABLE"
    assert "a certificate that this server does not trust" in answer.json()["detail"]
    assert outside.asked == []
