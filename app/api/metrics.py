"""What a monitoring system reads of this process."""

from __future__ import annotations

from starlette.responses import Response

from app.state import ApiRequest


async def metrics(request: ApiRequest) -> Response:
    """`GET /metrics`: this process and the installation in numbers, for Prometheus."""
    found = request.state["metrics"]
    await found.refresh()
    text, content_type = found.render(request.headers.get("accept", ""))
    return Response(text, headers={"Content-Type": content_type})
