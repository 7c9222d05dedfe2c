"""The OpenAPI description, made from the route table, the handlers' docstrings, their operations and the models."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute, Route

from app.api.operations import JSON, OPERATIONS, Operation, Parameter
from app.models_phase10 import Problem
from app.realtime.message_types import PAYLOADS, RealtimeMessage
from app.version import VERSION
from app.webhooks.payloads import BODIES, WebhookType

_REF: Final = "#/components/schemas/{model}"
_CONVERTER: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
_TYPES: Final = {"int": "integer"}
_SIGNED: Final = {
    "webhook-id": "Names the message: one that has come before can be left alone.",
    "webhook-timestamp": "When this try was made, in seconds since 1970: what is too old may be an attack.",
    "webhook-signature": "`v1,` and a signature; several with a blank between them while secrets change.",
}
_ABOUT: Final = (
    "Runs vision plugins over images and videos, and shows every message while it happens.\n\n"
    "`/v1/realtime` answers by what the request is: a WebSocket upgrade, `Accept: text/event-stream`, or a plain `GET` "
    "as a long poll. Every message is a RealtimeMessage; its `id` is a cursor, good on every transport.\n\n"
    "Calls that page take `after` and `limit` and answer `next_after`. Every answer carries `X-Request-Id`; every "
    "error is a problem document whose `code` is stable."
)


def describe(routes: Sequence[BaseRoute], *, root_path: str = "") -> dict[str, Any]:
    """The OpenAPI 3.1 document of these routes; raises `KeyError` for one that `OPERATIONS` does not know."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if isinstance(route, Route):
            path = _CONVERTER.sub(r"{\1}", route.path)
            methods = sorted((route.methods or set()) - {"HEAD"})
            for method in methods:
                operation = _operation(route)
                if len(methods) > 1:
                    operation["operationId"] += f"_{method.lower()}"
                paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Transom", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": root_path or "/"}],
        "paths": paths,
        "webhooks": {str(kind): {"post": _webhook(kind)} for kind in WebhookType},
        "components": {
            "schemas": _schemas(),
            "headers": {
                "RequestId": {"description": "Names this request in the log.", "schema": {"type": "string"}},
            },
        },
    }


def _schemas() -> dict[str, Any]:
    models: set[type[BaseModel]] = {item.answer for item in OPERATIONS.values() if isinstance(item.answer, type)}
    models |= {Problem, RealtimeMessage, *PAYLOADS.values(), *BODIES.values()}
    _, definitions = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=_REF,
    )
    schemas: dict[str, Any] = definitions["$defs"]
    # Which payload a message carries depends on its type: that is said here, for a field can't say it.
    message = schemas["RealtimeMessage"]
    message["properties"]["payload"] = {"type": "object"}
    message["oneOf"] = [
        {
            "properties": {
                "type": {"const": str(kind)},
                "payload": {"$ref": _REF.format(model=payload.__name__)},
            }
        }
        for kind, payload in PAYLOADS.items()
    ]
    return schemas


def _operation(route: Route) -> dict[str, Any]:
    name = route.endpoint.__name__
    known = OPERATIONS[name]
    text = inspect.cleandoc(route.endpoint.__doc__ or name)
    # The docstring's first line begins with the call itself, which a reader of the page sees above it.
    summary = text.splitlines()[0].rpartition("`: ")[2].partition("; raises")[0].rstrip(".")
    described: dict[str, Any] = {
        "operationId": name,
        "summary": summary[:1].upper() + summary[1:],
        "tags": [known.tag],
        "parameters": [
            *(_path_parameter(part, kind) for part, kind in _CONVERTER.findall(route.path)),
            *(_parameter(item) for item in known.parameters),
        ],
        "responses": _responses(known),
    }
    if known.body:
        described["requestBody"] = {"required": known.body_required, "content": known.body}
    return described


def _webhook(kind: WebhookType) -> dict[str, Any]:
    """What a receiver is sent, and what its answers mean."""
    schema = {"$ref": _REF.format(model=BODIES[kind].__name__)}
    return {
        "operationId": f"told_of_{kind.value.replace('.', '_')}",
        "summary": f"A {kind.value.split('.')[0]} ended: {kind.value}",
        "description": "Signed as Standard Webhooks has it: `webhook-signature` holds `v1,` and the Base64 of an "
        "HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, once a secret. It comes at least once, always with the "
        "same `webhook-id`.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": meaning}
            for name, meaning in _SIGNED.items()
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": schema}}},
        "responses": {
            "2XX": {"description": "It has arrived, and is not sent again."},
            "410": {"description": "No more of it is wanted: it is not tried again."},
            "default": {"description": "It is tried again, for about three days; `Retry-After` is heeded."},
        },
    }


def _path_parameter(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": _TYPES.get(kind, "string")}}


def _parameter(item: Parameter) -> dict[str, Any]:
    return {
        "name": item.name,
        "in": item.where,
        "required": item.required,
        "schema": item.schema,
        "description": item.meaning,
    }


def _responses(known: Operation) -> dict[str, Any]:
    responses = {str(known.status): _answer(known)}
    for status, meaning in known.further.items():
        responses[str(status)] = {"description": meaning}
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model=Problem.__name__)}}}
    for status in (*known.problems, 500):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    for response in responses.values():
        response["headers"] = {
            "X-Request-Id": {"$ref": "#/components/headers/RequestId"},
            **response.get("headers", {}),
        }
    return responses


def _answer(known: Operation) -> dict[str, Any]:
    if known.answer is None:
        return {"description": "Done.", **_headers(known)}
    content: dict[str, Any] = {media_type: {} for media_type in known.also}
    if isinstance(known.answer, str):
        return {"description": "The content.", "content": {known.answer: {}, **content}}
    schema = {"$ref": _REF.format(model=known.answer.__name__)}
    answer: dict[str, Any] = {"description": "The answer.", "content": {JSON: {"schema": schema}, **content}}
    return {**answer, **_headers(known)}


def _headers(known: Operation) -> dict[str, Any]:
    headers = dict(known.headers)
    if known.status == HTTPStatus.ACCEPTED:
        headers["Location"] = "Where the job is."
    if not headers:
        return {}
    return {"headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}}


def main() -> None:
    """Print the document, as `/openapi.json` has it at the root; no server is needed."""
    from app.main import routes  # noqa: PLC0415 - one of its handlers shows this document

    sys.stdout.write(f"{json.dumps(describe(routes()), indent=2)}\n")


if __name__ == "__main__":
    main()
