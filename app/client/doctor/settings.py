"""What settings are called in products that are common, for where nobody on the way says which product it is.

The lines of programs are those of `remedies`; what is configured on pages of its own is told in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.client.doctor.machines import Program
from app.client.doctor.remedies import AT_LEAST, HOUR, Site, lines_for
from app.client.doctor.report import Setting

_BEFORE_SERVERS: Final = {Program.NGINX: "nginx", Program.APACHE: "Apache", Program.HAPROXY: "HAProxy"}
_BEFORE_CLIENTS: Final = {Program.SQUID: "squid", Program.TINYPROXY: "tinyproxy"}
_GATEWAY: Final = "Web filter, secure web gateway or firewall"
_CLOUD: Final = "Cloud load balancer"

_ALLOW_WEBSOCKETS: Final = (
    "Add a rule that allows {host}, above those that refuse, and allow the application or category “WebSocket” in it."
)
_SCAN_NOTHING: Final = (
    "Put {host} on the list of what is not scanned: “scanning exceptions”, “bypass” or “trusted sites”, under "
    "antivirus, malware inspection or data loss prevention (DLP)."
)
_SILENT: Final = f"Set the “idle timeout” (or “TCP session timeout”) of connections to {{host}} to {HOUR}. {AT_LEAST}"
_IN_GATEWAYS: Final = {
    "UPGRADE_STRIPPED": _ALLOW_WEBSOCKETS,
    "UPGRADE_REFUSED": _ALLOW_WEBSOCKETS,
    "WEBSOCKET_MUTE": _ALLOW_WEBSOCKETS,
    "WEBSOCKET_BUFFERED": _SCAN_NOTHING,
    "WEBSOCKET_BROKEN": _ALLOW_WEBSOCKETS,
    "CONNECT_REFUSED": "Add port {port} to the ports that `CONNECT` is allowed to (“SSL ports”, “allowed tunnel "
    "ports”), for {host} alone.",
    "STREAMS_HELD": _SCAN_NOTHING,
    "GETS_HELD": _SCAN_NOTHING,
    "STREAMS_IN_LUMPS": _SCAN_NOTHING,
    "COMPRESSED_STREAMS_HELD": _SCAN_NOTHING,
    "CUT_WHEN_SILENT": _SILENT,
    "POLLS_CUT": _SILENT,
    "CUT_AFTER_A_TIME": "Set the “maximum session time” of connections to {host} to none, or to 1 hour (60 minutes) "
    "or more.",
    "BODY_LIMIT": "Set the “maximum upload size”, “maximum request size” or “request body limit” to 16 MB.",
    "METHODS_REFUSED": "Add them to the “allowed HTTP methods” for {host}.",
}
_CLOUD_WEBSOCKETS: Final = (
    "Those of AWS (Application Load Balancer), Azure (Application Gateway) and Google (Application Load Balancer) pass "
    "WebSockets without a setting; look for a rule of their web application firewall (WAF). Cloudflare has a switch: "
    "Network, WebSockets."
)
_AWS_IDLE: Final = (
    "aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN "
    "--attributes Key=idle_timeout.timeout_seconds,Value=3600"
)
_GOOGLE_TIMEOUT: Final = "gcloud compute backend-services update NAME --global --timeout=3600s"
_AZURE_BUFFERS: Final = (
    "az network application-gateway update --name NAME --resource-group GROUP "
    "--set globalConfiguration.enableResponseBuffering=false"
)
_AWS_CUTS: Final = (("AWS Application Load Balancer", _AWS_IDLE),)
_GOOGLE_CUTS: Final = (("Google Cloud load balancer", _GOOGLE_TIMEOUT),)
_CLOUD_BUFFERS: Final = (("Azure Application Gateway", _AZURE_BUFFERS),)
_CLOUD_LINES: Final = {
    "CUT_WHEN_SILENT": _AWS_CUTS,
    "POLLS_CUT": (*_AWS_CUTS, *_GOOGLE_CUTS),
    # Google's counts from the beginning of an answer or a WebSocket, that of AWS from what was sent last.
    "CUT_AFTER_A_TIME": _GOOGLE_CUTS,
    "STREAMS_HELD": _CLOUD_BUFFERS,
    "STREAMS_IN_LUMPS": _CLOUD_BUFFERS,
}
_IN_CLOUDS: Final = {
    "UPGRADE_STRIPPED": _CLOUD_WEBSOCKETS,
    "UPGRADE_REFUSED": _CLOUD_WEBSOCKETS,
    "WEBSOCKET_BROKEN": _CLOUD_WEBSOCKETS,
    "BODY_LIMIT": "Look at its web application firewall (WAF): “request body size” or “maximum request body size”.",
}


def settings_for(code: str, site: Site) -> tuple[Setting, ...]:
    """What to set in each product that has something to do with it; the more likely products come first."""
    return tuple(_settings(code, replace(site, host=site.name)))


def _settings(code: str, site: Site) -> Iterator[Setting]:
    # Whoever is not told of a proxy meets those that stand before the server, or one that needs no telling.
    programs = {**_BEFORE_CLIENTS, **_BEFORE_SERVERS} if site.told else {**_BEFORE_SERVERS, Program.SQUID: "squid"}
    for program, name in programs.items():
        if lines := lines_for(code, site, program):
            yield Setting(name, lines, copyable=True)
    if code in _IN_GATEWAYS:
        yield Setting(_GATEWAY, _IN_GATEWAYS[code].format(host=site.host, port=site.port), copyable=False)
    if not site.told:
        for product, line in _CLOUD_LINES.get(code, ()):
            yield Setting(product, line, copyable=True)
        if code in _IN_CLOUDS:
            yield Setting(_CLOUD, _IN_CLOUDS[code], copyable=False)
