"""Requests to one server: through the right proxy, trusting what the system trusts, and with one kind of error."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from app.client.errors import (
    GATEWAY_STATUSES,
    CertificateNotTrusted,
    ClientClosed,
    ProxyRefused,
    RequestRefused,
    ServerUnreachable,
    proxy_refusal,
    refusal,
)
from app.client.proxies import proxy_for
from app.client.tls import distrust, trusting
from app.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

#: Connecting may take 10 s; after an upload the server may take some time to look at what it got.
_TIMEOUT: Final = httpx.Timeout(120.0, connect=10.0)
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
#: Pauses before a request is made again that something on the way did not pass on, at most, in seconds.
_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 4.0)
_JITTER: Final = random.SystemRandom()
#: Where the same request is still under way on the server, because its answer got lost.
_UNDER_WAY: Final = "REQUEST_IN_PROGRESS"
_NEEDS_CREDENTIALS: Final = 407


class Http:
    """A server, as far as plain requests go."""

    def __init__(self, server: str, *, ca_bundle: Path | None = None, proxies: bool = True) -> None:
        self.server = server.rstrip("/")
        self.proxy = proxy_for(self.server) if proxies else None
        encrypted = self.server.startswith("https:") or (self.proxy or "").startswith("https:")
        self.tls = trusting(ca_bundle) if encrypted else None
        # Loading what is trusted takes a while; where nothing is encrypted nobody has to be.
        verify = self.tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client = httpx.AsyncClient(
            base_url=self.server,
            timeout=_TIMEOUT,
            verify=verify,
            proxy=httpx.Proxy(self.proxy, ssl_context=self._proxy_tls()) if self.proxy else None,
            # Proxies were looked for already, in the one way that WebSockets share.
            trust_env=False,
            headers={"User-Agent": f"transom/{VERSION}"},
            limits=httpx.Limits(max_connections=None),
        )
        self.closed = False

    @property
    def origin(self) -> str:
        """What a fact about the way here is filed under."""
        return f"{self.server} {self.proxy or ''}"

    async def close(self) -> None:
        """Let go of the connections; what is under way raises `ClientClosed`."""
        self.closed = True
        await self.client.aclose()

    async def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Make a request; the answer, read.

        One that may be made twice without harm (a `GET`, or with an `Idempotency-Key`) is made again where
        something on the way could not pass it on.
        Raises `ServerUnreachable`, `RequestRefused`, `ClientClosed`.
        """
        return await self._again(method, arguments, lambda: self.send_once(method, path, **arguments))

    async def send_once(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """The same, once only."""
        with self.answering():
            response = await self.client.request(method, path, **arguments)
        if response.is_error:
            raise refusal(response)
        return response

    async def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """The same; the object that was answered."""
        return self.document(await self.send(method, path, **arguments))

    def document(self, response: httpx.Response) -> dict[str, Any]:
        """The object in an answer; raises `ServerUnreachable` where it is none of Transom's."""
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ServerUnreachable(self.server, f"what answers at {response.url} is not Transom")
        return answer

    @asynccontextmanager
    async def stream(self, method: str, path: str, **arguments: Any) -> AsyncIterator[httpx.Response]:
        """Make a request whose answer is read as it comes; raises what `send` raises."""
        response = await self._again(method, arguments, lambda: self._begin(method, path, arguments))
        try:
            with self.answering():
                yield response
        finally:
            await response.aclose()

    async def _begin(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        with self.answering():
            response = await self.client.send(self.client.build_request(method, path, **arguments), stream=True)
            if response.is_error:
                await response.aread()
                raise refusal(response)
        return response

    async def _again(
        self, method: str, arguments: dict[str, Any], attempt: Callable[[], Awaitable[httpx.Response]]
    ) -> httpx.Response:
        """The attempt's answer, or that of a later one where it may be made twice and was not passed on."""
        harmless = method in {"GET", "HEAD"} or IDEMPOTENCY_KEY in (arguments.get("headers") or {})
        pauses = list(_PAUSES_SECONDS) if harmless else []
        under_way = False
        while True:
            try:
                return await attempt()
            except RequestRefused as error:
                lost = isinstance(error, ProxyRefused) and error.status in GATEWAY_STATUSES
                if not pauses or not (lost or (under_way and error.code == _UNDER_WAY)):
                    raise
                logger.info("Asking again: %s", error, extra={"action": "request_again"})
            under_way = True
            await asyncio.sleep(pauses.pop(0) * _JITTER.uniform(0.5, 1.0))

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Say in one way that nobody answered, or that the client was closed meanwhile."""
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if self.closed:
                raise ClientClosed from None
            if isinstance(error, httpx.ProxyError) and str(error).startswith(str(_NEEDS_CREDENTIALS)):
                raise proxy_refusal(_NEEDS_CREDENTIALS) from error
            if refused := distrust(error):
                raise CertificateNotTrusted(self.server, refused) from error
            raise ServerUnreachable(self.server, str(error) or type(error).__name__) from error
        except RuntimeError:
            # httpx says so of a client that is closed.
            if self.closed:
                raise ClientClosed from None
            raise

    def _proxy_tls(self) -> Any:
        return self.tls if self.proxy and self.proxy.startswith("https:") else None
