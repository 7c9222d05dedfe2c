"""What something on the way refuses: large bodies, long addresses, methods, headers."""

from __future__ import annotations

import os
from typing import Final

from app.client.doctor.asking import Asker
from app.client.doctor.observations import Caps
from app.client.doctor.reach import ECHO

_KB: Final = 1024
#: Many machines take a megabyte, and not a byte more.
BODIES: Final = (256 * _KB, 1024 * _KB + 1, 4 * 1024 * _KB)
ADDRESSES: Final = (2 * _KB, 4 * _KB, 8 * _KB)
METHODS: Final = ("PUT", "PATCH", "DELETE", "OPTIONS")
#: Names nobody; only whether they arrive counts.
HEADERS: Final = {"Authorization": "Bearer transom-doctor", "Last-Event-ID": "1-1"}


async def find_caps(asker: Asker) -> Caps:
    """Try one after the other, as they use up what there is of the line."""
    largest, refused_body, body_status = 0, None, 0
    for size in BODIES:
        answer = await asker.ask("POST", ECHO, content=os.urandom(size))
        if not answer.ours or (answer.document or {}).get("body_bytes") != size:
            refused_body, body_status = size, answer.status
            break
        largest = size
    longest, refused_address, address_status = 0, None, 0
    for length in ADDRESSES:
        query = "fill=" + "x" * (length - len(f"{ECHO}?fill="))
        answer = await asker.ask("GET", f"{ECHO}?{query}")
        if not answer.ours or (answer.document or {}).get("address_length", 0) < length:
            refused_address, address_status = length, answer.status
            break
        longest = length
    methods = {method: await asker.ask(method, ECHO) for method in METHODS}
    named = await asker.ask("GET", ECHO, headers=HEADERS)
    arrived = set((named.document or {}).get("header_names", []))
    return Caps(
        largest_body=largest,
        refused_body=refused_body,
        body_status=body_status,
        longest_address=longest,
        refused_address=refused_address,
        address_status=address_status,
        refused_methods={
            method: answer.status
            for method, answer in methods.items()
            if not answer.ours or (answer.document or {}).get("method") != method
        },
        lost_headers=tuple(name for name in HEADERS if named.ours and name.lower() not in arrived),
        http_version=str((named.document or {}).get("http_version", "")),
    )
