"""Twenty of the product's own clients behind proxies that change their habits, watching one job after the other.

Each has its transports and its proxy; whenever a job that it watches has ended, it takes the newest that it has not
watched. What it was told of a job is compared with the job's log at the end: nothing lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from app.client import AsyncTransomClient, ClientError, Transport, Way
from app.client.pace import Pace
from tests.chaos.faults import Fault, Kind, Part
from tests.proxies.hostile import HostileProxy
from tests.proxies.modes import Mode

MEMBERS: Final = 20
PROXIES: Final = 4
#: How long the last watches may take to see their ends.
END_SECONDS: Final = 240.0
RETRY_SECONDS: Final = 0.2
#: Ways that a client may be bound to; most may use all.
WAYS: Final[tuple[tuple[Transport, ...], ...]] = (
    tuple(Transport),
    (Transport.WEBSOCKET, Transport.POLL),
    tuple(Transport),
    (Transport.SSE, Transport.POLL),
    tuple(Transport),
    (Transport.SSE_POST, Transport.POLL),
    tuple(Transport),
    (Transport.POLL,),
)
#: What a proxy may be like from one fault to the next.
HABITS: Final[tuple[tuple[Mode, ...], ...]] = (
    (Mode.PASS,),
    (Mode.REFUSE_UPGRADES,),
    (Mode.MUTE_UPGRADES,),
    (Mode.STRIP_UPGRADES, Mode.HOLD_GETS),
    (Mode.REFUSE_UPGRADES, Mode.HOLD_BODIES),
    (Mode.REFUSE_UPGRADES, Mode.LUMPS_4_KB),
    (Mode.CUT_AFTER,),
    (Mode.CUT_IDLE,),
    (Mode.HTTP_1_0,),
    (Mode.BAD_GATEWAY,),
)
#: Climbing back is a part of it: a run is too short for the usual few minutes.
PACE: Final = Pace(climb=8.0, remember=6.0)


@dataclass(slots=True)
class Watched:
    """What one client was told of one job."""

    job_id: str
    ids: list[str] = field(default_factory=list)
    ended: bool = False


class Crowd:
    """The clients and their proxies. `newest` names the job that is best watched now, of those not in the set."""

    def __init__(self, addresses: list[str], newest: Callable[[set[str]], str | None]) -> None:
        self.watched: list[Watched] = []
        self.ways: Counter[str] = Counter()
        self.failures: list[str] = []
        self._newest = newest
        self._addresses = addresses
        self._stack = ExitStack()
        self._proxies: list[HostileProxy] = []
        self._timers: list[threading.Timer] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)

    def start(self) -> None:
        """Begin."""
        for number in range(PROXIES):
            address = self._addresses[number % len(self._addresses)]
            self._proxies.append(self._stack.enter_context(HostileProxy(address)))
        self._thread.start()

    def hit(self, fault: Fault) -> None:
        """Cut all connections of one proxy, have it answer 502 for a while, or give it other habits."""
        proxy = self._proxies[int(fault.pick * PROXIES)]
        habit = HABITS[int(fault.pick * 1000) % len(HABITS)]
        if fault.part is Part.CONNECTION:
            proxy.cut()
            return
        if fault.kind is Kind.STOPPED:
            proxy.change(bad_gateway_every=1)
            timer = threading.Timer(fault.seconds, proxy.change, habit)
            timer.start()
            self._timers.append(timer)
        else:
            proxy.change(*habit)
            if fault.kind is Kind.KILLED:
                proxy.cut()

    def finish(self) -> None:
        """Begin no more watches, and wait until those under way have seen their ends, or have taken too long."""
        for timer in self._timers:
            timer.join()
        self._stop.set()
        self._thread.join(END_SECONDS)
        if self._thread.is_alive():
            self.failures.append(f"the crowd's watches did not end within {END_SECONDS:g} s")
        self._stack.close()

    def breaches(self, log_of: Callable[[str], list[str]]) -> list[str]:
        """What was lost, doubled or out of order."""
        found = list(self.failures)
        for one in self.watched:
            log = log_of(one.job_id)
            if not one.ended:
                found.append(f"a client's watch of {one.job_id} did not end, after {len(one.ids)} of {len(log)}")
            elif one.ids != log:
                lost = len(set(log) - set(one.ids))
                doubled = len(one.ids) - len(set(one.ids))
                order = "" if lost or doubled else ", out of order"
                found.append(f"a client was told {one.job_id} with {lost} lost, {doubled} doubled{order}")
        return found

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except BaseException as error:  # noqa: BLE001 - told at the end, with the rest
            self.failures.append(f"the crowd: {error!r}")

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(MEMBERS):
                group.create_task(self._member(number))

    async def _member(self, number: int) -> None:
        had: set[str] = set()
        proxy = self._proxies[number % PROXIES]
        transports = WAYS[number // PROXIES % len(WAYS)]
        while not self._stop.is_set():
            job_id = self._newest(had)
            if job_id is None:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            had.add(job_id)
            one = Watched(job_id)
            self.watched.append(one)
            async with AsyncTransomClient(proxy.url, proxies=False, transports=transports, pace=PACE) as client:
                await self._watch(client, one)

    async def _watch(self, client: AsyncTransomClient, one: Watched) -> None:
        def on_way(way: Way) -> None:
            self.ways[str(way.transport)] += 1

        while not one.ended:
            since = one.ids[-1] if one.ids else "start"
            try:
                async for message in client.watch(one.job_id, since=since, on_way=on_way):
                    one.ids.append(str(message.cursor))
                    one.ended = message.ends_job
            except ClientError:
                # It has given up, as it says it may; whoever watches asks it to go on from where it was.
                await asyncio.sleep(RETRY_SECONDS)
