"""Signatures: what a receiver's own library takes, and what it refuses."""

from __future__ import annotations

import json
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.errors import ConfigurationError
from app.settings import as_environment, load_settings, worker_environment
from app.webhooks import signing
from tests.receivers import NEW_SECRET, OLD_SECRET, SECRETS

BODY = json.dumps({"type": "job.done", "data": {"name": "Übung.png"}}, ensure_ascii=False).encode()


@pytest.mark.parametrize("known", [OLD_SECRET, NEW_SECRET])
def test_each_secret_verifies(known: str) -> None:
    """While secrets change a receiver may know either; two are one signature each."""
    headers = signing.headers(signing.keys_of(SECRETS), "msg_1", int(time.time()), BODY)

    assert Webhook(known).verify(BODY, headers) == json.loads(BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_whatever_is_changed_is_noticed(changed: str) -> None:
    """The signature covers the id, the time and the body."""
    now = int(time.time())
    headers = signing.headers(signing.keys_of(OLD_SECRET), "msg_1", now, BODY)
    other = {**headers, "webhook-id": "msg_2"} if changed == "webhook-id" else headers
    other = {**headers, "webhook-timestamp": str(now - 1)} if changed == "webhook-timestamp" else other

    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(BODY + b" " if changed == "body" else BODY, other)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "is needed where TRANSOM_WEBHOOK_HOSTS is set"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a secret begins with whsec_"),
        ("whsec_MfKQ9r8GKYqrTwjU!", "is not Base64"),
        (f"{OLD_SECRET},whsec_c2hvcnQ=", "24 to 64 bytes, and one of these has 5"),
    ],
)
def test_a_wrong_secret_is_told_of_and_not_told(secret: str, reason: str) -> None:
    """Nothing starts; the variable is named with what is wrong, and nothing of the secret is shown."""
    with pytest.raises(ConfigurationError) as refused:
        load_settings(webhook_hosts="hooks.example.com", webhook_secret=secret)

    assert "TRANSOM_WEBHOOK_SECRET: " in refused.value.detail
    assert reason in refused.value.detail
    assert all(part not in refused.value.detail for part in secret.split(",") if part)


def test_a_wrong_host_is_told_of() -> None:
    """As with every setting: the variable, the value, and what is wrong."""
    with pytest.raises(ConfigurationError, match=r"TRANSOM_WEBHOOK_HOSTS='https://hooks\.example\.com/x'"):
        load_settings(webhook_hosts="https://hooks.example.com/x", webhook_secret=OLD_SECRET)


def test_tools_never_see_the_secret() -> None:
    """It is in the environment of the web process, and not in that of processes that run tools."""
    settings = load_settings(webhook_hosts="hooks.example.com", webhook_secret=SECRETS)

    assert as_environment(settings)["TRANSOM_WEBHOOK_SECRET"] == SECRETS
    assert not any(name.startswith("TRANSOM_WEBHOOK_") for name in worker_environment(settings))
    assert OLD_SECRET not in repr(settings)
