"""Short requests, with a note of who showed itself in the answers and how often something on the way failed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from app.client.doctor.listening import Ending, Heard, listen
from app.client.doctor.machines import Machine, machines_in
from app.client.errors import GATEWAY_STATUSES

#: What fails on the way is asked again so often, after so many seconds.
_TIMES: Final = 4
_PAUSE_SECONDS: Final = 0.3
_PAGE_CHARACTERS: Final = 4096
_TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came; `status` is 0 where nothing did, and `error` says why."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    document: dict[str, Any] | None = None
    error: str = ""

    @property
    def ours(self) -> bool:
        """Whether Transom answered: its errors are documents with a code."""
        return self.document is not None and (self.status < 400 or "code" in self.document)


class Asker:
    """Asks one server, over one client."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.machines: list[Machine] = []
        self.gateway_errors: list[int] = []
        self.requests = 0

    async def ask(self, method: str, path: str, **arguments: Any) -> Answer:
        """Ask, and again where something on the way could not pass it on; raises nothing of the network's."""
        answer = Answer()
        for attempt in range(_TIMES):
            if attempt:
                await asyncio.sleep(_PAUSE_SECONDS)
            self.requests += 1
            try:
                answer = self._read(await self.client.request(method, path, timeout=_TIMEOUT, **arguments))
            except httpx.HTTPError as error:
                answer = Answer(error=str(error) or type(error).__name__)
            if answer.status and not self._failed_on_the_way(answer.status, ours=answer.ours):
                break
        return answer

    async def listen(self, method: str, path: str, **arguments: Any) -> Heard:
        """`listen`, again where something on the way could not pass it on at once."""
        heard = Heard()
        for attempt in range(_TIMES):
            if attempt:
                await asyncio.sleep(_PAUSE_SECONDS)
            self.requests += 1
            heard = await listen(self.client, method, path, **arguments)
            self.note(heard.headers, heard.page if heard.ending is Ending.NO_STREAM else "")
            # What takes long to fail is cut for its length, and would be again.
            if heard.ended_at > 1 or not self._failed_on_the_way(
                heard.status, ours=heard.ending is not Ending.NO_STREAM
            ):
                break
        return heard

    def note(self, headers: Mapping[str, str], page: str = "") -> None:
        """Who shows itself in an answer."""
        self.machines.extend(machines_in(headers, page))

    def failed_on_the_way(self, status: int) -> None:
        """A request was answered so by something on the way, for the moment."""
        self.gateway_errors.append(status)

    def _read(self, response: httpx.Response) -> Answer:
        try:
            document = response.json()
        except ValueError:
            document = None
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, document if isinstance(document, dict) else None)
        self.note(headers, "" if answer.ours else response.text[:_PAGE_CHARACTERS])
        return answer

    def _failed_on_the_way(self, status: int, *, ours: bool) -> bool:
        failed = status in GATEWAY_STATUSES and not ours
        if failed:
            self.failed_on_the_way(status)
        return failed
