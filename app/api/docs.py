"""`/openapi.json` and `/docs`: the description of this API, browsable with assets that Transom serves itself."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Final

from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from app.errors import NotFound
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


async def openapi(request: ApiRequest) -> Response:
    """The OpenAPI description, as JSON."""
    return JSONResponse(describe(request.app.routes, root_path=request.scope.get("root_path", "")))


async def docs(request: ApiRequest) -> Response:
    """The same to read and try in a browser."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def docs_asset(request: ApiRequest) -> Response:
    """A script, style or picture of that page."""
    name = request.path_params["name"]
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _ASSETS:
        raise NotFound
    with as_file(files("swagger_ui").joinpath("static", name)) as path:
        return FileResponse(path, media_type=_ASSETS[name], headers={"Cache-Control": "max-age=86400"})
