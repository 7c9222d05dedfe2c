"""Where a test was made and who answered there; how to test elsewhere; where to look for who does not say its name."""

from __future__ import annotations

from typing import Final

from app.client.doctor.machines import FRONTS, Machine, Program, nearest_first
from app.client.doctor.observations import Reached
from app.client.doctor.remedies import BETTER_ROUND, YOUR_SERVER, Site
from app.client.doctor.report import Report, Severity

#: How long it takes to look at Transom's page.
TWO_MINUTES: Final = "It takes two minutes if no job runs there."
#: What a name is without all that an address has besides: lines for a configuration need it so.
_BARE_NAME: Final = "what the address bar shows after http:// or https://, up to the first : or /"
#: What a test has to wait for, in seconds, to show that it is not cut any more.
_PROVES: Final = {"CUT_WHEN_SILENT": 70.0, "POLLS_CUT": 70.0, "CUT_AFTER_A_TIME": 130.0}
#: The titles of what a warning refers to.
ON_A_PC: Final = "Look on a user’s PC"
WHOLE_TEST: Final = "The whole test on a user’s PC"
#: What tells a program of a proxy, for addresses of either kind.
_PROXY_NAMES: Final = ("HTTP_PROXY", "HTTPS_PROXY")


def loopback_warning(report: Report, *, asking: bool = True) -> str:
    """What has to be minded where the address leads to the machine itself; empty where it does not.

    `asking`: somebody is asked to change something.
    """
    site = Site.of(report.server, told=report.proxy is not None)
    if not site.loopback:
        return ""
    if report.observations.reach.reached is not Reached.TRANSOM and report.proxy is None:
        return (
            f"{site.host} means the machine itself on which the test ran ({machine(report)}). If Transom runs on "
            f"another, repeat the test with the name of that one. See also whether users have the fault: “{ON_A_PC}”, "
            "below."
        )
    said = f"This test was made on the Transom server itself ({site.host}), not on a user’s PC"
    if not asking:
        return f"{said}. See whether all is well there too: “{ON_A_PC}”, below. {TWO_MINUTES}"
    return f"{said}, so it is not certain yet that users have the fault. See whether they do: “{ON_A_PC}”, below."


def is_elsewhere(report: Report) -> bool:
    """Whether it was tested on the server itself, and users may meet something else."""
    return bool(loopback_warning(report))


def stand_in(report: Report, *, sending: bool = True) -> str:
    """What has to be put in the place of a name that is not known; empty where it is known.

    `sending`: in a letter, by somebody who is not to change its lines; only where there is one.
    """
    site = Site.of(report.server, told=report.proxy is not None)
    if not site.loopback:
        return ""
    if not sending:
        return f"{YOUR_SERVER} stands for the name by which users open Transom: {_BARE_NAME}."
    return (
        f"Copy the letter into a mail, and there replace each `{address(report, named=True).rstrip('/')}` by what the "
        "address bar shows up to the first single / when users have Transom open, such as "
        f"`https://transom.example.com`; and then each {YOUR_SERVER} that is left by the name alone, {_BARE_NAME}. "
        "Leave the rest as it is. If you are not sure, change nothing and add: “The address that users see is …”."
    )


def front(report: Report) -> str:
    """The machine that answers at the address; empty where that is Transom, or not known."""
    machines = report.observations.machines
    if report.proxy or len(machines) != 1 or machines[0].program not in FRONTS:
        return ""
    return machines[0].name if machines[0].sure else f"probably {machines[0].name}"


def between(report: Report) -> list[Machine]:
    """The machines that showed themselves; where clients are told of a proxy, those that stand before servers last."""
    machines = report.observations.machines
    return nearest_first(machines) if report.proxy else list(machines)


def unnamed_proxy(report: Report) -> str:
    """The proxy that clients are told of, where no machine on the way shows itself as a kind that they are told of."""
    programs = {machine.program for machine in report.observations.machines}
    if not report.proxy or programs - FRONTS - {Program.OTHER}:
        return ""
    others = " or ".join(machine.name for machine in report.observations.machines if machine.program is Program.OTHER)
    return f"the proxy {report.proxy} (perhaps {others})" if others else f"the proxy {report.proxy}"


def inspector_of(report: Report) -> str:
    """What inspects encrypted connections, by the issuer of its certificates; empty where nobody known does."""
    certificate = report.observations.reach.certificate
    return (certificate.inspector or "") if certificate else ""


def machine(report: Report) -> str:
    """The name of the machine that the test ran on."""
    return report.observations.examined_from or "the test machine"


def command(report: Report, *, named: bool = False, direct: bool = False) -> str:
    """How to look again, for long enough to prove that what cut waits now.

    `named`: by the name that users type. `direct`: without the proxy that the test was told of; it is named otherwise,
    as a shell that does not know of it would find a way that is clear.
    """
    told = "".join(f"{name}={report.proxy} " for name in _PROXY_NAMES) if report.proxy and not direct else ""
    return f"{told}transom doctor {address(report, named=named)} --seconds {_seconds(report):g}"


def late_all_the_same(report: Report) -> str:
    """What to do where users wait for messages although nothing was found."""
    if is_elsewhere(report):
        how = "look there as is said below"
    else:
        how = f"make this page on the PC where they do (`transom doctor {address(report)} --html page.html`)"
    return (
        f"If messages come late all the same, {how}. If nothing is found there either, tell whoever runs Transom, and "
        "send that page along."
    )


def exception_test(report: Report) -> tuple[str, str]:
    """How to look again where users' PCs go round the proxy now, with when; both empty where that is no way to do it.

    By way of the proxy the fault is still there.
    """
    site = Site.of(report.server, told=report.proxy is not None)
    if not site.told or not any(
        finding.code in BETTER_ROUND and finding.to_do and finding.severity is not Severity.GOOD
        for finding in report.findings
    ):
        return "", ""
    when = (
        f"If it was done by an exception for {site.host} on the users’ PCs, test without the proxy, as they go now "
        "(by way of the proxy the fault is still there):"
    )
    return when, f"NO_PROXY={site.host} {command(report, direct=True)}"


def password_note(report: Report) -> str:
    """What has to be put into the lines for testing where the proxy asks for it; empty where there is no proxy."""
    if not report.proxy:
        return ""
    scheme, _, rest = report.proxy.partition("://")
    return (
        "If the proxy wants a user name and a password, write them into its address in both places: "
        f"`{scheme}://USER:PASSWORD@{rest}`."
    )


def address(report: Report, *, named: bool = False) -> str:
    """The address that was examined; `named`: by the name that users type."""
    site = Site.of(report.server, told=report.proxy is not None)
    # A name has no brackets around it.
    host = f"[{site.host}]" if ":" in site.host and site.name != site.host else site.host
    return report.server.replace(host, site.name, 1) if named else report.server


def _seconds(report: Report) -> float:
    proof = max((_PROVES.get(code, 0.0) for code in report.codes), default=0.0)
    return max(report.observations.seconds, proof)


def whole_test(report: Report) -> str:
    """How to make this test where users are."""
    return (
        "For whoever wants all of it from there: install Python 3.11 or newer (python.org has it for Windows). Ask "
        f"whoever runs the Transom server for the file `{_wheel(report)}`, which `make wheel` builds there. Then type "
        "this in the command prompt, in the folder with that file (on Linux and macOS `python3` for `py`). The PC has "
        "to reach the internet or a mirror of Python packages. Transom is made for Linux; of Windows only this command "
        f"is expected to work.{_of_the_pc(report)} It makes a new page, page.html: from then on that one counts, and "
        "not this one."
    )


def _of_the_pc(report: Report) -> str:
    if not report.proxy:
        return ""
    return (
        f" On Linux and macOS write `export` for `set`. If that PC uses another proxy, put that one there. "
        f"{password_note(report)}"
    )


def _wheel(report: Report) -> str:
    return f"transom-{report.version}-py3-none-any.whl"


def whole_test_lines(report: Report) -> str:
    """What is typed for it."""
    again = command(report, named=True, direct=True).removeprefix("transom ")
    # The command prompt of Windows takes no variables in front of a command.
    told = "".join(f"set {name}={report.proxy}\n" for name in _PROXY_NAMES) if report.proxy else ""
    return f"py -m pip install {_wheel(report)}\n{told}py -m app.cli.main {again} --html page.html"


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
    outside, around = "From another network (a phone’s hotspot, at home)", command(report, direct=True)
    suspects = [f"The proxy {report.proxy}, which the test was told to use.", server, own]
    without = (
        f"On {here}, without the proxy: `NO_PROXY={site.host} {around}` (Linux and macOS). If it is gone then, it is "
        "the proxy. If nothing at all is reached, the network lets nobody go round the proxy, and this tells nothing."
    )
    note = f" {password_note(report)}" if site.told else ""
    return suspects if site.told else [server, office, own], [
        *([without] if site.told else []),
        f"{outside}{', where there is no proxy' if site.told else ''}: `{around}`. If it is gone there, the fault is "
        "on the side of the network where this test ran. If it is still there, it is on the server’s side.",
        f"On another machine of the same network{' (Linux or macOS)' if site.told else ''}: `{again}`.{note} If it is "
        f"gone there, it is a program on {here}.",
        "On the server itself, with the address that Transom listens on, usually `transom doctor "
        "http://127.0.0.1:8000`. If it is gone there, it is a machine between. If it is still there, it is a program "
        "on the server.",
    ]
