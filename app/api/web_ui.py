"""The web UI as it was built: its files, and its one page at every address that is not the API's."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import os
import re
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Router, request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.conditional import not_modified
from app.api.links import link
from app.errors import NotFound
from app.settings import Settings
from app.state import ApiRequest

#: Where `npm --prefix web-ui run build` puts it; whoever installs a wheel has it there too.
BUILT: Final = Path(__file__).resolve().parent.parent / "web_ui"
#: The folder of files whose names carry a hash of what is in them.
_HASHED: Final = "assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_LOOK_AGAIN: Final = "no-cache"
_ROOT_MARK: Final = '<meta name="transom-root" content="'
_PLAIN_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?")
_NOT_BUILT: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Transom</title>
</head>
<body>
<h1>Transom runs, and its web UI is not built</h1>
<p>Everything else works: the <a href="{docs}">HTTP interface</a>, the stream and the command line.</p>
<p>To have the pages too, install Node 20 or newer and start Transom with <code>make run</code>, which builds them, or
build them by hand and reload this page:</p>
<pre>npm --prefix web-ui ci
npm --prefix web-ui run build</pre>
</body>
</html>
"""


async def front(request: ApiRequest) -> Response:
    """`GET /`: the web UI, or how to build it."""
    return await _page(request, "index.html")


def pages_elsewhere(app_paths: frozenset[str]) -> ASGIApp:
    """What answers where no route does: a file of the web UI, or its page for whoever asks for one.

    `app_paths` are the first parts of the API's own paths: below those there is never a page, so that a mistyped call
    is told so in the API's way. Raises `NotFound` for all that is neither.
    """

    async def elsewhere(request: Request[Any]) -> Response:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).removeprefix("/")
        if request.method not in {"GET", "HEAD"}:
            raise NotFound
        if path.endswith(".html") and await asyncio.to_thread(_find, request.state["web_ui"], path):
            return await _page(request, path)
        file = await asyncio.to_thread(_find, request.state["web_ui"], path)
        if file is not None:
            return await _file(request, file, path)
        wants_page = "text/html" in request.headers.get("accept", "")
        if not wants_page or path.startswith(_HASHED) or path.partition("/")[0] in app_paths:
            raise NotFound(f"Not Found: {request.method} {request.url.path}")
        return await _page(request, "index.html")

    over_http = request_response(elsewhere)
    not_found = Router().not_found

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (over_http if scope["type"] == "http" else not_found)(scope, receive, send)

    return answer


async def _page(request: ApiRequest, name: str) -> Response:
    settings = request.state["settings"]
    source = await asyncio.to_thread(_find, request.state["web_ui"], name)
    if source is None:
        return HTMLResponse(_NOT_BUILT.format(docs=escape(link(request, "/docs"))))
    text = await asyncio.to_thread(source.read_text, encoding="utf-8")
    content = _below(text, settings.public_path).encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": _LOOK_AGAIN,
        "Content-Security-Policy": _policy(request.headers.get("host", ""), settings),
        "ETag": etag,
    }
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(content, headers=headers)


async def _file(request: ApiRequest, file: Path, path: str) -> Response:
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {"Cache-Control": _FOR_EVER if path.startswith(_HASHED) else _LOOK_AGAIN}
    packed = file.with_name(f"{file.name}.gz")
    if await asyncio.to_thread(packed.is_file):
        headers["Vary"] = "Accept-Encoding"
        if re.search(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            file = packed
    answer = FileResponse(
        file, media_type=media_type, headers=headers, stat_result=await asyncio.to_thread(os.stat, file)
    )
    if not_modified(request, answer.headers["etag"]):
        return Response(status_code=304, headers={**headers, "ETag": answer.headers["etag"]})
    return answer


def _find(folder: Path, path: str) -> Path | None:
    """A file of the build; None for what is not there, or not in it."""
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, ValueError):
        # A name that no file can have.
        return None


def _below(text: str, root: str) -> str:
    """A page as it has to be below a sub-path, at whatever depth it is asked for."""
    shown = escape(root)
    text = text.replace(f'{_ROOT_MARK}"', f'{_ROOT_MARK}{shown}"', 1)
    return re.sub(r'(\s(?:src|href)=")\./', rf"\g<1>{shown}/", text)


def _policy(host: str, settings: Settings) -> str:
    """What the page may load: nothing inline, nothing from elsewhere.

    Some browsers do not count a WebSocket of the same host as 'self', so it is named.
    """
    hosts = dict.fromkeys(name for name in (host, urlsplit(settings.public_url).netloc) if _PLAIN_HOST.fullmatch(name))
    streams = "".join(f" ws://{name} wss://{name}" for name in hosts)
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; connect-src 'self'{streams}; worker-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
