"""A wrong value of what guards outbound requests is told by its variable, and nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.outbound.client import outbound_to
from app.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INPUT_URL_HOSTS", "images.example.com,http://x/", "is not a host such as"),
        ("PRIVATE_NETWORKS", "10.0.0.1/8", "is not a network such as"),
        ("OUTBOUND_PROXY", "socks5://someone:secret@proxy:1080", "must be an address such as"),
        ("URL_SECONDS", "0", "greater than 0"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """The message has variable, value and what is wrong, and no password."""
    monkeypatch.setenv(f"TRANSOM_{name}", value)

    with pytest.raises(ConfigurationError, match=said) as refused:
        load_settings()

    assert refused.value.detail.startswith(f"TRANSOM_{name}='")
    assert "secret" not in refused.value.detail


def test_a_bundle_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """Where outbound requests are made at all, it is noticed at the start."""
    with pytest.raises(ConfigurationError, match="TRANSOM_CA_BUNDLE="):
        outbound_to("*", Settings(ca_bundle=tmp_path / "nothing.pem"))
