"""What the API answers of webhooks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.webhooks.payloads import WebhookType


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class WebhookState(_Model):
    """A webhook, and how far it has come."""

    webhook_id: str = Field(description="Its receiver is sent this as `webhook-id`, the same with every try.")
    job_id: str | None
    batch_id: str | None
    url: str
    type: WebhookType
    status: Literal["pending", "delivered", "dead"] = Field(
        description="`dead`: tried for about three days, or its receiver answered 410. It can be replayed."
    )
    attempts: int = Field(description="Tries, since it was made or last replayed.")
    response_status: int | None = Field(description="What its receiver answered last.")
    error: str | None = Field(description="Why the last try was none.")
    created_at: str
    last_attempt_at: str | None
    next_attempt_at: str | None = Field(description="Of one that is being sent: when it is sent again if that is lost.")
    ended_at: str | None = Field(description="When it was delivered, or given up.")


class WebhookDetails(WebhookState):
    """The same with what is sent."""

    body: JsonValue


class WebhookList(_Model):
    """A page of webhooks, newest first."""

    webhooks: list[WebhookState]
    count: int = Field(description="How many are in this answer.")
    next_after: str | None = Field(description="Where the next page begins; null where none follows.")


class WebhooksReplayed(_Model):
    """How many dead webhooks are sent again."""

    replayed: int
    more: bool = Field(description="Whether there are more: call again.")
