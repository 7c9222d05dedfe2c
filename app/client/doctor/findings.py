"""What follows from what was seen: each rule looks at one thing, and says what it found in a code and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.client.doctor.machines import FRONTS, Machine, Program, nearest_first
from app.client.doctor.observations import Lasting, Live, LiveSeen, Observations, Reached, Upgrade
from app.client.doctor.opens import opens_by
from app.client.doctor.pacing import Pacing, Passing
from app.client.doctor.remedies import (
    BY_CONNECT,
    Site,
    change_for,
    nothing_to_do,
    snippets_for,
    without_repeats,
)
from app.client.doctor.report import Finding, Severity
from app.client.doctor.settings import settings_for
from app.client.doctor.streams import at_once
from app.client.doctor.ways import is_brief, ways_of
from app.client.way import Transport

_GOOD, _MINOR, _SERIOUS = Severity.GOOD, Severity.MINOR, Severity.SERIOUS
_KB: Final = 1024
_MEGABYTE: Final = _KB * _KB
#: The stream's own comments come this often; what cuts sooner cuts a stream of a job that is quiet.
_COMMENT_SECONDS: Final = 10.0
_NO_NAME: Final = (
    "Which machine it is could not be told: it writes neither of the headers `Via` and `Server`, and showed no error "
    "page of its own. See “How to find the machine”."
)

_AT_ONCE_ALL_THE_SAME: Final = "Nobody who watches a job notices: messages come over {way}."
_NOT_FOR_LONG: Final = "It does not last, though."
_OR_REFUSE: Final = (
    " Where that can't be had, refuse them with an answer such as 403: {way} works here, and a client that is refused "
    "takes it without waiting."
)
_AS_LONG: Final = "The stream of this test lasted 3 s; real ones last minutes, and whoever waits for one waits as long."
_ONLY_POLLS: Final = "Messages come by long polling: up to some seconds late, and at more cost to the server."
_LOCAL_ADDRESS: Final = "open it as http://localhost"
#: In the page's own words, so that who sees them knows them again.
_ENDS_IN_POLLING: Final = (
    " At the third cut in a row, often after about ten seconds, Transom's page gives up such connections. Users end up "
    "with “Live by asking again and again (long polling): something on the way cuts every connection after a while”."
)

#: As `make proxies` measures it with nginx, which holds everything back: by 0.2 s at the median, 3.3 s at the worst.
_LATE_IN_BROWSERS: Final = (
    "people who watch a job in a browser see its messages late: in daily work mostly by less than a second, at times "
    "by about 3 s"
)
_NAMES: Final = {
    Transport.WEBSOCKET: "a WebSocket",
    Transport.SSE: "Server-Sent Events",
    Transport.SSE_POST: "padded Server-Sent Events",
}


class Findings:
    """The findings about one way to a server."""

    def __init__(self, seen: Observations) -> None:
        self._seen = seen
        self._site = Site.of(seen.server, told=seen.proxy is not None)
        self._ways = ways_of(seen)
        self._brief = is_brief(seen)

    def all(self) -> list[Finding]:
        """All of them, the most serious first."""
        if self._seen.reach.reached is not Reached.TRANSOM:
            found = [*self._reach(), *self._certificate()]
        else:
            found = [
                *self._certificate(),
                *self._websocket(),
                *self._connect(),
                *self._streams(),
                *self._whole(),
                *self._cuts(),
                *self._caps(),
                *self._line(),
            ]
        order = [_SERIOUS, _MINOR, _GOOD]
        found.sort(key=lambda finding: order.index(finding.severity))
        return list(without_repeats(found, self._site))

    def _finding(
        self,
        code: str,
        severity: Severity,
        seen: str,
        means: str,
        *,
        by: str | None = None,
        unneeded: str = "",
        **figures: str,
    ) -> Finding:
        if severity is _GOOD:
            return Finding(code, severity, seen, means)
        machines = self._seen.machines
        recognised = any(machine.program is not Program.OTHER for machine in machines)
        way = _NAMES.get(self._ways.best) if self._ways.best else None
        figures["or_refuse"] = _OR_REFUSE.format(way=way) if way else ""
        nothing = unneeded or (nothing_to_do(code, self._site, machines) if severity is _MINOR else "")
        return Finding(
            code,
            severity,
            seen,
            means,
            by=by_whom(machines, self._seen.proxy) if by is None else by,
            change=nothing or change_for(code, self._site, **figures),
            snippets=snippets_for(code, self._site, machines),
            settings=() if recognised or nothing else settings_for(code, self._site),
            opens="" if nothing else opens_by(code, self._site, machines),
            to_do=not nothing,
        )

    def _reach(self) -> Iterator[Finding]:
        reach, detail = self._seen.reach, self._seen.reach.detail
        nothing = "Nothing of Transom can be used from here."
        if reach.reached is Reached.NO_NAME:
            yield self._finding("NAME_UNKNOWN", _SERIOUS, f"The name is not known here ({detail}).", nothing, by="")
        elif reach.reached is Reached.NO_CONNECTION:
            yield self._finding("NO_CONNECTION", _SERIOUS, f"No connection comes about ({detail}).", nothing, by="")
        elif reach.reached is Reached.NO_TRUST:
            issuer = f" It was made by {reach.certificate.issuer}." if reach.certificate else ""
            seen = f"The certificate that is shown is not trusted here.{issuer}"
            yield self._finding("CERTIFICATE_NOT_TRUSTED", _SERIOUS, seen, nothing, by="")
        elif reach.reached is Reached.PROXY_ASKS:
            seen = "The proxy asks for a name and a password (407)."
            yield self._finding("PROXY_AUTHENTICATION", _SERIOUS, seen, nothing)
        elif reach.reached is Reached.OLD_TRANSOM:
            seen = "The server is a Transom that can't be examined: it has no /v1/doctor."
            yield self._finding("SERVER_TOO_OLD", _SERIOUS, seen, "Nothing can be said of the way to it.", by="")
        elif reach.reached is Reached.TRANSOM_REFUSES:
            # What it says is meant for whoever sits at the server.
            here = _LOCAL_ADDRESS if self._site.loopback else f"{_LOCAL_ADDRESS} on the server itself"
            seen = f"Transom itself refuses the very first request: {detail.replace(_LOCAL_ADDRESS, here)}."
            yield self._finding("TRANSOM_REFUSES", _SERIOUS, seen, nothing, by="")
        elif reach.reached is Reached.NOT_TRANSOM:
            seen = f"What answers there is not Transom (status {reach.status})."
            yield self._finding("NOT_TRANSOM", _SERIOUS, seen, nothing)
        elif reach.status == 0:
            # An answer to `CONNECT` is no answer to the request.
            seen = f"The proxy refuses `CONNECT` to port {self._site.port} ({detail}); encrypted connections need it."
            yield self._finding("CONNECT_REFUSED", _SERIOUS, seen, nothing)
        else:
            yield self._finding("REFUSED", _SERIOUS, f"The very first request is refused ({detail}).", nothing)

    def _certificate(self) -> Iterator[Finding]:
        reach = self._seen.reach
        if reach.certificate is None:
            return
        issuer = reach.certificate.issuer
        if reach.certificate.inspector or (reach.trusted_by == "system" and self._seen.proxy):
            surely = "is" if reach.certificate.inspector else "may be"
            yield self._finding(
                "TLS_INSPECTED",
                _MINOR,
                f"The encrypted connection {surely} opened and read on the way: its certificate was made by {issuer}.",
                "Whoever runs that can see all that people send to Transom and get from it. It may also keep messages "
                "back until it has looked through them, so that they come late.",
                by=f"The certificate's issuer names it: {issuer}.",
            )
        elif reach.trusted_by in {"system", "bundle"}:
            where = "the system's own store" if reach.trusted_by == "system" else "the bundle that was given"
            yield self._finding(
                "PRIVATE_AUTHORITY",
                _GOOD,
                f"The certificate was made by {issuer}, which is known from {where} and not to everybody.",
                "Machines that should reach Transom have to know this authority too.",
            )

    def _websocket(self) -> Iterator[Finding]:
        seen = self._seen.websocket
        if seen is None:
            return
        if seen.outcome is Upgrade.WORKS:
            what = "A WebSocket opens, and what is said over it comes at once."
            means = _NOT_FOR_LONG if self._brief else "Clients have the best way there is."
            yield self._finding("WEBSOCKET_WORKS", _GOOD, what, means)
            return
        if seen.outcome is Upgrade.CONNECT_REFUSED:
            return
        code, what = {
            Upgrade.STRIPPED: (
                "UPGRADE_STRIPPED",
                "The request to open a WebSocket arrived as a plain `GET`: the upgrade was taken out of it.",
            ),
            Upgrade.REFUSED: ("UPGRADE_REFUSED", f"The request to open a WebSocket was refused with {seen.status}."),
            Upgrade.MUTE: ("WEBSOCKET_MUTE", "A WebSocket opens, and then nothing comes over it."),
            Upgrade.BUFFERED: ("WEBSOCKET_BUFFERED", "What is said over a WebSocket is kept back and comes in lumps."),
            Upgrade.BROKEN: ("WEBSOCKET_BROKEN", f"The connection breaks when a WebSocket is opened ({seen.detail})."),
        }[seen.outcome]
        quiet = _cut(self._seen.quiet_websocket)
        if seen.outcome is Upgrade.BROKEN and quiet is not None:
            what += f" Another one opened and was cut after {quiet:.1f} s of silence, so both may be one fault."
        yield self._finding(code, self._severity(), what, self._instead())

    def _connect(self) -> Iterator[Finding]:
        seen, plain = self._seen.websocket, self._seen.plain_upgrade
        if seen is not None and seen.outcome is Upgrade.CONNECT_REFUSED:
            port = self._site.port
            what = f"The proxy refuses `CONNECT` to port {port} with {seen.status}; WebSockets need it."
            yield self._finding("CONNECT_REFUSED", self._severity(), what, self._instead())
            if plain is not None and plain.outcome is Upgrade.STRIPPED:
                what = "A WebSocket that is asked for without `CONNECT` arrives as a plain `GET`, without its upgrade."
                yield self._finding("UPGRADE_STRIPPED", _MINOR, what, self._instead(), unneeded=BY_CONNECT)

    def _streams(self) -> Iterator[Finding]:
        pacings = self._seen.pacings
        get, post = pacings.get("get"), pacings.get("post")
        if get is None or post is None:
            return
        if at_once(get):
            if _outcome(self._seen.sse) is Live.WORKS:
                where = "" if at_once(pacings.get("get, compressible")) else ", where no compression is asked for"
                what = f"Event streams (Server-Sent Events) come as they are sent{where}."
                yield self._finding("STREAMS_PASS", _GOOD, what, self._though(compressible=not where))
            compressible, unmarked = pacings.get("get, compressible"), pacings.get("get, unmarked")
            if at_once(compressible) and unmarked is not None and unmarked.held:
                what = "`X-Accel-Buffering: no`, which Transom sends, is obeyed: without it streams would be held back"
                means = "Transom sends it with every stream, so nobody notices. Leave it so."
                yield self._finding("BUFFERING_HEADER_HONOURED", _GOOD, f"{what} ({_late(unmarked)}).", means)
        elif get.held and at_once(post):
            what = f"Answers to `GET` are held back ({_late(get)}); those to `POST` come at once."
            yield self._finding("GETS_HELD", self._severity(), what, self._instead())
        elif get.held:
            yield self._held(get)
        compressible = pacings.get("get, compressible")
        if compressible is None or not compressible.compressed:
            return
        what = f"Event streams that browsers ask for are compressed on the way ({compressible.compressed})"
        if not compressible.held:
            means = "Nobody who watches a job notices."
            yield self._finding("STREAMS_COMPRESSED", _MINOR, f"{what}, and come at once all the same.", means)
            return
        works = self._ways.open[Transport.WEBSOCKET]
        means = (
            f"Nobody notices as long as WebSockets work; where one fails, {_LATE_IN_BROWSERS}."
            if works
            else f"{_LATE_IN_BROWSERS[:1].upper()}{_LATE_IN_BROWSERS[1:]}. Nothing is lost. Programs, such as `transom "
            "watch`, are told at once."
        )
        seen = f"{what}, and held back to the end of the answer ({_late(compressible)}).{self._ignored()}"
        yield self._finding("COMPRESSED_STREAMS_HELD", _MINOR if works else _SERIOUS, seen, means)

    def _ignored(self) -> str:
        """What became of the header by which Transom asks not to be held back."""
        if not self._seen.accel_taken:
            return ""
        if self._site.told or any(finding.code == "TLS_INSPECTED" for finding in self._certificate()):
            # Such a machine may hold streams whatever the header says, and one before it may have obeyed it.
            return " `X-Accel-Buffering: no` did not arrive here, or was not obeyed: which of the two is not known."
        return " `X-Accel-Buffering: no` is read on the way, and not obeyed."

    def _held(self, get: Pacing) -> Finding:
        padded = [self._seen.pacings.get(name) for name in ("get, 1.5 KB", "post, 16 KB")]
        more = [pacing for pacing in padded if pacing is not None]
        if all(pacing.passing in {Passing.AT_THE_END, Passing.UNKNOWN} for pacing in [get, *more]):
            what = f"Event streams are held back until the answer ends ({_late(get)}).{self._ignored()}"
            means = f"{self._instead()} {_AS_LONG}"
            return self._finding("STREAMS_HELD", self._severity(), what, means)
        lump = next((pacing.lump_bytes for pacing in more if pacing.lump_bytes), get.lump_bytes)
        size = f"lumps of about {lump // _KB} KB" if lump else "lumps"
        what = f"Event streams come in {size} ({_late(get)})."
        return self._finding("STREAMS_IN_LUMPS", self._severity(), what, self._instead())

    def _whole(self) -> Iterator[Finding]:
        if self._seen.headers_held and at_once(self._seen.pacings.get("get")):
            what = "The head of an answer is held back until its first byte comes."
            means = "Nobody notices: Transom sends a first message with every head."
            yield self._finding("HEADERS_HELD", _MINOR, what, means)
        if _outcome(self._seen.poll) is not Live.WORKS:
            status = self._seen.poll.status if self._seen.poll else 0
            what = f"Long polls are not answered (status {status})."
            yield self._finding("POLLING_FAILS", _SERIOUS, what, "Clients lose what they fall back on.")

    def _cuts(self) -> Iterator[Finding]:
        seen = self._seen
        busy, silent, poll = (_cut(each) for each in (seen.busy, seen.silent, seen.long_poll))
        websocket = _cut(seen.quiet_websocket)
        if busy is not None:
            what = (
                f"Whatever takes long is cut, busy or not: an event stream after {busy:.1f} s{_polls(seen.long_poll)}."
            )
            means = "Connections break off and are made again. No message is lost, but some come a second or two late."
            yield self._finding("CUT_AFTER_A_TIME", _MINOR if self._ways.live else _SERIOUS, what, means)
        elif silent is not None or websocket is not None:
            parts = [
                f"an event stream after {silent:.1f} s" if silent is not None else "",
                f"a WebSocket after {websocket:.1f} s" if websocket is not None else "",
            ]
            shortest = min(each for each in (silent, websocket) if each is not None)
            cut = " and ".join(filter(None, parts))
            what = f"What is silent (as when a job says nothing for a while) is cut: {cut}{_polls(seen.long_poll)}."
            if shortest < _COMMENT_SECONDS:
                means = (
                    "While a job says nothing for a few seconds, the connection breaks off and is made again, again "
                    "and again. No message is lost, but some come a second or two late."
                )
                # What the page takes first is cut; that the other kind would last, it does not find out.
                if (websocket if self._ways.open[Transport.WEBSOCKET] else silent) is not None:
                    means += _ENDS_IN_POLLING
            else:
                means = (
                    "Event streams are never silent so long: Transom says something every 10 s. A WebSocket may break "
                    "off now and then, and is made again; no message is lost."
                )
            yield self._finding("CUT_WHEN_SILENT", _SERIOUS if shortest < _COMMENT_SECONDS else _MINOR, what, means)
        elif poll is not None:
            what = f"What waits for its answer is cut{_polls(seen.long_poll)}."
            means = "Nobody notices: clients ask for shorter waits by themselves."
            yield self._finding("POLLS_CUT", _MINOR, what, means)

    def _caps(self) -> Iterator[Finding]:
        caps = self._seen.caps
        if caps is None:
            return
        if caps.refused_body is not None:
            what = (
                f"The upload size (request body) is limited: {_size(caps.refused_body)} is refused"
                f"{_with(caps.body_status)}{_largest(caps.largest_body, '')}"
                f"{_limit(caps.largest_body, caps.refused_body)}."
            )
            means = (
                "Transom's page and programs send large files in smaller pieces by themselves, which takes a little "
                "longer. Programs of your own that send them in one piece are refused."
            )
            yield self._finding("BODY_LIMIT", _MINOR, what, means)
        if caps.refused_address is not None:
            what = (
                f"An address of {_size(caps.refused_address)} is refused{_with(caps.address_status)}"
                f"{_largest(caps.longest_address, 'one of ')}."
            )
            means = "Nobody notices: clients that ask for many jobs at once send the question as a `POST` instead."
            yield self._finding("ADDRESS_LIMIT", _MINOR, what, means)
        if caps.refused_methods:
            methods = ", ".join(caps.refused_methods)
            statuses = ", ".join(sorted({str(status) for status in caps.refused_methods.values() if status}))
            what = f"Requests with these methods are refused: {methods}{_with(statuses)}."
            means = "Clients use `POST` in their place; nobody notices but who writes to the API directly."
            yield self._finding("METHODS_REFUSED", _MINOR, what, means, methods=methods)
        if "Authorization" in caps.lost_headers:
            what = "The header `Authorization` is taken out of requests."
            means = "Nobody can show who they are: with API keys every request would be refused."
            yield self._finding("AUTHORIZATION_STRIPPED", _SERIOUS, what, means)
        if "Last-Event-ID" in caps.lost_headers:
            what = "The header `Last-Event-ID` is taken out of requests."
            means = "Transom's own clients say the same in the address. Other event stream clients miss messages."
            yield self._finding("LAST_EVENT_ID_STRIPPED", _MINOR, what, means)
        if caps.http_version == "1.0":
            what = "The server is spoken to in HTTP/1.0."
            means = "By itself nobody notices: HTTP/1.0 has no WebSockets, and needs a connection for every request."
            yield self._finding("HTTP_1_0", _MINOR, what, means)

    def _line(self) -> Iterator[Finding]:
        errors = self._seen.gateway_errors
        if errors:
            statuses = ", ".join(sorted({str(status) for status in errors}))
            what = f"Of {self._seen.requests} requests {len(errors)} could not be passed on ({statuses})."
            means = "Clients ask again by themselves; streams break off and are taken up again."
            yield self._finding("BAD_GATEWAYS", _MINOR, what, means)
        if not self._ways.live:
            how = "last long enough" if self._brief else "get through as they should"
            what = f"Neither WebSockets nor event streams {how}."
            yield self._finding("NOTHING_LIVE", _SERIOUS, what, _ONLY_POLLS, by="")

    def _severity(self) -> Severity:
        return _MINOR if self._ways.live else _SERIOUS

    def _instead(self) -> str:
        """What clients do as they can't have this."""
        best = self._ways.best
        compressible = self._seen.pacings.get("get, compressible")
        if best in {Transport.SSE, Transport.SSE_POST} and compressible is not None and compressible.held:
            return (
                f"Programs still get messages at once, over {_NAMES[best]}. Browsers do too, once event streams are no "
                "longer held back for being compressed."
            )
        return _AT_ONCE_ALL_THE_SAME.format(way=_NAMES[best]) if best in _NAMES else _ONLY_POLLS

    def _though(self, *, compressible: bool) -> str:
        """What it means that event streams come as they are sent, beside what else was found about them."""
        if self._brief:
            return _NOT_FOR_LONG
        if not compressible:
            return "That is how programs ask for them. Those that browsers ask for are compressed, and held back."
        silent = _cut(self._seen.silent)
        if silent is not None and silent < _COMMENT_SECONDS:
            return "As long as a job says something: streams that are silent are cut."
        return "Clients whose WebSockets fail lose nothing."


def by_whom(machines: list[Machine], proxy: str | None) -> str:
    """Who may have done it, and how that is known."""
    machines = nearest_first(machines) if proxy else machines
    if not machines:
        return f"Perhaps the proxy {proxy}. {_NO_NAME}" if proxy else _NO_NAME
    known = [f"{machine.name} ({machine.evidence})" for machine in machines]
    if proxy and FRONTS.issuperset(machine.program for machine in machines):
        known.insert(0, f"the proxy {proxy}, which the test was told of")
    return f"{known[0]}." if len(known) == 1 else f"One of these: {'; '.join(known)}."


def _outcome(live: LiveSeen | None) -> Live | None:
    return live.outcome if live else None


def _cut(lasting: Lasting | None) -> float | None:
    return lasting.cut_after if lasting else None


def _late(pacing: Pacing) -> str:
    return f"up to {pacing.late_seconds:.1f} s late"


def _polls(poll: Lasting | None) -> str:
    """What became of the poll that waited, as a further clause."""
    if poll is None or poll.cut_after is None:
        return ""
    how = f"answered with {poll.status}" if poll.status else "cut"
    return f", a long poll is {how} after {poll.cut_after:.1f} s"


def _with(status: int | str) -> str:
    return f" ({status})" if status else ""


def _largest(size: int, what: str) -> str:
    return f"; {what}{_size(size)} passes" if size else ""


def _limit(passes: int, refused: int) -> str:
    """Between which sizes a limit lies; a megabyte, and not a byte more, is what many machines take as they come."""
    often = " (often 1 MB)" if refused == _MEGABYTE + 1 else ""
    upper = _size(refused - refused % _KB)
    return f": the limit lies between {_size(passes)} and {upper}{often}" if passes else ""


def _size(size: int) -> str:
    if size >= _MEGABYTE:
        whole, rest = divmod(size, _MEGABYTE)
        return f"{whole} MB" if not rest else f"just over {whole} MB"
    return f"{size // _KB} KB"
