"""What can go wrong between a client and a server, as one tree.

* `ClientError`
    * `ServerUnreachable`    nobody answers at the address, or what answers is no Transom
        * `CertificateNotTrusted`    whoever answers shows a certificate that is not trusted here
    * `RequestRefused`       the server answered with a problem: its `code`, `status` and list of `errors`
        * `ProxyRefused`     something between here and the server answered in its place
    * `ProxyUnusable`        the environment names a kind of proxy that is not spoken
    * `StreamLost`           a stream broke and could not be taken up again
    * `ClientClosed`         the client was closed while something was under way
"""

from __future__ import annotations

import ssl
from typing import Any, Final

import httpx


class ClientError(Exception):
    """A call could not be carried out."""

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.detail = detail
        #: Stable and machine-readable: the server's own, or `CONNECTION_LOST` and such.
        self.code = code


class ServerUnreachable(ClientError):
    """No answer, or one that is not Transom's."""

    def __init__(self, server: str, reason: str, *, code: str = "SERVER_UNREACHABLE") -> None:
        super().__init__(f"{server} can't be reached: {reason}", code=code)


class CertificateNotTrusted(ServerUnreachable):
    """The certificate that is shown does not prove to this machine that it is the server: nothing was sent."""

    def __init__(self, server: str, refused: ssl.SSLCertVerificationError) -> None:
        reason = _OF_THE_CERTIFICATE.get(refused.verify_code) or (
            f"the certificate that is shown there is not trusted here ({refused.verify_message}). Where a proxy opens "
            "encrypted connections on the way, or the server's certificate is from an authority of one's own, put "
            "that authority's certificate into the system's store, or name its file in TRANSOM_CA_BUNDLE (in programs "
            f"ca_bundle). `transom doctor {server}` says who made it"
        )
        super().__init__(server, reason, code="CERTIFICATE_NOT_TRUSTED")


class RequestRefused(ClientError):
    """The server answered that it will not do this."""

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int,
        errors: tuple[str, ...] = (),
        problem: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail, code=code)
        self.status = status
        #: The whole problem document.
        self.problem = problem or {}
        #: One sentence a field that is wrong.
        self.errors = errors


class ProxyRefused(RequestRefused):
    """A proxy, or another machine on the way, answered in the server's place."""


class ProxyUnusable(ClientError):
    """A proxy that is not spoken to."""

    def __init__(self, scheme: str) -> None:
        super().__init__(
            f"the environment names a proxy of the kind {scheme}://; only http:// and https:// ones are used",
            code="PROXY_UNUSABLE",
        )


class StreamLost(ClientError):
    """The stream broke, and every attempt to take it up again failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the stream was lost: {reason}", code="CONNECTION_LOST")


class ClientClosed(ClientError):
    """`TransomClient.close` was called meanwhile."""

    def __init__(self) -> None:
        super().__init__("the client was closed", code="CLIENT_CLOSED")


_NOT_THIS_NAME: Final = "the certificate that is shown there is not for this name: use one that it is for"
#: What is wrong with a certificate whoever made it, by OpenSSL's number.
_OF_THE_CERTIFICATE: Final = {
    9: "the certificate that is shown there is not valid yet, unless this machine's clock is wrong",
    10: "the certificate that is shown there has expired and has to be renewed, unless this machine's clock is wrong",
    62: _NOT_THIS_NAME,
    64: _NOT_THIS_NAME,
}

#: What machines on the way refuse by themselves: a stable code, and a sentence.
_ON_THE_WAY: Final = {
    407: (
        "PROXY_AUTHENTICATION",
        "the proxy asks for a name and a password: put them into HTTPS_PROXY (or HTTP_PROXY), "
        "as http://name:password@proxy:port",
    ),
    413: ("PROXY_BODY_LIMIT", "something between here and the server does not pass on so large a body"),
    414: ("PROXY_ADDRESS_LIMIT", "something between here and the server does not pass on so long an address"),
    502: ("BAD_GATEWAY", "something between here and the server could not reach it"),
    503: ("BAD_GATEWAY", "something between here and the server says that it is not there at the moment"),
    504: ("BAD_GATEWAY", "something between here and the server waited for it in vain"),
}
#: Statuses of which the same request may well have another the next moment, where they are not the server's own.
GATEWAY_STATUSES: Final = frozenset({502, 503, 504})

#: Statuses below 500 after which the same request may succeed later.
RETRYABLE_STATUSES: Final = frozenset({408, 425, 429})


def refusal(response: httpx.Response) -> RequestRefused:
    """What a response with an error status says; its body has to be read already."""
    problem = _problem(response)
    if "code" not in problem:
        return proxy_refusal(response.status_code, response.reason_phrase)
    title = str(problem.get("title") or response.reason_phrase or f"HTTP {response.status_code}")
    found = problem.get("errors")
    return RequestRefused(
        str(problem.get("detail") or title),
        code=str(problem["code"]),
        status=response.status_code,
        errors=tuple(_field_error(item) for item in found) if isinstance(found, list) else (),
        problem=problem,
    )


def proxy_refusal(status: int, phrase: str = "") -> ProxyRefused:
    """What a status means that is not Transom's own: each of its errors is a problem with a code."""
    refused = f"something between here and the server refused this with {status} {phrase}".rstrip()
    code, sentence = _ON_THE_WAY.get(status, ("PROXY_REFUSED", refused))
    return ProxyRefused(sentence if str(status) in sentence else f"{sentence} ({status})", code=code, status=status)


def _problem(response: httpx.Response) -> dict[str, Any]:
    """The problem document, or nothing where a proxy answered with something else."""
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _field_error(item: object) -> str:
    """One entry of `errors` in words, whatever it is called there."""
    if not isinstance(item, dict):
        return str(item)
    place = item.get("field") or item.get("loc") or item.get("pointer") or ""
    name = ".".join(str(part) for part in place) if isinstance(place, list) else str(place)
    message = str(item.get("message") or item.get("msg") or item.get("detail") or "")
    return f"{name}: {message}" if name else message
