"""Which proxy the environment names for a server."""

from __future__ import annotations

import os

import pytest

from app.client import ProxyUnusable, TransomClient
from app.client.proxies import proxy_for


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("environment", "server", "expected"),
    [
        ({}, "https://transom.example", None),
        ({"HTTPS_PROXY": "http://p:3128"}, "https://transom.example", "http://p:3128"),
        ({"HTTPS_PROXY": "http://p:3128"}, "http://transom.example", None),
        ({"HTTP_PROXY": "p:3128"}, "http://transom.example", "http://p:3128"),
        ({"ALL_PROXY": "http://all:1"}, "http://transom.example", "http://all:1"),
        ({"ALL_PROXY": "http://all:1", "https_proxy": "http://p:2"}, "https://transom.example", "http://p:2"),
        ({"HTTPS_PROXY": "http://me:secret@p:3128"}, "https://transom.example", "http://me:secret@p:3128"),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "transom.example"}, "https://transom.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, "https://transom.example", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other"}, "https://transom.example", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "x, 10.0.0.0/8"}, "http://10.1.2.3:8000", None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, "http://11.1.2.3:8000", "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "*"}, "http://11.1.2.3:8000", None),
    ],
)
def test_the_environment_names_the_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], server: str, expected: str | None
) -> None:
    """By the server's scheme, unless the server is among those that are not gone to by way of one."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert proxy_for(server) == expected


def test_a_kind_of_proxy_that_is_not_spoken_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than to go round it, or to fail somewhere inside."""
    monkeypatch.setenv("ALL_PROXY", "socks5://p:1080")

    with pytest.raises(ProxyUnusable, match="socks5://") as caught:
        TransomClient("https://transom.example")

    assert caught.value.code == "PROXY_UNUSABLE"
    TransomClient("https://transom.example", proxies=False).close()
