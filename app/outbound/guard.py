"""Which addresses a caller may have requested: hosts by patterns, networks by what they are.

One reading of an address serves all: what was checked is what the request is then made of, part by part.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from app.errors import UrlForbiddenAddress, UrlInvalid, UrlNotAllowed
from app.outbound.addresses import Address, Network, address_of, is_permitted

MAX_URL_CHARACTERS: Final = 4096
#: The ports that a pattern without one means; also what a scheme means without one.
PORTS: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
#: What no address has, and what readers of addresses disagree about.
_ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")
_SAFE: Final = "/%:@!$&'()*+,;=~-._?[]"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was read: what is asked of which host, at which port."""

    scheme: str
    #: Lower case, in ASCII, without brackets; an IP address in its one canonical form.
    host: str
    port: int
    #: Path and query, as the request's first line has them.
    path: str
    address: Address | None = None

    @property
    def bracketed(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def authority(self) -> str:
        """What the header Host says."""
        return self.bracketed if self.port == PORTS[self.scheme] else f"{self.bracketed}:{self.port}"

    @property
    def place(self) -> str:
        """Host and port: one spelling for all that means the same, by which requests are counted."""
        return f"{self.bracketed}:{self.port}"

    @property
    def file_name(self) -> str | None:
        """The last part of the path; None where it has none."""
        return unquote(self.path.split("?")[0].rsplit("/", maxsplit=1)[-1]) or None

    def joined(self, location: str) -> str:
        """The address that a redirect from here names."""
        try:
            return urljoin(f"{self.scheme}://{self.authority}{self.path}", location)
        except ValueError:
            raise UrlInvalid("It redirects to something that is no address") from None


@dataclass(frozen=True, slots=True)
class HostPattern:
    """`images.example.com`, `*.example.com` or `*`; with a port, or for the usual ones."""

    host: str
    port: int | None

    def matches(self, target: Target) -> bool:
        """Whether it means the host and port of an address."""
        if not self._has_port(target.port):
            return False
        if self.host == "*":
            return True
        if self.host.startswith("*."):
            # Not the domain itself, and no address: the last part of one is no domain.
            return target.address is None and target.host.endswith(self.host[1:])
        return target.host == self.host

    def names(self, host: str, port: int) -> bool:
        """Whether it is that very host, and no pattern that others fit too."""
        return self.host == host and self._has_port(port)

    def _has_port(self, port: int) -> bool:
        return port == self.port if self.port is not None else port in PORTS.values()


@dataclass(frozen=True, slots=True)
class Policy:
    """The hosts that may be asked, and the networks that are not public and may be reached all the same.

    Into those only hosts lead that are listed by their own name or address: whoever owns a name that a pattern fits
    says where it leads.
    """

    hosts: tuple[HostPattern, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, hosts: str, networks: str) -> Policy:
        """The policy of two settings; raises `ValueError` saying what of them can't be understood."""
        return cls(read_hosts(hosts), read_networks(networks))

    def target(self, url: str) -> Target:
        """Read an address and check all that can be without asking anybody.

        Raises `UrlInvalid`, `UrlNotAllowed`, `UrlForbiddenAddress`.
        """
        target = read_url(url)
        if not any(pattern.matches(target) for pattern in self.hosts):
            raise UrlNotAllowed(f"The host {target.authority[:255]!r} is not among those that this server asks")
        if target.address is not None:
            self.require([target.address], target.host, target.port)
        return target

    def require(self, addresses: list[Address], host: str, port: int) -> None:
        """Raise `UrlForbiddenAddress` unless each address of a host may be reached; which one may not is not said."""
        networks = self.networks if any(pattern.names(host, port) for pattern in self.hosts) else ()
        if not all(is_permitted(address, networks) for address in addresses):
            raise UrlForbiddenAddress


def read_url(url: str) -> Target:
    """Read an address; raises `UrlInvalid`."""
    if len(url) > MAX_URL_CHARACTERS or _ODD.search(url):
        raise UrlInvalid(f"An address has at most {MAX_URL_CHARACTERS} characters, without spaces and backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlInvalid("The address can't be read") from None
    if parts.scheme not in PORTS:
        raise UrlInvalid("An address begins with http:// or https://")
    if "@" in parts.netloc:
        raise UrlInvalid("An address with a name or password in it is not asked")
    if port == 0 or not parts.hostname:
        raise UrlInvalid("The address names no host")
    try:
        host, address = read_host(parts.hostname, bracketed="[" in parts.netloc)
    except ValueError:
        raise UrlInvalid("The host of the address is not spelt like one") from None
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path, address)


def read_host(host: str, *, bracketed: bool = False) -> tuple[str, Address | None]:
    """A host in its one form, and its address where it is one; raises `ValueError`."""
    if bracketed != (":" in host):
        raise ValueError("brackets are for IPv6")
    if not host.isascii():
        host = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    host = host.lower().removesuffix(".")
    address = address_of(host)
    if address is not None:
        return str(address), address
    if not _NAME.fullmatch(host):
        raise ValueError("no name of a host")
    return host, None


def read_hosts(text: str) -> tuple[HostPattern, ...]:
    """The patterns of a setting; raises `ValueError`."""
    return tuple(_pattern(part.strip()) for part in text.split(",") if part.strip())


def read_networks(text: str) -> tuple[Network, ...]:
    """The networks of a setting; raises `ValueError`."""
    found: list[Network] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            raise ValueError(f"{part} is not a network such as 10.0.0.0/8") from None
    return tuple(found)


def require_proxy(text: str) -> None:
    """Raise `ValueError` unless it is the address of a proxy that is spoken to."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        usable = False
    if not usable or _ODD.search(text):
        raise ValueError("must be an address such as http://proxy.example.com:3128")


def _pattern(text: str) -> HostPattern:
    match = re.fullmatch(r"(?P<host>\[[^\]]*\]|[^:\[\]]+)(:(?P<port>[0-9]{1,5}))?", text)
    try:
        if match is None or not 0 < int(match["port"] or 1) < 65536:
            raise ValueError(text)
        host = match["host"]
        if host != "*":
            star = "*." if host.startswith("*.") else ""
            name, address = read_host(host.removeprefix(star).strip("[]"), bracketed="[" in host)
            if star and address is not None:
                raise ValueError(text)
            host = star + name
    except ValueError:
        raise ValueError(
            f"{text} is not a host such as images.example.com, *.example.com, example.com:8080 or *"
        ) from None
    return HostPattern(host, int(match["port"]) if match["port"] else None)
