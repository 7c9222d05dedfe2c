"""A wrong value of what guards outbound requests is told by its variable, and nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.outbound.client import outbound_to
from app.settings import Settings, child_environment, load_settings, worker_environment


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INPUT_URL_HOSTS", "images.example.com,http://x/", "is not a host such as"),
        ("PRIVATE_NETWORKS", "10.0.0.1/8", "is not a network such as"),
        ("URL_SECONDS", "0", "greater than 0"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """The message has variable, value and what is wrong."""
    monkeypatch.setenv(f"TRANSOM_{name}", value)

    with pytest.raises(ConfigurationError, match=said) as refused:
        load_settings()

    assert refused.value.detail.startswith(f"TRANSOM_{name}='")


@pytest.mark.parametrize(
    "proxy", ["socks5://someone:secret@proxy:1080", "someone:secret@proxy:3128", "http://:80:secret@proxy:3128:1"]
)
def test_a_wrong_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    """Wherever the password stands in what is no address."""
    monkeypatch.setenv("TRANSOM_OUTBOUND_PROXY", proxy)

    with pytest.raises(ConfigurationError, match=r"^TRANSOM_OUTBOUND_PROXY: must be an address such as") as refused:
        load_settings()

    assert "secret" not in refused.value.detail


def test_tools_never_see_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the proxy with its password nor who may be asked is in the environment of processes that run tools."""
    monkeypatch.setenv("TRANSOM_OUTBOUND_PROXY", "http://someone:secret@proxy:3128")
    monkeypatch.setenv("TRANSOM_INPUT_URL_HOSTS", "images.example.com")
    settings = load_settings()
    seen = worker_environment(settings)

    assert child_environment(settings).items() >= {"TRANSOM_INPUT_URL_HOSTS": "images.example.com"}.items()
    assert "TRANSOM_INPUT_URL_HOSTS" not in seen
    assert not any("secret" in value for value in seen.values())
    assert "secret" not in repr(settings)


def test_a_bundle_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """One that is not there is refused at once, and one without a certificate where outbound requests are made."""
    file = tmp_path / "nothing.pem"
    with pytest.raises(ConfigurationError, match=r"TRANSOM_CA_BUNDLE=.*No such file"):
        load_settings(ca_bundle=file)

    file.write_text("nothing")
    with pytest.raises(ConfigurationError, match="TRANSOM_CA_BUNDLE="):
        outbound_to("*", Settings(ca_bundle=file))
