"""What an IP address is, however it is spelt, and whether it belongs to the public internet."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: A name that ends like this is a number to whoever connects, never a name that is looked up.
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
#: What is not public of IPv4, beside what Python's own table has: releases of Python differ in it.
_SPECIAL_V4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # By number it is public; in Azure's networks the platform itself answers there.
        "168.63.129.16/32",
    )
)
#: All that is given out for the public; everything else of IPv6 is local, reserved, or to many.
_UNICAST_V6: Final = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6: Final = tuple(ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20"))
#: An IPv4 address stands in the last 32 bits; a gateway takes what is sent here there.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def address_of(host: str) -> Address | None:
    """The address that a host (without brackets, in lower case) is a spelling of; None for a name.

    Whatever a resolver or a system's library would take for an IPv4 address is one: a number, in decimal, octal or
    hexadecimal, in one to four parts. Raises `ValueError` for what begins like an address and is none.
    """
    if ":" in host:
        if "%" in host:
            raise ValueError("an address with a zone")
        address = ipaddress.IPv6Address(host)
        return address.ipv4_mapped or address
    parts = host.split(".")
    return _ipv4(parts) if _NUMBER.fullmatch(parts[-1]) else None


def is_permitted(address: Address, networks: tuple[Network, ...]) -> bool:
    """Whether an address is public, or in one of the networks; so must be each address that it stands for."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_permitted(address.ipv4_mapped, networks)
    if any(address in network for network in networks):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    if not all(is_permitted(inner, networks) for inner in _inside(address)):
        return False
    return address in _NAT64 or (
        address in _UNICAST_V6 and not address.is_multicast and not any(address in network for network in _SPECIAL_V6)
    )


def _ipv4(parts: list[str]) -> ipaddress.IPv4Address:
    numbers = [_number(part) for part in parts]
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]):
        raise ValueError("not an IPv4 address")
    # The last part fills all that the others leave.
    rest = 256 ** (5 - len(numbers))
    if numbers[-1] >= rest:
        raise ValueError("not an IPv4 address")
    value = numbers[-1] + sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1]))
    return ipaddress.IPv4Address(value)


def _number(text: str) -> int:
    # More digits than any address has; Python itself refuses to read very many.
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        raise ValueError("not an IPv4 address")
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _inside(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that something on the way may take this one for."""
    value = int(address)
    last = ipaddress.IPv4Address(value & 0xFFFFFFFF)
    if address in _NAT64 or (value >> 32) & 0xFFFFFFFF in _ISATAP:
        yield last
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
