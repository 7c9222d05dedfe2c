"""What to change in a program, where that is said in other words than what holds for all of them."""

from __future__ import annotations

from typing import Final

from app.client.doctor.machines import Program
from app.client.doctor.remedies import AT_LEAST, HOUR

_NGINX_AT_ONCE: Final = "No compression and no buffering by nginx for Transom."
_SECTIONS: Final = (
    "In a `listen` section, all the lines below go there. In `defaults` they would hold for all sites of this machine, "
    "and a line in a frontend or a backend would still count more."
)
_OWN_WORDS: Final[dict[Program, dict[str, str]]] = {
    Program.NGINX: {
        **dict.fromkeys(("STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS", "COMPRESSED_STREAMS_HELD"), _NGINX_AT_ONCE),
        "STREAMS_COMPRESSED": "No compression by nginx for Transom.",
    },
    Program.APACHE: dict.fromkeys(
        ("STREAMS_COMPRESSED", "COMPRESSED_STREAMS_HELD"),
        "No compression by Apache for Transom's interface, which is all below /v1/.",
    ),
    Program.HAPROXY: {
        **dict.fromkeys(
            ("STREAMS_COMPRESSED", "COMPRESSED_STREAMS_HELD"),
            "Compress the types that are named below, and not text/event-stream.",
        ),
        "CUT_WHEN_SILENT": f"Let a connection be silent for {HOUR} before it is cut. {AT_LEAST} {_SECTIONS}",
        "POLLS_CUT": f"Wait {HOUR} for the answer of the server. {AT_LEAST} {_SECTIONS}",
        "CUT_AFTER_A_TIME": f"Let a connection be silent, and a tunnel be open, for {HOUR}. {_SECTIONS}",
    },
}


def own_words(code: str, program: Program) -> str:
    """What to change about it in this program, where that is said in other words than in general; else empty."""
    return _OWN_WORDS.get(program, {}).get(code, "")
