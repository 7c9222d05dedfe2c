"""The servers that `bench fanout` compares, each with a way in for messages and an address for readers."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import psutil

from app.cli.embedded_broker import EmbeddedBroker
from app.database.engine import Database
from app.database.lifecycle import open_log
from app.database.migrations import migrate
from app.realtime.event_bus import EventPublisher, batch_of
from app.realtime.event_log import append, epoch_of
from app.realtime.events import Draft
from app.realtime.message_types import MessageType

ROOT: Final = Path(__file__).resolve().parent.parent
NCHAN: Final = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
HOST: Final = "127.0.0.1"
#: What Transom puts around a payload; the others' messages are as much longer, so that all carry the same bytes.
ENVELOPE: Final = (
    '{"type":"progress","payload":,"timestamp":"2026-01-01T00:00:00.000Z","id":"0123456789abcdef-100000",'
    '"job_id":"0123456789abcdef0123456789abcdef","attempt":1}'
)
JOB_ID: Final = "0123456789abcdef0123456789abcdef"
START_SECONDS: Final = 30


class Publish(Protocol):
    """Sends payloads, JSON objects of text, which reach every reader."""

    def __call__(self, payloads: Sequence[str], /) -> None:
        """Send them; several have come about together."""


@dataclass(frozen=True)
class Running:
    """A server that runs. `pid` is of the process whose time is measured."""

    pid: int
    port: int
    publish: Publish
    #: By the kind of reader, its path; of `{n}` each reader has another.
    paths: dict[str, str]


@contextmanager
def transom() -> Iterator[Running]:
    """A web process of Transom, with its database and broker; messages come as a scribe's do."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="transom-bench-")))
        broker = EmbeddedBroker(folder=folder / "broker", socket_path=folder / "b.sock")
        stack.enter_context(_process(list(broker.spec(os.environ).argv), dict(os.environ)))
        _until(broker.answers)
        url = f"sqlite:///{folder / 'transom.db'}"
        migrate(url)
        open_log(url)
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")},
            "PYTHONPATH": str(ROOT),
            "TRANSOM_DATA_DIR": str(folder),
            "TRANSOM_BROKER_URL": broker.url,
            "TRANSOM_LOG_LEVEL": "error",
        }
        web = stack.enter_context(
            _process([sys.executable, "-m", "app.cli.main", "web", "--port", str(port)], environment)
        )
        _until(lambda: _answers(port, "/readyz"))
        database = Database(url)
        stack.callback(database.close)
        publisher = EventPublisher(broker.url, namespace="transom")
        publisher.start()
        stack.callback(publisher.close)

        def publish(payloads: Sequence[str]) -> None:
            drafts = [Draft(MessageType.PROGRESS, each, "2026-01-01T00:00:00.000Z", JOB_ID, 1) for each in payloads]
            # As a scribe commits what is small.
            with database.write_at_once() as connection:
                events = append(connection, "default", drafts)
                epoch = epoch_of(connection)
            publisher.publish(batch_of(epoch, events))

        path = "/v1/realtime?heartbeat=60&types=progress"
        resumed = f"{path}&since=start"
        yield Running(
            web.pid,
            port,
            publish,
            {
                "websocket": path,
                "sse": f"{path}&transport=sse",
                "websocket, from the start": resumed,
                "sse, from the start": f"{resumed}&transport=sse",
            },
        )


@contextmanager
def nchan() -> Iterator[Running]:
    """nchan in an nginx of one worker; a message is published by a request, as it has to be."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="transom-bench-")))
        port = free_port()
        (folder / "nginx.conf").write_text(
            f"""
load_module {NCHAN};
daemon off; master_process off; worker_rlimit_nofile 20000;
pid {folder}/pid; error_log {folder}/error.log error;
events {{ worker_connections 10000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  server {{
    listen {HOST}:{port} backlog=4096;
    location /sub {{ nchan_subscriber; nchan_channel_id one; nchan_subscriber_first_message newest; }}
    location /all {{ nchan_subscriber; nchan_channel_id one; nchan_subscriber_first_message oldest; }}
    location /pub {{
      nchan_publisher; nchan_channel_id one; nchan_message_buffer_length 10000; nchan_message_timeout 1h;
    }}
  }}
}}
"""
        )
        process = stack.enter_context(
            _process(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], dict(os.environ))
        )
        _until(lambda: _answers(port, "/"))
        publish = stack.enter_context(_poster(port, "/pub"))
        yield Running(
            process.pid,
            port,
            publish,
            {
                "websocket": "/sub",
                "sse": "/sub",
                "websocket, from the start": "/all",
                "sse, from the start": "/all",
            },
        )


@contextmanager
def python_socketio() -> Iterator[Running]:
    """python-socketio on uvicorn."""
    with ExitStack() as stack:
        port = free_port()
        process = stack.enter_context(
            _process([sys.executable, "-m", "bench.peers.socketio_server", str(port)], dict(os.environ))
        )
        _until(lambda: _answers(port, "/"))
        publish = stack.enter_context(_poster(port, "/publish"))
        yield Running(process.pid, port, publish, {"socketio": "/socket.io/?EIO=4&transport=websocket"})


@contextmanager
def node_socketio() -> Iterator[Running]:
    """Socket.IO on Node."""
    with ExitStack() as stack:
        port = free_port()
        process = stack.enter_context(
            _process(["node", str(ROOT / "bench" / "peers" / "socketio_server.mjs"), str(port)], dict(os.environ))
        )
        _until(lambda: _answers(port, "/socket.io/?EIO=4"))
        publish = stack.enter_context(_poster(port, "/publish"))
        yield Running(process.pid, port, publish, {"socketio": "/socket.io/?EIO=4&transport=websocket"})


@contextmanager
def _poster(port: int, path: str) -> Iterator[Publish]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    more = "x" * (len(ENVELOPE) - len(',"envelope":""'))

    def publish(payloads: Sequence[str]) -> None:
        for payload in payloads:
            body = payload[:-1] + f',"envelope":"{more}"}}'
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            connection.getresponse().read()

    try:
        yield publish
    finally:
        connection.close()


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("a server did not start")
        time.sleep(0.05)


def seconds_of(pid: int) -> float:
    """Processor time that a process has had, with what it has started."""
    process = psutil.Process(pid)
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def memory_of(pid: int) -> int:
    """Bytes that a process holds, with what it has started."""
    process = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
