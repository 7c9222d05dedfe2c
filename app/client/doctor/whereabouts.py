"""How to find a machine that does not say who it is: where to look first, and tests from a second spot."""

from __future__ import annotations

from app.client.doctor.remedies import YOUR_SERVER, Site
from app.client.doctor.report import Report


def loopback_warning(report: Report) -> str:
    """What has to be minded where the address leads to the machine itself; empty where it does not."""
    site = Site.of(report.server, told=report.proxy is not None)
    if not site.loopback:
        return ""
    return (
        f"{site.host} is a loopback address: it means the test machine itself ({machine(report)}), and is of no use on "
        f"another. Put the name that users type where it says {YOUR_SERVER} below, and in the place of {site.host} in "
        "lines to be copied; and run the test again with that name, on a machine where users are."
    )


def machine(report: Report) -> str:
    """The name of the machine that the test ran on."""
    return report.observations.examined_from or "the test machine"


def command(report: Report, *, named: bool = False) -> str:
    """How to look again, for as long as was looked; `named`: by the name that users type."""
    site = Site.of(report.server, told=report.proxy is not None)
    server = report.server.replace(site.host, site.name, 1) if named else report.server
    return f"transom doctor {server} --seconds {report.observations.seconds:g}"


def how_to_find(report: Report) -> tuple[list[str], list[str]]:
    """Where to look, the likeliest first; and what to try, with what its outcome means."""
    site = Site.of(report.server, told=report.proxy is not None)
    here, again = machine(report), command(report)
    own = f"A program on {here}, where the test ran: antivirus with web protection, a VPN client, a local proxy."
    server = "What stands directly before Transom: nginx, Apache, HAProxy or a load balancer. Ask who runs the server."
    office = "The web filter, secure web gateway or firewall of the network where the test ran. Ask who runs that."
    if site.loopback and not site.told:
        on_it = f"A proxy or a tunnel on {here}, where the test ran: the address leads to no other machine."
        listens = (
            f"See what listens on port {site.port} of {here}: `ss -ltnp 'sport = :{site.port}'` (Linux), "
            f"`lsof -nP -iTCP:{site.port} -sTCP:LISTEN` (macOS) or `netstat -ano | findstr :{site.port}` (Windows). If "
            "that is not Transom, it is the machine that is looked for, or a tunnel that leads to it."
        )
        by_name = (
            f"On a machine where users are, with the name that they type: `{command(report, named=True)}`. If it is "
            "gone there, users do not meet it, and nothing has to be changed for them."
        )
        return [on_it, f"Where it is a tunnel, what is at its other end. {server}"], [listens, by_name]
    suspects = [f"The proxy {report.proxy}, which the test was told to use.", server, own]
    return suspects if site.told else [server, office, own], [
        f"From another network (a phone’s hotspot, at home): `{again}`. If it is gone there, the fault is on the side "
        "of the network where this test ran. If it is still there, it is on the server’s side.",
        f"On another machine of the same network: `{again}`. If it is gone there, it is a program on {here}.",
        "On the server itself, with the address that Transom listens on, usually `transom doctor "
        "http://127.0.0.1:8000`. If it is gone there, it is a machine between. If it is still there, it is a program "
        "on the server.",
    ]
