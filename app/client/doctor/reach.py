"""How far one comes: the name, the connection, the certificate, and whether it is Transom that answers."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import httpx

from app.client.doctor.asking import Answer, Asker
from app.client.doctor.certificates import Certificate, read_certificate
from app.client.doctor.observations import Reach, Reached
from app.client.http import Http
from app.client.tls import trusting

ECHO: Final = "/v1/doctor"
_SECONDS: Final = 10.0
_NEEDS_CREDENTIALS: Final = 407


def first_hop(http: Http) -> tuple[str, int]:
    """Where one connects to: the proxy that is told of, else the server."""
    parts = urlsplit(http.proxy or http.server)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


async def reach(http: Http, asker: Asker, *, ca_bundle: Path | None) -> Reach:
    """Go as far as one comes."""
    host, port = first_hop(http)
    loop = asyncio.get_running_loop()
    who = f"the proxy {host}" if http.proxy else host
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), _SECONDS)
    except (OSError, UnicodeError, TimeoutError) as error:
        return Reach(Reached.NO_NAME, f"{who}: {_words(error)}")
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    began = loop.time()
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), _SECONDS)
    except (OSError, TimeoutError) as error:
        return Reach(Reached.NO_CONNECTION, f"{who}, port {port}: {_words(error)}", addresses=addresses)
    connect_ms = round((loop.time() - began) * 1000)
    writer.close()
    known: dict[str, Any] = {"addresses": addresses, "connect_ms": connect_ms}
    if http.server.startswith("https:"):
        certificate, trusted_by = await _certificate(http, ca_bundle)
        known |= {"certificate": certificate, "trusted_by": trusted_by}
    began = loop.time()
    answer = await asker.ask("GET", ECHO)
    known["answer_ms"] = round((loop.time() - began) * 1000)
    reached, detail = _judge(answer, known.get("trusted_by", ""))
    if reached is Reached.TRANSOM:
        health = await asker.ask("GET", "/v1/health")
        known["version"] = str((health.document or {}).get("version", ""))
        known["echo"] = answer.document or {}
    return Reach(reached, detail, status=answer.status, **known)


def _judge(answer: Answer, trusted_by: str) -> tuple[Reached, str]:
    if answer.status == _NEEDS_CREDENTIALS or answer.error.startswith(str(_NEEDS_CREDENTIALS)):
        return Reached.PROXY_ASKS, answer.error
    if not answer.status:
        return _unanswered(answer.error, trusted_by), answer.error
    document = answer.document or {}
    if answer.status == 200:
        is_echo = {"method", "http_version", "header_names"} <= document.keys()
        return (Reached.TRANSOM if is_echo else Reached.NOT_TRANSOM), ""
    if answer.ours:
        kind = Reached.OLD_TRANSOM if answer.status == 404 else Reached.TRANSOM_REFUSES
        return kind, f"{document.get('detail')} [{document.get('code')}]"
    return (Reached.NOT_TRANSOM if answer.status == 404 else Reached.REFUSED), f"status {answer.status}"


def _unanswered(error: str, trusted_by: str) -> Reached:
    if trusted_by == "nobody":
        return Reached.NO_TRUST
    # What a proxy answers to `CONNECT` begins with its status.
    return Reached.REFUSED if error[:3].isdigit() else Reached.NO_CONNECTION


async def _certificate(http: Http, ca_bundle: Path | None) -> tuple[Certificate | None, str]:
    """The certificate that is shown, and whose list of authorities makes it trusted; nothing is sent that is secret."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    der = await _shown(http, anybody)
    certificate = read_certificate(der) if der else None
    lists = [("public", ssl.create_default_context(cafile=certifi.where())), ("system", trusting(None))]
    if ca_bundle is not None:
        lists.append(("bundle", trusting(ca_bundle)))
    for name, context in lists:
        if await _shown(http, context):
            return certificate, name
    return certificate, "nobody" if der else ""


async def _shown(http: Http, context: ssl.SSLContext) -> bytes | None:
    """The certificate of the server, where this context lets it pass."""
    proxy = (
        httpx.Proxy(http.proxy, ssl_context=http.tls) if http.proxy and http.proxy.startswith("https:") else http.proxy
    )
    client = httpx.AsyncClient(verify=context, proxy=proxy, trust_env=False, timeout=_SECONDS)
    try:
        async with client, client.stream("GET", f"{http.server}/livez") as response:
            connection = response.extensions["network_stream"].get_extra_info("ssl_object")
            return connection.getpeercert(binary_form=True) if connection else None
    except httpx.HTTPError:
        return None


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_SECONDS:g} s"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
