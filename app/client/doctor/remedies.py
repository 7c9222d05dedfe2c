"""What to change, in general words and as lines for the configuration of programs that are known.

The lines are for whoever runs such a program: they say where they belong, and name the server that was examined.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from app.client.doctor.machines import FRONTS, Machine, Program
from app.client.doctor.report import Finding, Snippet

#: Stands where the name belongs that users type, where only an address was examined that leads to itself.
YOUR_SERVER: Final = "YOUR-SERVER-NAME"


@dataclass(frozen=True, slots=True)
class Site:
    """The server that was examined, as configurations name it."""

    host: str
    port: int
    told: bool

    @classmethod
    def of(cls, server: str, *, told: bool) -> Site:
        """The site at an address; `told`: clients are told of a proxy."""
        parts = urlsplit(server)
        return cls(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), told)

    @property
    def loopback(self) -> bool:
        """Whether the address leads to the machine itself that uses it."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        return _is_number(self.host) and ipaddress.ip_address(self.host).is_loopback

    @property
    def name(self) -> str:
        """What advice calls the server: an address that leads to itself would be of no use on another machine."""
        return YOUR_SERVER if self.loopback else self.host


#: The one figure for every time-out, and what is enough.
HOUR: Final = "1 hour (60 minutes, 3600 seconds)"
AT_LEAST: Final = (
    "If your rules do not allow that, at least 61 seconds: Transom's slowest kind of request waits up to 55 seconds."
)
_GENERAL: Final = {
    "UPGRADE_STRIPPED": "Let WebSockets pass: for requests to {host}, hand the headers `Upgrade: websocket` and "
    "`Connection: Upgrade` on to the server, and speak HTTP/1.1 to it.",
    "UPGRADE_REFUSED": "Allow WebSockets to {host}: requests with `Upgrade: websocket` are refused at the moment, "
    "often by a rule of its own or a category named “WebSocket”.",
    "WEBSOCKET_MUTE": "Pass on what comes over a WebSocket after it has opened, both ways and at once.{or_refuse}",
    "WEBSOCKET_BUFFERED": "Pass on what comes over a WebSocket at once, without gathering or scanning it.",
    "WEBSOCKET_BROKEN": "Let WebSockets to {host} pass.{or_refuse}",
    "CONNECT_REFUSED": "Allow the method `CONNECT` to {host}, port {port}. Browsers open every WebSocket through a "
    "proxy that way. Or serve Transom by HTTPS on port 443, which is usually allowed already.",
    "STREAMS_HELD": "Pass answers of the type `text/event-stream` on piece by piece, as they come. Take {host} out of "
    "whatever reads whole answers first: content scanning, antivirus, data loss prevention, response buffering.",
    "GETS_HELD": "Pass answers to `GET` of the type `text/event-stream` on piece by piece, as those to `POST` are.",
    "STREAMS_IN_LUMPS": "Turn the buffering of answers off for {host}, or at least for the type `text/event-stream`.",
    "STREAMS_COMPRESSED": "Leave the type `text/event-stream` out of compression, and obey `Cache-Control: "
    "no-transform`, which Transom sends.",
    "COMPRESSED_STREAMS_HELD": "Leave the type `text/event-stream` out of compression and of the buffering of answers; "
    "obey `Cache-Control: no-transform` and `X-Accel-Buffering: no`, which Transom sends.",
    "HEADERS_HELD": "Pass the head of an answer on as soon as it is there, without waiting for the body.",
    "CUT_WHEN_SILENT": f"Let a connection be silent for {HOUR} before it is cut. {AT_LEAST} The setting is often "
    "called “idle timeout”.",
    "CUT_AFTER_A_TIME": "Set no limit to how long an answer or a WebSocket may take altogether; where there has to be "
    "one, 1 hour (60 minutes, 3600 seconds).",
    "POLLS_CUT": f"Wait {HOUR} for the answer of the server. {AT_LEAST}",
    "BODY_LIMIT": "Raise the upload size (request body) to {host} to 16 MB; files are sent in pieces, so no more is "
    "needed.",
    "ADDRESS_LIMIT": "Allow addresses of 8 KB and more.",
    "METHODS_REFUSED": "Allow the methods {methods} to {host}.",
    "AUTHORIZATION_STRIPPED": "Pass the header `Authorization` on to the server as it is.",
    "LAST_EVENT_ID_STRIPPED": "Pass the header `Last-Event-ID` on to the server as it is.",
    "HTTP_1_0": "Speak HTTP/1.1 to the server.",
    "BAD_GATEWAYS": "Look into the log of the proxy for why it can't reach the server now and then: too few "
    "connections, a server of a group that is down, a time-out for connecting that is too short.",
    "TLS_INSPECTED": "Take {host} out of the inspection of encrypted connections.",
    "PROXY_AUTHENTICATION": "Put the name and the password into the proxy's address: "
    "`HTTPS_PROXY=http://name:password@proxy:port` (for http:// addresses `HTTP_PROXY`). Or let {host} pass "
    "without them.",
    "NAME_UNKNOWN": "Check the address, and whether the name server that this machine asks knows the name.",
    "NO_CONNECTION": "Check that Transom runs, that it listens on an address which is reached from here "
    "(`TRANSOM_HOST`), and that no firewall stands in between.",
    "CERTIFICATE_NOT_TRUSTED": "Get the certificate of the authority that signed it from whoever runs the network, and "
    "put it into the system's store, or name its file in `TRANSOM_CA_BUNDLE`.",
    "NOT_TRANSOM": "Check the address and the port; behind a proxy, check where it sends requests for this address.",
    "SERVER_TOO_OLD": "Update the server: it has to be as new as this command.",
    "TRANSOM_REFUSES": "Do what its answer says. If it says that it does not answer to a name, put "
    "`TRANSOM_ALLOWED_HOSTS={host}` into the settings of the server (the name alone, without a port), and restart it.",
    "REFUSED": "Look up the status and the words of the refusal; whoever made the rule has to allow {host}.",
    "NOTHING_LIVE": "Change one of the things that stop WebSockets or event streams; one of them is enough.",
    "POLLING_FAILS": "Allow plain `GET` requests to {host}/v1/realtime.",
}
#: Where clients are told of a proxy, they can also go round it.
_ROUND_IT: Final = (
    " Or let clients reach {host} without the proxy (`NO_PROXY={host}`, or an exception in the PAC file)."
)
BETTER_ROUND: Final = frozenset(
    {"UPGRADE_STRIPPED", "UPGRADE_REFUSED", "CONNECT_REFUSED", "STREAMS_HELD", "CUT_AFTER_A_TIME", "WEBSOCKET_MUTE"}
)
_NGINX_IN_LOCATION: Final = (
    "# ADD in each location { … } whose proxy_pass leads to Transom, in the server { … } of HOST that listens on port "
    "PORT\n"
)
_NGINX_UPGRADE: Final = f"""\
# ADD in http {{ … }}
map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}

{_NGINX_IN_LOCATION}\
proxy_http_version 1.1;
proxy_set_header Host $http_host;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;"""
_NGINX_HELD: Final = f"""\
# REMOVE wherever it holds for that, also in http {{ … }}, and only if the line is there (of a line that names more, \
only X-Accel-Buffering)
proxy_ignore_headers X-Accel-Buffering;

{_NGINX_IN_LOCATION}\
proxy_http_version 1.1;
proxy_buffering off;
gzip off;"""
_NGINX_CUT: Final = f"""\
{_NGINX_IN_LOCATION}\
proxy_read_timeout 3600s;
proxy_send_timeout 3600s;"""
_APACHE_UPGRADE: Final = """\
# REMOVE from the <VirtualHost> of HOST; BACKEND is the address that this line has now
ProxyPass "/" "http://BACKEND/"

# ADD in its place (Apache 2.4.47 and newer), with that address for BACKEND
ProxyPass "/" "http://BACKEND/" upgrade=websocket"""
_APACHE_TYPES: Final = """\
# ADD in the <VirtualHost> of HOST (no compression)
SetEnvIf Request_URI "^/v1/" no-gzip"""
_APACHE_HELD: Final = f"""\
{_APACHE_TYPES}

# ADD in the <VirtualHost> of HOST (no scanning of answers by mod_security)
<IfModule security2_module>
  SecResponseBodyAccess Off
</IfModule>"""
_APACHE_CUT: Final = """\
# ADD in the <VirtualHost> of HOST (in seconds)
ProxyTimeout 3600"""
_HAPROXY_CUT: Final = """\
# ADD in the frontend of HOST, which answers on port PORT
timeout client 1h

# ADD in the backend of HOST, to which that frontend passes requests on
timeout server 1h
timeout tunnel 1h"""
_HAPROXY_TYPES: Final = """\
# ADD in the backend of HOST, in the place of such a line: the types without text/event-stream
compression type text/html text/css application/javascript application/json"""
_SQUID_CONNECT: Final = """\
# ADD in squid.conf, directly above the line “http_access deny CONNECT !SSL_ports” (the last of these lines lets in \
whoever reaches the proxy; with the acl of your network at its end, often localnet, only your network)
acl transom DST HOST
acl transom_port port PORT
http_access allow CONNECT transom transom_port"""
_SQUID_UPGRADE: Final = """\
# ADD in squid.conf (squid 5 and newer)
acl transom DST HOST
http_upgrade_request_protocols websocket allow transom"""
_SQUID_HELD: Final = """\
# ADD in squid.conf (what scans content, ICAP or eCAP, reads whole answers first)
acl transom DST HOST
adaptation_access all deny transom"""
_TINYPROXY_CONNECT: Final = """\
# ADD in tinyproxy.conf, below the other ConnectPort lines, which stay (443 is the port of all https:// pages)
ConnectPort PORT"""
_MITMPROXY_STREAM: Final = """\
# ADD as a new file stream.py, and start mitmproxy with it: mitmproxy -s stream.py
def responseheaders(flow):
    if flow.response.headers.get("content-type", "").startswith("text/event-stream"):
        flow.response.stream = True"""
_MITMPROXY_IGNORE: Final = """\
# ADD in ~/.mitmproxy/config.yaml (HOST is passed on unread; by versions 7.0 to 10.2 whatever the port)
ignore_hosts:
  - '^HOST_PATTERN(:PORT)?$'"""

_SNIPPETS: Final[dict[Program, dict[str, str]]] = {
    Program.NGINX: {
        "UPGRADE_STRIPPED": _NGINX_UPGRADE,
        "UPGRADE_REFUSED": _NGINX_UPGRADE,
        "WEBSOCKET_BROKEN": _NGINX_UPGRADE,
        "HTTP_1_0": f"{_NGINX_IN_LOCATION}proxy_http_version 1.1;",
        "STREAMS_HELD": _NGINX_HELD,
        "GETS_HELD": _NGINX_HELD,
        "STREAMS_IN_LUMPS": _NGINX_HELD,
        "STREAMS_COMPRESSED": f"{_NGINX_IN_LOCATION}gzip off;",
        "COMPRESSED_STREAMS_HELD": _NGINX_HELD,
        "CUT_WHEN_SILENT": _NGINX_CUT,
        "POLLS_CUT": _NGINX_CUT,
        "BODY_LIMIT": "# ADD in the server { … } of HOST\nclient_max_body_size 16m;\nproxy_request_buffering off;",
        "ADDRESS_LIMIT": "# ADD in http { … }\nlarge_client_header_buffers 4 32k;",
        "METHODS_REFUSED": "# REMOVE from the location, or name these methods in it\n"
        "limit_except GET POST PUT PATCH DELETE OPTIONS { deny all; }",
        "AUTHORIZATION_STRIPPED": f"{_NGINX_IN_LOCATION}proxy_set_header Authorization $http_authorization;",
        "LAST_EVENT_ID_STRIPPED": f"{_NGINX_IN_LOCATION}proxy_set_header Last-Event-ID $http_last_event_id;",
    },
    Program.APACHE: {
        "UPGRADE_STRIPPED": _APACHE_UPGRADE,
        "UPGRADE_REFUSED": _APACHE_UPGRADE,
        "WEBSOCKET_BROKEN": _APACHE_UPGRADE,
        "STREAMS_HELD": _APACHE_HELD,
        "GETS_HELD": _APACHE_HELD,
        "STREAMS_IN_LUMPS": _APACHE_HELD,
        "STREAMS_COMPRESSED": _APACHE_TYPES,
        "COMPRESSED_STREAMS_HELD": _APACHE_TYPES,
        "CUT_WHEN_SILENT": _APACHE_CUT,
        "POLLS_CUT": _APACHE_CUT,
        "BODY_LIMIT": "# ADD in the <VirtualHost> of HOST (in bytes)\nLimitRequestBody 16777216",
        "ADDRESS_LIMIT": "# ADD in the <VirtualHost> of HOST (in bytes)\nLimitRequestLine 16384",
    },
    Program.HAPROXY: {
        "UPGRADE_STRIPPED": "# REMOVE lines such as these from the frontend and the backend of HOST\n"
        "http-request del-header Upgrade\nhttp-request del-header Connection",
        "UPGRADE_REFUSED": "# ADD in the frontend of HOST, above the rules that deny\n"
        "http-request allow if { req.hdr(Upgrade) -i websocket } { hdr_dom(host) -i HOST }",
        "CUT_WHEN_SILENT": _HAPROXY_CUT,
        "CUT_AFTER_A_TIME": _HAPROXY_CUT,
        "POLLS_CUT": _HAPROXY_CUT,
        "COMPRESSED_STREAMS_HELD": _HAPROXY_TYPES,
        "STREAMS_COMPRESSED": _HAPROXY_TYPES,
        "BODY_LIMIT": "# ADD in the frontend of HOST, in the place of a rule with a smaller size\n"
        "http-request deny deny_status 413 if { req.body_size gt 16777216 }",
        "ADDRESS_LIMIT": "# ADD in global\ntune.bufsize 32768",
    },
    Program.SQUID: {
        "UPGRADE_STRIPPED": _SQUID_UPGRADE,
        "UPGRADE_REFUSED": _SQUID_UPGRADE,
        "CONNECT_REFUSED": _SQUID_CONNECT,
        "STREAMS_HELD": _SQUID_HELD,
        "CUT_WHEN_SILENT": "# ADD in squid.conf\nread_timeout 1 hour",
        "CUT_AFTER_A_TIME": "# ADD in squid.conf\nclient_lifetime 1 day",
        "BODY_LIMIT": "# ADD in squid.conf\nrequest_body_max_size 16 MB",
        "TLS_INSPECTED": "# ADD in squid.conf, above the other ssl_bump lines\n"
        "acl transom ssl::server_name HOST\nssl_bump splice transom",
        "AUTHORIZATION_STRIPPED": "# REMOVE from squid.conf a line such as this\n"
        "request_header_access Authorization deny all",
        "LAST_EVENT_ID_STRIPPED": "# REMOVE from squid.conf a line such as this\n"
        "request_header_access Last-Event-ID deny all",
    },
    Program.TINYPROXY: {
        "CONNECT_REFUSED": _TINYPROXY_CONNECT,
        "CUT_WHEN_SILENT": "# ADD in tinyproxy.conf, in the place of the line with the same word (in seconds)\n"
        "Timeout 3600",
    },
    Program.MITMPROXY: {
        "STREAMS_HELD": _MITMPROXY_STREAM,
        "GETS_HELD": _MITMPROXY_STREAM,
        "TLS_INSPECTED": _MITMPROXY_IGNORE,
    },
}
#: What is looked up, or done by whoever runs something, and is no setting of a program.
_NO_SETTINGS: Final = frozenset({"BAD_GATEWAYS", "TLS_INSPECTED"})
_NOBODY_NEEDS: Final = "Nothing to do: nobody notices it."
BY_CONNECT: Final = (
    "Nothing to do: browsers do not open WebSockets that way through a proxy, they use `CONNECT`, which is a finding "
    "of its own."
)


def nothing_to_do(code: str, site: Site, machines: Iterable[Machine]) -> str:
    """Why nobody is to be asked for it: no setting changes it, or nobody needs it; empty where something can be done.

    It is meant for what users do not notice: what they notice is always asked for.
    """
    if code == "HEADERS_HELD":
        return _NOBODY_NEEDS
    programs = list(dict.fromkeys(machine.program for machine in machines))
    if not programs or Program.OTHER in programs or code in _NO_SETTINGS:
        return ""
    if site.told and FRONTS.issuperset(programs):
        # The proxy itself did not say what it is.
        return ""
    if any(code in _SNIPPETS.get(program, {}) for program in programs):
        return ""
    return f"Cannot be changed: no setting of {' or '.join(programs)} does it, as far as is known here. Nothing to do."


def change_for(code: str, site: Site, **figures: str) -> str:
    """What to change about it, in general words."""
    return _GENERAL.get(code, "").format(host=site.name, port=site.port, **figures)


def without_repeats(findings: Iterable[Finding], site: Site) -> Iterator[Finding]:
    """The findings with each piece of advice once, where it comes first; one of them says how to go round a proxy."""
    given: set[Snippet] = set()
    round_it = _ROUND_IT.format(host=site.name) if site.told else ""
    for finding in findings:
        change = finding.change
        if finding.to_do and change and round_it and finding.code in BETTER_ROUND:
            change, round_it = change + round_it, ""
        snippets = tuple(snippet for snippet in finding.snippets if snippet not in given)
        given.update(snippets)
        yield replace(finding, change=change, snippets=snippets)


def lines_for(code: str, site: Site, program: Program) -> str:
    """Lines for one program; none where it has nothing to do with it."""
    return _named(_SNIPPETS.get(program, {}).get(code, ""), site)


def snippets_for(code: str, site: Site, machines: Iterable[Machine]) -> tuple[Snippet, ...]:
    """Lines for each program that was recognised and has something to do with it."""
    programs = dict.fromkeys(machine.program for machine in machines)
    found = {program: lines_for(code, site, program) for program in programs}
    return tuple(Snippet(str(program), text) for program, text in found.items() if text)


def _named(text: str, site: Site) -> str:
    pattern = site.host.replace(".", r"\.")
    filled = text.replace("HOST_PATTERN", pattern).replace("DST", "dst" if _is_number(site.host) else "dstdomain")
    return filled.replace("HOST", site.host).replace("PORT", str(site.port))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
