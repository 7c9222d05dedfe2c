"""Logs: sentences with facts beside them, for a person on a terminal or as one JSON object a line."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from app.log_context import add_request
from app.settings import Settings

#: A password in an address, and what follows the names of secrets: errors of libraries may quote either.
_SECRETS: Final = (
    (re.compile(r"(://[^:/@\s\"']*:)[^@\s\"']+@"), r"\1***@"),
    (re.compile(r"(?i)\b(bearer|authorization\W+basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]+"), "whsec_***"),
    (re.compile(r"(?i)\b(password|passwd|secret|ticket|token|api_key)=[^\s&\"',;)]+"), r"\1=***"),
)


def configure_logging(settings: Settings) -> None:
    """Send everything that is logged in this process to standard error, as the settings say."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        add_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor] = (
        [
            # Local variables hold what users sent, and settings with their passwords.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(default=str),
        ]
        if settings.log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Formatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_colours, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in (
        "uvicorn",
        "uvicorn.error",
        "uvicorn.access",
        "celery",
        "kombu",
        "amqp",
        "alembic",
        "sse_starlette",
    ):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        # What libraries say of every step is for those who debug them.
        library.setLevel(max(root.level, logging.WARNING if name != "uvicorn.error" else logging.INFO))
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).removeFilter(_no_clients_matter)
        logging.getLogger(name).addFilter(_no_clients_matter)


def _no_clients_matter(record: logging.LogRecord) -> bool:
    """Keep out what any client could fill the log with.

    The server's lines of each WebSocket quote its query, and ours tell more. Text that is none, and a connection that
    breaks while it is written to, are no errors of this server.
    """
    message = str(record.msg)
    return not (
        (record.levelno == logging.INFO and '"WebSocket %s"' in message)
        or message.startswith(("Invalid UTF-8 sequence", "socket.send() raised exception"))
    )


def _without_colours(
    _logger: structlog.typing.WrappedLogger, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Leave out what uvicorn says a second time, for terminals."""
    line.pop("color_message", None)
    return line


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes lines in which no secret can be read."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        text = super().format(record)
        for pattern, shown in _SECRETS:
            text = pattern.sub(shown, text)
        return text
