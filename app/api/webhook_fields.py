"""`webhook_url`, as it is said of a job or a batch that is handed in."""

from __future__ import annotations

from typing import TypedDict

from app.api.links import link
from app.errors import TransomError, UrlForbiddenAddress, UrlInvalid, UrlNotAllowed, WebhooksDisabled
from app.state import ApiRequest

_FIELD = "webhook_url"


class WebhookFields(TypedDict):
    """The columns of a job or a batch that say whom to tell of its end."""

    webhook_url: str | None
    webhook_base: str | None


def webhook_of(request: ApiRequest, url: str | None) -> WebhookFields:
    """What a job or a batch keeps of its `webhook_url`, which may be missing; nothing is asked of the address yet.

    Raises `WebhooksDisabled`, `UrlInvalid`, `UrlNotAllowed`, `UrlForbiddenAddress`.
    """
    if url is None:
        return WebhookFields(webhook_url=None, webhook_base=None)
    deliverer = request.state["deliverer"]
    if deliverer is None:
        raise WebhooksDisabled(errors=[{"field": _FIELD, "message": "is not taken here"}])
    try:
        deliverer.policy.target(url)
    except (UrlInvalid, UrlNotAllowed, UrlForbiddenAddress) as error:
        raise _named(error) from None
    return WebhookFields(webhook_url=url, webhook_base=link(request, ""))


def _named(error: TransomError) -> TransomError:
    """The same error, naming the field."""
    return type(error)(error.detail, errors=[{"field": _FIELD, "message": error.detail}])
