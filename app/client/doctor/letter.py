"""A paragraph to send to whoever runs the network or the proxy, ready as it is."""

from __future__ import annotations

from app.client.doctor.plan import Plan
from app.client.doctor.remedies import Site
from app.client.doctor.report import Report
from app.client.doctor.whereabouts import command, machine


def letter(report: Report, plan: Plan) -> str:
    """The paragraph; empty where nothing is to be changed."""
    if not plan.changes:
        return ""
    site = Site.of(report.server, told=report.proxy is not None)

    def listed(numbers: tuple[int, ...]) -> list[str]:
        chosen = [(number, plan.changes[number - 1]) for number in numbers]
        return [f"{number}. {finding.seen} {finding.change} [{finding.code}]" for number, finding in chosen]

    lines = [
        f"Hello, the way from {machine(report)} to {site.name}, port {site.port} (Transom, a server on which people "
        f"watch jobs) was tested on {report.made_at}. {report.sentence}"
    ]
    if plan.needed:
        lines += [f"Please change this for {site.name}, or tell us who can:", *listed(plan.needed)]
    if plan.either:
        lines += [f"Please make ONE of these changes for {site.name}, or tell us who can:", *listed(plan.either)]
    if not plan.needed and not plan.either:
        everything = tuple(range(1, len(plan.changes) + 1))
        lines += ["Nothing of this is urgent. It would be better if it were changed:", *listed(everything)]
    lines += [
        "All that was seen, and what the settings are called, is on the page that comes with this.",
        f"To test afterwards: {command(report, named=True)}",
        plan.success,
    ]
    return "\n".join(lines).replace("`", "")
