"""The Python client: submit, list, cancel and watch jobs on a Transom server."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from app.client.errors import ClientClosed, ServerUnreachable, refusal
from app.client.message import TERMINAL_STATUSES, Message
from app.client.position import Position
from app.client.transports.sse import SseTransport
from app.client.transports.transport import Transport
from app.client.transports.websocket import WebSocketTransport
from app.client.watch import Watch
from app.version import VERSION

#: Connecting may take 10 s; after an upload the server may take some time to look at what it got.
_TIMEOUT: Final = httpx.Timeout(120.0, connect=10.0)
_NDJSON: Final = "application/x-ndjson"
#: In the order in which they are tried.
TRANSPORTS: Final = ("websocket", "sse")


class TransomClient:
    """A client of one server; a context manager.

    Proxies come from the environment (`HTTPS_PROXY`, `NO_PROXY`, …) unless `proxies` is false. `transports` are
    the ways in which a stream is tried to be had, in this order.
    Every call raises `ServerUnreachable` where nobody answers and `RequestRefused` where the server says no.
    `close` may be called from another thread: what is under way then raises `ClientClosed`.
    """

    def __init__(
        self,
        server: str,
        *,
        ca_bundle: Path | None = None,
        proxies: bool = True,
        transports: Sequence[str] = TRANSPORTS,
    ) -> None:
        self.server = server.rstrip("/")
        tls = ssl.create_default_context(cafile=ca_bundle) if self.server.startswith("https:") else None
        self._http = httpx.Client(
            base_url=self.server,
            timeout=_TIMEOUT,
            verify=tls or True,
            trust_env=proxies,
            headers={"User-Agent": f"transom/{VERSION}"},
        )
        realtime = f"{self.server}/v1/realtime"
        known: dict[str, Transport] = {
            "websocket": WebSocketTransport(realtime, tls=tls, proxies=proxies),
            "sse": SseTransport(realtime, http=self._http),
        }
        self._transports = [known[name] for name in transports]
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is under way and let go of the connections."""
        self._closing.set()
        self._http.close()

    def submit(
        self,
        file: Path,
        *,
        plugin: str,
        tools: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
        device: str | None = None,
    ) -> dict[str, Any]:
        """Send a file to be processed; answers the new job. Raises `OSError` where the file can't be read."""
        fields: dict[str, Any] = {"plugin": plugin}
        if tools:
            fields["tool"] = list(tools)
        if options:
            fields["options"] = json.dumps(options)
        if device:
            fields["device"] = device
        with file.open("rb") as content:
            return self._call("POST", "/v1/jobs", data=fields, files={"file": (file.name, content)})

    def jobs(self, *, limit: int | None = None, **filters: str | None) -> dict[str, Any]:
        """A page of jobs, newest first: `jobs`, `count`, `next_after`. `filters` as in the API (`status`, …)."""
        given = {name: value for name, value in {"limit": limit, **filters}.items() if value is not None}
        return self._call("GET", "/v1/jobs", params=given)

    def job(self, job_id: str) -> dict[str, Any]:
        """All that is known of a job but its frames."""
        return self._call("GET", f"{_path(job_id)}/extended", params={"frames": "false"})

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Cancel a job; one that has ended is left as it is, and its status answered."""
        return self._call("POST", f"{_path(job_id)}/cancel")

    def plugins(self) -> dict[str, Any]:
        """The plugins of the fleet."""
        return self._call("GET", "/v1/plugins")

    def events(self, job_id: str, *, after: str | None = None) -> Iterator[str]:
        """The job's log as it is now, from a cursor on, as texts of the wire."""
        params = {"after": after} if after else {}
        with (
            self._answering(),
            self._http.stream("GET", f"{_path(job_id)}/events", params=params, headers={"Accept": _NDJSON}) as response,
        ):
            if response.is_error:
                response.read()
                raise refusal(response)
            for line in response.iter_lines():
                if line:
                    yield line

    def watch(self, job_id: str, *, since: str = "start") -> Iterator[Message]:
        """Every message of the job's log, once and in order, as it happens, until the job has ended.

        `since`: `start`, `now`, or a cursor. Reconnects by itself, and comes by SSE where a WebSocket does not get
        through. A `reset` says that what came before no longer counts; so does a higher `attempt`.
        Raises `InvalidCursor` and `StreamLost` besides what every call raises.
        """
        job = self.job(job_id)
        position = Position(str(job["cursor"]) if since == "now" else since)
        watch = Watch(
            job_id=job_id,
            position=position,
            transports=self._transports,
            read_log=lambda job_id, after: self.events(job_id, after=after),
            closing=self._closing,
        )
        yield from watch.messages(ended=job["status"] in TERMINAL_STATUSES)

    def _call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        with self._answering():
            response = self._http.request(method, path, **arguments)
        if response.is_error:
            raise refusal(response)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ServerUnreachable(self.server, f"what answers at {response.url} is not Transom")
        return answer

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say in one way that nobody answered, or that the client was closed meanwhile."""
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if self._closing.is_set():
                raise ClientClosed from None
            raise ServerUnreachable(self.server, str(error) or type(error).__name__) from error
        except RuntimeError:
            # httpx says so of a client that is closed.
            if self._closing.is_set():
                raise ClientClosed from None
            raise


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
