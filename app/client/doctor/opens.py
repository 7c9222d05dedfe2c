"""What a change opens and what it does not, for whoever answers for the security of a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.client.doctor.machines import Machine, Program
from app.client.doctor.remedies import Site

_WEBSOCKETS: Final = (
    "Connections to {host} stay open and carry messages both ways; what goes over a WebSocket is not read by filters "
    "that know only requests. No other server and no further port is opened, if the change is kept to {host}."
)
_UNSCANNED: Final = (
    "Answers of {host} are passed on without being read whole first, so a scanner of content does not check them. No "
    "other server is exempt, if the change is kept to {host}."
)
_LONGER: Final = "Connections are kept longer, which costs the machine some memory for each. It allows nothing else."
_NOTHING: Final = "It opens nothing: what was refused stays refused."
_LARGER: Final = "It opens nothing. Answers of Transom are no longer compressed{by}; other sites stay as they are."
_TUNNEL: Final = "A tunnel to {host}, port {port}, whose content the proxy does not read."
_OPENS: Final = {
    **dict.fromkeys(
        ("UPGRADE_STRIPPED", "UPGRADE_REFUSED", "WEBSOCKET_MUTE", "WEBSOCKET_BUFFERED", "WEBSOCKET_BROKEN"), _WEBSOCKETS
    ),
    "CONNECT_REFUSED": f"{_TUNNEL} Keep the rule to {{host}} where the product can do that: one that names a port "
    "alone opens that port of every server.",
    **dict.fromkeys(("STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS"), _UNSCANNED),
    **dict.fromkeys(("HEADERS_HELD", "HTTP_1_0"), _NOTHING),
    **dict.fromkeys(("STREAMS_COMPRESSED", "COMPRESSED_STREAMS_HELD"), _LARGER.format(by=" on the way")),
    **dict.fromkeys(("CUT_WHEN_SILENT", "CUT_AFTER_A_TIME", "POLLS_CUT"), _LONGER),
    "BODY_LIMIT": "Larger uploads get through, of up to 16 MB for each request. Nothing else is allowed by it.",
    "TLS_INSPECTED": "What goes to {host} and comes from it is no longer read on the way.",
    "METHODS_REFUSED": "Requests with these methods reach {host}, which decides itself what they may do.",
    "AUTHORIZATION_STRIPPED": "What users show to say who they are reaches {host}, as it is meant to.",
}
#: What is known of a program, where that is more than what holds for all.
_OPENS_IN: Final[dict[Program, dict[str, str]]] = {
    Program.NGINX: dict.fromkeys(
        ("STREAMS_HELD", "GETS_HELD", "STREAMS_IN_LUMPS", "STREAMS_COMPRESSED", "COMPRESSED_STREAMS_HELD"),
        _LARGER.format(by=" by nginx"),
    ),
    Program.TINYPROXY: {
        "CONNECT_REFUSED": f"{_TUNNEL} tinyproxy cannot keep that to {{host}}: its ConnectPort opens port {{port}} of "
        "every server.",
    },
    Program.SQUID: {
        "CONNECT_REFUSED": f"{_TUNNEL} squid's lines keep it to that server and port. They stand above its rules on "
        "who may use the proxy, so for this tunnel those do not count: whoever reaches the proxy may open it. To keep "
        "it to your own network, write the name of that network's acl, often localnet, at the end of the allow line."
    },
}


def opens_by(code: str, site: Site, machines: Iterable[Machine]) -> str:
    """What the change opens; empty where there is nothing to say of it."""
    programs = {machine.program for machine in machines}
    own = _OPENS_IN.get(programs.pop(), {}).get(code) if len(programs) == 1 else None
    return (own or _OPENS.get(code, "")).format(host=site.name, port=site.port)
