"""The options that commands share, and what they mean together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from app.client import TransomClient

DEFAULT_SERVER: Final = "http://127.0.0.1:8000"
SERVER_VARIABLE: Final = "TRANSOM_SERVER"

ServerOption = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="The server to speak to, as before the command.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


@dataclass(frozen=True, slots=True)
class Given:
    """What was said before the command."""

    server: str | None = None
    as_json: bool = False


def wants_json(context: typer.Context, as_json: bool) -> bool:
    """Whether `--json` was given, before or after the command."""
    return as_json or _given(context).as_json


def keep(context: typer.Context, server: str | None, as_json: bool) -> None:
    """Keep what was said before a command of a group for that command."""
    before = _given(context)
    context.find_root().obj = Given(server or before.server, as_json or before.as_json)


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and how to reach it."""

    address: str
    ca_bundle: Path | None
    proxies: bool


def open_client(context: typer.Context, server: str | None) -> TransomClient:
    """A client of the server that was named: after the command, before it, or by `TRANSOM_SERVER`.

    Raises `ConfigurationError` when TRANSOM_CA_BUNDLE is needed and can't be used.
    """
    from app.client import TransomClient

    target = target_of(context, server)
    return TransomClient(target.address, ca_bundle=target.ca_bundle, proxies=target.proxies)


def target_of(context: typer.Context, server: str | None) -> Target:
    """The server that was named, as `open_client` reaches it; raises `ConfigurationError`."""
    from app.errors import ConfigurationError

    named = server or _given(context).server
    address = named or DEFAULT_SERVER
    if not address.startswith(("http://", "https://")):
        raise ConfigurationError(f"{SERVER_VARIABLE}={address!r}: must start with http:// or https://")
    ca_bundle = None
    if address.startswith("https://"):
        from app.settings import load_settings

        ca_bundle = load_settings().ca_bundle
    # Nobody's proxy leads to this machine's own server, which is what is meant when none was named.
    return Target(address, ca_bundle, proxies=named is not None)


def _given(context: typer.Context) -> Given:
    found = context.find_root().obj
    return found if isinstance(found, Given) else Given()
