"""`/openapi.json` and `/docs`: the description of this API, browsable with assets that Transom serves itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from app.api.links import link
from app.errors import NotFound, TransomError
from app.openapi import describe
from app.state import ApiRequest

#: From the swagger-ui-py package (Apache-2.0), which ships Swagger UI's own build.
_ASSETS: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
#: Swagger UI sets style attributes and shows its icons as data: addresses; scripts come from here alone.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Transom API</title>
<link rel="icon" href="docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body><div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</body>
</html>
"""
_START: Final = (
    'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});\n'
)


_ERRORS_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Transom: errors</title>
<link rel="icon" href="assets/favicon-32x32.png">
</head>
<body>
<h1>Errors</h1>
<p>Every error is an RFC 9457 problem document. Its <code>code</code> is stable; <code>retryable</code> says whether the
same call may succeed later.</p>
<table>
<thead><tr><th>code</th><th>status</th><th>retryable</th><th>meaning</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


async def openapi(request: ApiRequest) -> Response:
    """The OpenAPI description, as JSON."""
    return JSONResponse(describe(request.app.routes, root_path=link(request, "")))


async def docs(request: ApiRequest) -> Response:
    """The same to read and try in a browser."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def errors(request: ApiRequest) -> Response:
    """What each error code means: where the `type` of a problem leads."""
    rows = (
        f'<tr id="{kind.code}"><td><code>{kind.code}</code></td><td>{kind.status}</td>'
        f"<td>{'yes' if kind.retryable else 'no'}</td><td>{escape(kind.title())}</td></tr>"
        for kind in sorted(set(_kinds(TransomError)), key=lambda kind: (kind.status, kind.code))
    )
    return HTMLResponse(_ERRORS_PAGE.format(rows="\n".join(rows)))


async def docs_asset(request: ApiRequest) -> Response:
    """A script, style or picture of that page."""
    name = request.path_params["name"]
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _ASSETS:
        raise NotFound
    return FileResponse(
        _asset_folder() / name, media_type=_ASSETS[name], headers={"Cache-Control": "public, max-age=86400"}
    )


@cache
def _asset_folder() -> Path:
    # Found, not imported: the package pulls in web frameworks of its own.
    spec = find_spec("swagger_ui")
    if spec is None or spec.origin is None:
        raise NotFound("The package swagger-ui-py is not installed")
    return Path(spec.origin).parent / "static"


def _kinds(kind: type[TransomError]) -> Iterator[type[TransomError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
