"""Who makes a change: on which kind of machine, in which file usually, how to keep a copy, and how to go back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.client.doctor.blocks import Block, blocks_of
from app.client.doctor.checks import check_round
from app.client.doctor.machines import FRONTS, Machine, Program
from app.client.doctor.plan import INSPECTION, OF_INSPECTION
from app.client.doctor.remedies import BETTER_ROUND, Site, change_for, lines_for
from app.client.doctor.report import Finding, Report
from app.client.doctor.whereabouts import between, inspector_of, unnamed_proxy
from app.client.doctor.wordings import own_words


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can make a change, and how it is made there. What is empty could not be seen, or is not needed."""

    who: str
    where: str
    file: str = ""
    keep: str = ""
    reload: str = ""
    undo: str = ""
    mind: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a change: whose it is, what is done, and the lines for it."""

    owner: Owner
    what: str
    blocks: tuple[Block, ...] = ()
    #: How it is tested, line by line, where the test of the change itself would not show it.
    test: tuple[str, ...] = ()


_TWICE: Final = "Where a line that begins with the same words is in that place already, replace it."
_PROGRAMS: Final = {
    Program.NGINX: Owner(
        "whoever runs the web server in front of Transom ({name})",
        "the machine on which nginx runs, usually Linux, often the one on which Transom runs",
        "usually /etc/nginx/nginx.conf, or a file in /etc/nginx/conf.d or /etc/nginx/sites-enabled",
        "test -e /etc/nginx.before || sudo cp -a /etc/nginx /etc/nginx.before",
        "sudo nginx -t && sudo systemctl reload nginx",
        "sudo cp -a /etc/nginx.before/. /etc/nginx/ && sudo systemctl reload nginx",
        _TWICE,
    ),
    Program.APACHE: Owner(
        "whoever runs the web server in front of Transom ({name})",
        "the machine on which Apache runs, usually Linux, often the one on which Transom runs",
        "usually in /etc/apache2/sites-enabled (Debian, Ubuntu) or /etc/httpd/conf.d",
        "test -e /etc/apache2.before || sudo cp -a /etc/apache2 /etc/apache2.before",
        "sudo apachectl configtest && sudo systemctl reload apache2",
        "sudo cp -a /etc/apache2.before/. /etc/apache2/ && sudo systemctl reload apache2",
        f"{_TWICE} Where the folder is /etc/httpd, the service is called httpd too.",
    ),
    Program.HAPROXY: Owner(
        "whoever runs the load balancer in front of Transom ({name})",
        "the machine on which HAProxy runs, usually Linux, or an appliance with HAProxy in it",
        "usually /etc/haproxy/haproxy.cfg (of an appliance: its own page of settings; write the old values down first)",
        "test -e /etc/haproxy/haproxy.cfg.before || "
        "sudo cp -a /etc/haproxy/haproxy.cfg /etc/haproxy/haproxy.cfg.before",
        "sudo haproxy -c -f /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy",
        "sudo cp -a /etc/haproxy/haproxy.cfg.before /etc/haproxy/haproxy.cfg && sudo systemctl reload haproxy",
        f"{_TWICE} What stands in a frontend or a backend holds for everything that uses it.",
    ),
    Program.SQUID: Owner(
        "whoever runs the proxy ({name}), often the network team",
        "the machine on which squid runs, usually Linux",
        "usually /etc/squid/squid.conf",
        "test -e /etc/squid/squid.conf.before || sudo cp -a /etc/squid/squid.conf /etc/squid/squid.conf.before",
        "sudo squid -k parse && sudo squid -k reconfigure",
        "sudo cp -a /etc/squid/squid.conf.before /etc/squid/squid.conf && sudo squid -k reconfigure",
    ),
    Program.TINYPROXY: Owner(
        "whoever runs the proxy ({name}), often the network team",
        "the machine on which tinyproxy runs, usually Linux",
        "usually /etc/tinyproxy/tinyproxy.conf",
        "test -e /etc/tinyproxy/tinyproxy.conf.before || "
        "sudo cp -a /etc/tinyproxy/tinyproxy.conf /etc/tinyproxy/tinyproxy.conf.before",
        "sudo systemctl restart tinyproxy",
        "sudo cp -a /etc/tinyproxy/tinyproxy.conf.before /etc/tinyproxy/tinyproxy.conf && "
        "sudo systemctl restart tinyproxy",
        "The restart interrupts everybody who uses the proxy for about a second.",
    ),
    Program.MITMPROXY: Owner(
        "whoever runs the proxy ({name}), often the network team",
        "the machine on which mitmproxy runs",
        "usually .mitmproxy/config.yaml in the home folder of whoever starts it",
        "copy that file before it is changed",
        "stop mitmproxy, and start it again",
        "put the copy back, and start mitmproxy as before",
    ),
}
#: Where the lines are a script of their own, and not in that file.
_SCRIPT: Final = Owner(
    "whoever runs the proxy ({name}), often the network team",
    "the machine on which mitmproxy runs",
    "a new file, stream.py, in the folder from which mitmproxy is started",
    reload="stop mitmproxy, and start it again with -s stream.py behind what it is started with now",
    undo="stop mitmproxy, and start it without -s stream.py",
)
_NETWORK: Final = "whoever runs the network (the IT department or the provider)"
_SERVER: Final = "whoever runs the Transom server"
#: How several ways are told.
ORDER: Final = "Take them in this order, and stop at the first that helps."
#: The setting that Transom names where it refuses because of the name that it was asked by.
_ALLOWED_HOSTS: Final = "TRANSOM_ALLOWED_HOSTS"
_NO_LINE: Final = "No line for it is known here: its manual says how it is set."
#: Where no machine on the way is at fault, or the certificate names it.
_BY_CODE: Final = {
    "PROXY_AUTHENTICATION": Owner(
        f"{_NETWORK}: they know the name and the password, or let it pass without",
        "{here}, the machine that was used, or the proxy",
    ),
    "NAME_UNKNOWN": Owner(f"{_NETWORK}, unless the address was mistyped", "the name server (DNS)"),
    "NO_CONNECTION": Owner(f"{_SERVER}, unless the address was mistyped", "the server, or a firewall before it"),
    "CERTIFICATE_NOT_TRUSTED": Owner(_NETWORK, "{here}, the machine that was used"),
    "NOT_TRANSOM": Owner(f"{_SERVER}, unless the address was mistyped", "the server, or what stands before it"),
    "SERVER_TOO_OLD": Owner(_SERVER, "the server"),
    "TRANSOM_REFUSES": Owner(
        _SERVER,
        "the server",
        "where its settings are, such as its .env file",
        "write the line with TRANSOM_ALLOWED_HOSTS down, if there is one",
        "restart Transom",
        "put the settings back as they were, and restart Transom",
        "If there is such a line already, add the name to it, after a comma.",
    ),
    "TLS_INSPECTED": Owner(
        "whoever runs what inspects encrypted connections (the network or security team)",
        "the web filter, secure web gateway or firewall",
    ),
}
_EXCEPTION: Final = (
    "Add {host} to the exceptions of the proxy. This is the safest way: the proxy stays as it is. It needs a network "
    "that lets the PCs reach {host} directly. Try it on one PC: if Transom still comes up there, it does. Windows: "
    "Settings, Network & internet, Proxy, Manual proxy setup (Set up or Edit), the field “Use the proxy server except "
    "for addresses that start with the following entries”; entries are separated by semicolons. macOS: System "
    "Settings, Network, Details, Proxies, “Bypass proxy settings for these Hosts & Domains”. Programs: "
    "NO_PROXY={host}. Where a script (PAC file) or a group policy sets the proxy, the IT department adds it there."
)
_ON_443: Final = (
    "Serve Transom by https:// on port 443, with a certificate, usually by a web server such as nginx in front of it. "
    "Proxies nearly always allow that port, as all https:// pages use it."
)


def ways_to(finding: Finding, report: Report) -> list[Way]:
    """The ways to make a change, the safest first; there is always somebody."""
    return list(_ways(finding, report))


def _ways(finding: Finding, report: Report) -> Iterator[Way]:
    site = Site.of(report.server, told=report.proxy is not None)
    here = report.observations.examined_from or "the test machine"
    if site.told and finding.code in BETTER_ROUND:
        pcs = Owner("whoever sets up the users’ PCs", "each of the PCs, or the script or policy that sets their proxy")
        yield Way(pcs, _EXCEPTION.format(host=site.name), test=tuple(_test_round(finding, report, site)))
    if finding.code in OF_INSPECTION:
        yield from _without_inspection(report, site)
    if owner := _BY_CODE.get(finding.code):
        if finding.code == INSPECTION:
            owner = _inspector(report, site)
        named = replace(owner, where=owner.where.format(here=here))
        lines = _lines(finding.code, site, report.observations.machines)
        if _ALLOWED_HOSTS in report.observations.reach.detail:
            lines = (Block("ADD", "to the settings of the server", (f"{_ALLOWED_HOSTS}={site.name}",)),)
        yield Way(named, finding.change, lines)
    elif site.told:
        yield from _of_proxy_and_others(finding, report, site)
    else:
        yield from _of_machines(finding, report, site)
    if site.told and finding.code == "CONNECT_REFUSED":
        yield Way(Owner(_SERVER, "the server"), _ON_443)


def _test_round(finding: Finding, report: Report, site: Site) -> Iterator[str]:
    """The test of an exception: any other goes through the proxy, and reports the fault although this way helped."""
    if check := check_round(finding, report):
        yield "To test this way, go round the proxy too. Type this on such a PC, before the change or afterwards:"
        yield from (f"    {line}" for line in check.lines())
        yield f"It helps if that shows: {check.then}.{check.ending} A test through the proxy does not show it."
        yield f"Say that it was this way: our own test then goes round the proxy too (NO_PROXY={site.name})."


def _without_inspection(report: Report, site: Site) -> Iterator[Way]:
    """The way that ends all that an inspection does, where there seems to be one."""
    for found in (finding for finding in report.findings if finding.code == INSPECTION):
        what = (
            f"{change_for(INSPECTION, site)} The inspection may be the cause; if it is, this alone is enough. "
            f"{_made_by(report)}What it allows: {found.opens}"
        )
        yield Way(_inspector(report, site), what, _lines(INSPECTION, site, report.observations.machines))


def _made_by(report: Report) -> str:
    certificate = report.observations.reach.certificate
    return f"The certificate that users are shown was made by {certificate.issuer}. " if certificate else ""


def _inspector(report: Report, site: Site) -> Owner:
    """Whoever inspects; where its program is known, with the file and the commands of that."""
    owner = _BY_CODE[INSPECTION]
    if name := inspector_of(report):
        owner = replace(owner, who=owner.who.replace("what inspects", f"{name}, which inspects"))
    for machine in report.observations.machines:
        if lines_for(INSPECTION, site, machine.program):
            known = _PROGRAMS[machine.program]
            return replace(owner, file=known.file, keep=known.keep, reload=known.reload, undo=known.undo)
    return owner


def _of_proxy_and_others(finding: Finding, report: Report, site: Site) -> Iterator[Way]:
    """Where clients are told of a proxy: it comes first, whatever else is on the way, and whoever it is."""
    what, machines = _own(finding, site), between(report)
    named = [machine for machine in machines if machine.program in _PROGRAMS and machine.program not in FRONTS]
    # Nobody else is asked for a tunnel.
    fronts = [machine for machine in machines if machine.program in FRONTS and finding.code != "CONNECT_REFUSED"]
    have_lines = [machine for machine in [*named, *fronts] if lines_for(finding.code, site, machine.program)]
    if have_lines:
        fronts = [machine for machine in fronts if machine in have_lines]
    ways: list[tuple[str, Way]] = []
    if proxy := unnamed_proxy(report):
        owner = Owner(
            f"whoever runs {proxy} (ask {_NETWORK})",
            f"the proxy {report.proxy}, or a machine behind it",
            "could not be seen",
        )
        ways.append((proxy, Way(owner, what)))
    for machine in [*named, *fronts]:
        own = own_words(finding.code, machine.program) or what
        said = own if machine in have_lines else f"{own} {_NO_LINE}"
        lines = _lines(finding.code, site, [machine])
        ways.append((machine.name, Way(_owner(machine, lines), said, lines)))
    (first, _), *others = ways
    either = " or ".join(name for name, _ in ways)
    for name, way in ways:
        if not others:
            yield way
        elif name == first:
            yield replace(way, what=f"{way.what} It could be {either} that does it: ask here first.")
        else:
            yield replace(way, what=f"{way.what} Ask here if it was not {first}.")


def _of_machines(finding: Finding, report: Report, site: Site) -> Iterator[Way]:
    machines = report.observations.machines
    what = _own(finding, site)
    known = [machine for machine in machines if lines_for(finding.code, site, machine.program)]
    for machine in known:
        own = own_words(finding.code, machine.program)
        lines = _lines(finding.code, site, [machine])
        yield Way(_owner(machine, lines), own or what, lines)
    if known:
        return
    if programs := [machine for machine in machines if machine.program in _PROGRAMS]:
        for machine in programs:
            yield Way(_owner(machine), f"{what} {_NO_LINE}")
    elif machines:
        names = " or ".join(machine.name for machine in machines)
        yield Way(Owner(f"whoever runs {names}", "that machine", "could not be seen"), what)
    else:
        who = f"{_SERVER}, or {_NETWORK}: it could not be seen whose machine it is"
        yield Way(Owner(who, "could not be seen", "could not be seen"), what)


def _owner(machine: Machine, lines: tuple[Block, ...] = ()) -> Owner:
    owner = _SCRIPT if any(block.where.startswith("as a new file") for block in lines) else _PROGRAMS[machine.program]
    name = machine.name if machine.sure else f"probably {machine.name}, which some appliances have built in"
    return replace(owner, who=owner.who.format(name=name))


def _own(finding: Finding, site: Site) -> str:
    """What is changed in the machine itself; where the other ways are ways of their own, without them."""
    if site.told and finding.code in BETTER_ROUND:
        return finding.change.partition(" Or ")[0]
    return finding.change


def _lines(code: str, site: Site, machines: list[Machine]) -> tuple[Block, ...]:
    named = replace(site, host=site.name)
    programs = dict.fromkeys(machine.program for machine in machines)
    return tuple(block for program in programs for block in blocks_of(lines_for(code, named, program)))
