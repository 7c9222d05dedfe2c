"""Webhooks: see what was sent and what was not, and have it sent again."""

from __future__ import annotations

import json
import logging
from typing import Any, Final
from uuid import UUID

from starlette.responses import JSONResponse, Response

from app.api.caller import tenant_of
from app.api.parameters import choice, integer, invalid, rfc3339, text
from app.errors import WebhookNotFound, WebhooksDisabled
from app.state import ApiRequest
from app.webhooks import store
from app.webhooks.answers import WebhookDetails, WebhookList, WebhooksReplayed, WebhookState
from app.webhooks.deliverer import Deliverer
from app.webhooks.outbox import Webhook, WebhookStatus, is_webhook_id

logger = logging.getLogger(__name__)

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 200


async def list_webhooks(request: ApiRequest) -> Response:
    """`GET /v1/webhooks`: a page of webhooks, newest first."""
    limit = integer(request, "limit", default=DEFAULT_PAGE, low=1, high=MAX_PAGE)
    found = await request.state["database"].run_read(
        store.page,
        tenant_of(request),
        status=choice(request, "status", WebhookStatus),
        job_id=_id(request, "job_id"),
        batch_id=_id(request, "batch_id"),
        after=_after(request),
        limit=limit + 1,
    )
    shown = found[:limit]
    answer = WebhookList(
        webhooks=[WebhookState(**_state(webhook)) for webhook in shown],
        count=len(shown),
        next_after=shown[-1].id if len(found) > limit else None,
    )
    return JSONResponse(answer.model_dump(mode="json"))


async def get_webhook(request: ApiRequest) -> Response:
    """`GET /v1/webhooks/{webhook_id}`: a webhook with its body."""
    webhook = await request.state["database"].run_read(store.get, tenant_of(request), _webhook_id_of(request))
    return _details(webhook)


async def replay_webhook(request: ApiRequest) -> Response:
    """`POST /v1/webhooks/{webhook_id}/replay`: send it again, under the same id, with all its tries before it."""
    deliverer = _deliverer(request)
    webhook = await request.state["database"].run_write(store.replay, tenant_of(request), _webhook_id_of(request))
    deliverer.wake()
    logger.info("A webhook is replayed", extra={"action": "webhook_replayed", "webhook_id": webhook.id})
    return _details(webhook)


async def replay_webhooks(request: ApiRequest) -> Response:
    """`POST /v1/webhooks/replay`: the same for those that are dead, the oldest first, up to 500 a call."""
    deliverer = _deliverer(request)
    replayed, more = await request.state["database"].run_write(store.replay_dead, tenant_of(request))
    deliverer.wake()
    logger.info("Dead webhooks are replayed", extra={"action": "webhooks_replayed", "count": replayed})
    return JSONResponse(WebhooksReplayed(replayed=replayed, more=more).model_dump())


def _deliverer(request: ApiRequest) -> Deliverer:
    deliverer = request.state["deliverer"]
    if deliverer is None:
        raise WebhooksDisabled
    return deliverer


def _details(webhook: Webhook) -> Response:
    answer = WebhookDetails(**_state(webhook), body=json.loads(webhook.body))
    return JSONResponse(answer.model_dump(mode="json"))


def _state(webhook: Webhook) -> dict[str, Any]:
    return {
        "webhook_id": webhook.id,
        "job_id": webhook.job_id,
        "batch_id": webhook.batch_id,
        "url": webhook.url,
        "type": webhook.type,
        "status": webhook.status.value,
        "attempts": webhook.attempts,
        "response_status": webhook.response_status,
        "error": webhook.error,
        "created_at": rfc3339(webhook.created_at_ms) or "",
        "last_attempt_at": rfc3339(webhook.tried_at_ms),
        "next_attempt_at": rfc3339(webhook.next_at_ms),
        "ended_at": rfc3339(webhook.ended_at_ms),
    }


def _webhook_id_of(request: ApiRequest) -> str:
    given = str(request.path_params["webhook_id"])
    if not is_webhook_id(given):
        raise WebhookNotFound(f"There is no webhook {given[:64]}")
    return given


def _after(request: ApiRequest) -> str | None:
    key = text(request, "after")
    if key is not None and not is_webhook_id(key):
        raise invalid("after", "is the next_after of the page before")
    return key


def _id(request: ApiRequest, name: str) -> str | None:
    given = text(request, name)
    try:
        return None if given is None else str(UUID(given))
    except ValueError:
        raise invalid(name, "is an id as answers have it") from None
