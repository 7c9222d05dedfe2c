"""The broker's address: what of it is understood, and whom a connection over TLS trusts.

`rediss://` and `amqps://` are over TLS: the broker's certificate has to be for the name in the address, and from an
authority that the system trusts, or that a file names. kombu alone would take any certificate of a Redis, and of a
RabbitMQ one for any name; and what a query says of TLS it hands on by names which only its Redis knows.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_KINDS: Final = re.compile(r"(rediss?|redis\+socket|amqps?|pyamqp)://")
#: Between two addresses, of which kombu takes the next where one does not answer.
_BETWEEN: Final = re.compile(r";(?=[a-z+]+://)")
_OVER_TLS: Final = frozenset({"rediss", "amqps"})
_DEMANDS: Final = {"required": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "none": ssl.CERT_NONE}
#: What a query may say of TLS; these are names of files.
_FILES: Final = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
_FLAGS: Final = {"true": True, "false": False}
#: What else it may say. kombu hands on all that is there, and fails over what is wrong once it connects.
_OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "redis": ("credential_provider",),
    "rediss": ("credential_provider",),
    "redis+socket": ("credential_provider", "virtual_host"),
    "amqp": ("login_method",),
    "amqps": ("login_method",),
    "pyamqp": ("login_method",),
}
_LOGINS: Final = ("PLAIN", "AMQPLAIN", "EXTERNAL")
_BROKEN: Final = (
    "is no whole address; in its names and its password @, /, ;, # and ? are written %40, %2F, %3B, %23 and %3F"
)


@dataclass(frozen=True)
class BrokerAddress:
    """An address as kombu is given it."""

    #: Without what the query says of TLS.
    url: str
    #: kombu's `ssl`: its options by the transport's own names; False for a connection that is not encrypted.
    tls: dict[str, Any] | bool


def read_broker(url: str) -> BrokerAddress:
    """Read an address, or several in a row with `;` between them.

    Raises `ValueError`, which says what is wrong and names nothing that may be a part of a password.
    """
    read = [_read_one(one) for one in _BETWEEN.split(url)]
    if any(one.tls != read[0].tls for one in read):
        # kombu has one set of options for all of them; of RabbitMQs the name in the certificate is one.
        raise ValueError("is several addresses: over TLS they can only be Redis's that are spoken to in the same way")
    return BrokerAddress(url=";".join(one.url for one in read), tls=read[0].tls)


def with_authorities(url: str, ca_bundle: Path | None) -> str:
    """The address of a Redis over TLS with these authorities beside the system's, where it names none itself.

    Any other as it is: what a RabbitMQ's address names takes the place of the system's authorities, so it has to do
    that itself.
    """
    return url if ca_bundle is None else ";".join(_with_bundle(one, ca_bundle) for one in _BETWEEN.split(url))


def _with_bundle(url: str, ca_bundle: Path) -> str:
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    if parts.scheme != "rediss" or "ssl_ca_certs" in said:
        return url
    return urlunsplit(parts._replace(query=urlencode(said | {"ssl_ca_certs": str(ca_bundle)})))


def without_password(url: str) -> str:
    """What may be shown of an address, also of one that can't be read: how it begins, and the host and its port.

    All else may be a part of a password that was written where none can be.
    """
    if not re.search(r"[:@?]", url):
        return url
    scheme = re.match(r"[\w+.-]+://", url)
    rest = url[scheme.end() if scheme else 0 :]
    credentials, at, place = rest.rpartition("@")
    host = re.match(r"(\[[0-9a-fA-F:.]*\]|[\w.-]*)(:\d+)?(?=[/?#]|$)", place) if scheme or at else None
    if host is None:
        # Up to a colon it is a name; what follows is no port.
        host = re.match(r"[\w.-]*(?=:)", place) if scheme else None
    shown = host[0] if host else ""
    hidden = "" if host and host.end() == len(place) else "…"
    return f"{scheme[0] if scheme else ''}{'***@' if credentials or at else ''}{shown}{hidden}"


def _read_one(url: str) -> BrokerAddress:
    if not _KINDS.match(url):
        raise ValueError("must start with redis://, rediss://, redis+socket://, amqp:// or amqps://")
    if ";" in url:
        raise ValueError(_BROKEN)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(_BROKEN) from None
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":
        raise ValueError(_BROKEN)
    if parts.scheme in {"redis", "rediss"} and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError("must end in the number of a database, such as /0")
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = {name: _tls_option(name, said.pop(name)) for name in list(said) if name.startswith("ssl_")}
    if set(said) - set(_OPTIONS[parts.scheme]):
        known = ", ".join(("ssl_…", *_OPTIONS[parts.scheme]))
        raise ValueError(f"says something behind the ? that is not known: there are {known}")
    for name, value in said.items():
        _CHECKS[name](value)
    if parts.scheme not in _OVER_TLS:
        if tls:
            raise ValueError("says how to use TLS, and is not over TLS: that is rediss:// or amqps://")
        return BrokerAddress(url, tls=False)
    options = _for_redis(tls) if parts.scheme == "rediss" else _for_rabbitmq(tls, parts)
    return BrokerAddress(urlunsplit(parts._replace(query=urlencode(said))), options)


def _tls_option(name: str, value: str) -> Any:
    if name in _FILES:
        try:
            Path(value).open("rb").close()
        except OSError as error:
            raise ValueError(f"the file that {name} names can't be read: {error.strerror}") from None
        return value
    if name == "ssl_cert_reqs":
        demand = value.removeprefix("CERT_").lower()
        if demand not in _DEMANDS:
            raise ValueError(f"ssl_cert_reqs must be one of {', '.join(_DEMANDS)}")
        return _DEMANDS[demand]
    if name == "ssl_check_hostname":
        if value.lower() not in _FLAGS:
            raise ValueError("ssl_check_hostname must be true or false")
        return _FLAGS[value.lower()]
    known = ", ".join(sorted(_FILES | {"ssl_cert_reqs", "ssl_check_hostname"}))
    raise ValueError(f"says something of TLS that is not known: there are {known}")


def _check_provider(value: str) -> None:
    module, _, name = value.rpartition(".")
    try:
        found = module and hasattr(import_module(module), name)
    except ImportError:
        found = False
    if not found:
        raise ValueError("credential_provider must be a class that can be imported, such as ours.access.Provider")


def _check_database(value: str) -> None:
    if not re.fullmatch(r"/?\d+", value):
        raise ValueError("virtual_host must be the number of a database")


def _check_login(value: str) -> None:
    if value not in _LOGINS:
        raise ValueError(f"login_method must be one of {', '.join(_LOGINS)}")


_CHECKS: Final[dict[str, Callable[[str], None]]] = {
    "credential_provider": _check_provider,
    "virtual_host": _check_database,
    "login_method": _check_login,
}


def _for_redis(said: dict[str, Any]) -> dict[str, Any]:
    tls = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True} | said
    # Whose certificate nobody looks at has no name either.
    return tls | {"ssl_check_hostname": tls["ssl_check_hostname"] and tls["ssl_cert_reqs"] != ssl.CERT_NONE}


def _for_rabbitmq(said: dict[str, Any], parts: SplitResult) -> dict[str, Any]:
    redis = _for_redis(said)
    tls = {name.removeprefix("ssl_"): value for name, value in redis.items() if name != "ssl_check_hostname"}
    # The name as it was written: kombu connects to 127.0.0.1 where that is localhost.
    return tls | {"server_hostname": parts.hostname or "localhost"} if redis["ssl_check_hostname"] else tls
