"""Sends what is in the outbox: several at once, so that no receiver waits for another, and none is waited for.

Every web process has one. A webhook is taken for one try, and is due again where whoever took it dies: it is delivered
at least once, always under its one id. No transaction is open while the network is waited for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Final

from app.database.engine import Database
from app.errors import DatabaseUnavailable, TransomError
from app.jobs.ids import now_ms
from app.outbound.client import Outbound
from app.outbound.guard import Policy
from app.rounds import Rounds
from app.webhooks import signing, store
from app.webhooks.outbox import Webhook, WebhookStatus
from app.webhooks.retry_after import asked_seconds
from app.webhooks.store import Due, Tried

logger = logging.getLogger(__name__)

#: How long a receiver may take.
TRY_SECONDS: Final = 15.0
#: When what was taken for a try is due again: longer than a try, and than telling what came of it.
CLAIM_MS: Final = 25_000
#: How long it sleeps where nothing is due: a scribe of another process ends the jobs.
IDLE_SECONDS: Final = 1.0
#: Tries at once, in all and of one receiver.
MAX_TRIES: Final = 64
MAX_TRIES_A_HOST: Final = 4
#: Tries at once at receivers whose last one failed, in all; each has one. So the others always have room.
MAX_TRIES_FAILING: Final = 32
#: Failing receivers that are remembered; the one that failed longest ago is then taken for a good one.
MAX_FAILING: Final = 1000
#: How long a process that stops lets its tries go on.
LEAVE_SECONDS: Final = 2.0
_GONE: Final = 410


class Deliverer:
    """One a web process. All methods belong to the event loop's thread."""

    def __init__(self, *, database: Database, outbound: Outbound, keys: tuple[bytes, ...]) -> None:
        self._database = database
        self._outbound = outbound
        self._keys = keys
        self._rounds = Rounds(self._round, idle_seconds=IDLE_SECONDS, name="Webhooks", action="webhooks")
        self._task: asyncio.Task[None] | None = None
        self._trying: dict[asyncio.Task[None], Webhook] = {}
        #: By host, tries that are under way.
        self._at: Counter[str] = Counter()
        #: Hosts whose last try failed, the longest ago first.
        self._failing: OrderedDict[str, None] = OrderedDict()

    @property
    def policy(self) -> Policy:
        """Where webhooks may go."""
        return self._outbound.policy

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._rounds.run(), name="deliverer")

    def wake(self) -> None:
        """Something is due now."""
        self._rounds.wake()

    async def close(self) -> None:
        """Begin no more tries, let those under way go on for a moment, and leave the rest to another process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._trying:
            await asyncio.wait(self._trying, timeout=LEAVE_SECONDS)
        left = list(self._trying.values())
        tasks = list(self._trying)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._outbound.close()
        if left:
            try:
                await self._database.run_write(store.give_back, left)
            except DatabaseUnavailable:
                logger.debug("They are due again by themselves", extra={"action": "webhooks_kept"})

    async def _round(self) -> bool:
        """Begin tries as far as there is room; whether there may be more to begin at once."""
        room = MAX_TRIES - len(self._trying)
        if room <= 0:
            return False
        seen = await self._database.run_read(store.due, now_ms(), full=self._full(), limit=room)
        chosen = self._fitting(seen)
        if not chosen:
            return False
        claimed = await self._database.run_write(store.claim, chosen, now_ms() + CLAIM_MS)
        for webhook in claimed:
            self._at[webhook.host] += 1
            task = asyncio.create_task(self._deliver(webhook), name=f"deliver-{webhook.id}")
            self._trying[task] = webhook
            task.add_done_callback(self._tried)
        return bool(claimed)

    def _full(self) -> set[str]:
        """The hosts that have all the tries that they may have at once."""
        full = {host for host in self._at if self._at[host] >= self._most(host)}
        return full.union(self._failing) if self._failing_now() >= MAX_TRIES_FAILING else full

    def _most(self, host: str) -> int:
        return 1 if host in self._failing else MAX_TRIES_A_HOST

    def _failing_now(self) -> int:
        return sum(self._at[host] for host in self._at if host in self._failing)

    def _fitting(self, seen: list[Due]) -> list[Due]:
        """As many of what is due as their hosts may have."""
        taken: Counter[str] = Counter()
        failing = self._failing_now()
        chosen: list[Due] = []
        for each in seen:
            fails = each.host in self._failing
            if self._at[each.host] + taken[each.host] >= self._most(each.host):
                continue
            if fails and failing >= MAX_TRIES_FAILING:
                continue
            failing += fails
            taken[each.host] += 1
            chosen.append(each)
        return chosen

    def _tried(self, task: asyncio.Task[None]) -> None:
        webhook = self._trying.pop(task)
        self._at[webhook.host] -= 1
        if not self._at[webhook.host]:
            del self._at[webhook.host]
        # There is room for another.
        self._rounds.wake()

    async def _deliver(self, webhook: Webhook) -> None:
        """One try, and what came of it; a try that is not told of is made again."""
        facts = {"webhook_id": webhook.id, "job_id": webhook.job_id, "batch_id": webhook.batch_id}
        try:
            tried = await self._try(webhook, facts)
            self._remember(webhook.host, well=tried.delivered or tried.gone)
            status = await self._database.run_write(store.settle, webhook, tried)
        except DatabaseUnavailable as error:
            logger.warning(
                "What came of a webhook could not be noted; it will be sent again: %s",
                error.__cause__,
                extra={"action": "webhook_unsettled", **facts},
            )
        except Exception:
            logger.exception("What came of a webhook was not noted", extra={"action": "webhook_failed", **facts})
        else:
            level = logging.WARNING if status is WebhookStatus.DEAD else logging.INFO
            sentence = "A webhook was delivered" if tried.delivered else "A webhook was not delivered: %s"
            reason = () if tried.delivered else (tried.error,)
            logger.log(level, sentence, *reason, extra={"action": "webhook_tried", "status": status, **facts})

    async def _try(self, webhook: Webhook, facts: Mapping[str, str | None]) -> Tried:
        try:
            return await self._send(webhook)
        except Exception:
            # Whatever went wrong, it counts: or it would be sent again for ever, before all others of its age.
            logger.exception("A webhook could not be sent", extra={"action": "webhook_failed", **facts})
            return Tried(delivered=False, error="The server could not send it, or read the answer; its log says why")

    async def _send(self, webhook: Webhook) -> Tried:
        body = webhook.body.encode()
        headers = {
            "Content-Type": "application/json",
            **signing.headers(self._keys, webhook.id, now_ms() // 1000, body),
        }
        try:
            answer = await self._outbound.post(webhook.url, headers=headers, body=body, seconds=TRY_SECONDS)
        except TransomError as error:
            return Tried(delivered=False, error=error.detail)
        if 200 <= answer.status < 300:
            return Tried(delivered=True, response_status=answer.status)
        return Tried(
            delivered=False,
            response_status=answer.status,
            error=_reason(answer.status),
            gone=answer.status == _GONE,
            asked_seconds=asked_seconds(answer.retry_after),
        )

    def _remember(self, host: str, *, well: bool) -> None:
        self._failing.pop(host, None)
        if not well:
            self._failing[host] = None
            if len(self._failing) > MAX_FAILING:
                self._failing.popitem(last=False)


def _reason(status: int) -> str:
    if 300 <= status < 400:
        return f"The receiver answered {status}; redirects are not followed"
    return f"The receiver answered {status}"
