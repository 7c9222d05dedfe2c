"""Real proxies, each with a configuration that is met in the field, in front of one Transom.

*Before the server*: it has the server's address, as nginx and haproxy. *Told of*: the client knows it as its proxy, as
squid, tinyproxy and mitmproxy.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60


@dataclass(frozen=True)
class Site:
    """Where a proxy listens, what is behind it, and where it may put its files."""

    port: int
    target: str
    folder: Path

    @property
    def target_host(self) -> str:
        """Host and port of what is behind it."""
        return urlsplit(self.target).netloc


@dataclass(frozen=True)
class RealProxy:
    """One proxy in one configuration."""

    name: str
    #: What it does, in the words of whoever would say so of a proxy.
    does: str
    program: str
    #: Whether the client has to be told of it; else its address is the server's.
    told: bool
    config: Callable[[Site], str]
    command: Callable[[str, Path, Site], list[str]]
    #: Whether it opens encrypted connections and reads what is in them, with certificates of its own.
    inspects: bool = False

    @property
    def path(self) -> str | None:
        """Where the program is; None where it is not installed."""
        # Servers are often not on the path of who is no administrator.
        places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:{MITMPROXY_FOLDER}"
        return shutil.which(self.program, path=places)


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that listens. `log` is its own, a line a request."""

    address: str
    log: Path


#: `make proxies` installs mitmproxy there, as its dependencies are not ours.
MITMPROXY_FOLDER: Final = Path(__file__).resolve().parent.parent.parent / ".venv-mitmproxy" / "bin"


def _nginx(*, location: str, http: str = "") -> Callable[[Site], str]:
    def config(site: Site) -> str:
        temporary = "".join(
            f"  {kind}_temp_path {site.folder}/{kind};\n" for kind in ("proxy", "fastcgi", "uwsgi", "scgi")
        )
        return f"""
daemon off; master_process off;
pid {site.folder}/pid;
error_log {site.folder}/error.log;
events {{}}
http {{
  access_log {site.folder}/access.log;
  client_body_temp_path {site.folder}/body;
{temporary}
  {http}
  server {{
    listen {HOST}:{site.port};
    location / {{
      proxy_pass {site.target};
      proxy_set_header Host $http_host;
      {location}
    }}
  }}
}}
"""

    return config


def _haproxy(site: Site) -> str:
    return f"""
global
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout connect 2s
  timeout client 2s
  timeout server 2s
frontend page
  bind {HOST}:{site.port}
  http-request del-header Upgrade
  default_backend transom
backend transom
  server one {site.target_host}
"""


def _squid(site: Site) -> str:
    return f"""
http_port {HOST}:{site.port}
pid_filename {site.folder}/pid
access_log stdio:{site.folder}/access.log
cache_log {site.folder}/cache.log
cache deny all
cache_mem 8 MB
coredump_dir {site.folder}
shutdown_lifetime 0 seconds
acl SSL_ports port 443
acl Safe_ports port 80 443 1025-65535
acl CONNECT method CONNECT
http_access deny !Safe_ports
http_access deny CONNECT !SSL_ports
http_access allow localhost
http_access deny all
"""


def _tinyproxy(site: Site) -> str:
    return f"""
Port {site.port}
Listen {HOST}
Timeout 600
LogFile "{site.folder}/access.log"
LogLevel Connect
PidFile "{site.folder}/pid"
MaxClients 200
Allow {HOST}
ConnectPort 443
"""


def _nothing(site: Site) -> str:
    del site
    return ""


def _nginx_command(program: str, config: Path, site: Site) -> list[str]:
    return [program, "-c", str(config), "-p", str(site.folder)]


_GZIP: Final = "gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;"

REAL_PROXIES: Final = (
    RealProxy(
        "nginx",
        "as it comes: speaks HTTP/1.0 to the server, passes no upgrade on, gathers what it may",
        "nginx",
        False,
        _nginx(location=""),
        _nginx_command,
    ),
    RealProxy(
        "nginx, compressing",
        "compresses whatever it passes on",
        "nginx",
        False,
        _nginx(location="proxy_http_version 1.1;", http=_GZIP),
        _nginx_command,
    ),
    RealProxy(
        "nginx, buffering",
        "compresses and gathers whole answers, whatever their headers say",
        "nginx",
        False,
        _nginx(
            location="proxy_http_version 1.1; proxy_buffering on; proxy_ignore_headers X-Accel-Buffering; "
            "proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;",
            http=_GZIP,
        ),
        _nginx_command,
    ),
    RealProxy(
        "haproxy",
        "takes `Upgrade` away, and cuts what is silent for 2 s",
        "haproxy",
        False,
        _haproxy,
        lambda program, config, site: [program, "-db", "-f", str(config)],
    ),
    RealProxy(
        "squid",
        "its usual rules: takes `Upgrade` away, `CONNECT` to port 443 only",
        "squid",
        True,
        _squid,
        lambda program, config, site: [program, "-N", "-f", str(config)],
    ),
    RealProxy(
        "tinyproxy",
        "its usual rules: takes `Upgrade` away, `CONNECT` to port 443 only",
        "tinyproxy",
        True,
        _tinyproxy,
        lambda program, config, site: [program, "-d", "-c", str(config)],
    ),
    RealProxy(
        "mitmproxy",
        "reads whole answers before it passes them on",
        "mitmdump",
        True,
        _nothing,
        lambda program, config, site: [
            program,
            "--listen-host",
            HOST,
            "--listen-port",
            str(site.port),
            "--set",
            f"confdir={site.folder}",
            "--set",
            "flow_detail=1",
            "--set",
            "termlog_verbosity=info",
            "--ssl-insecure",
        ],
        inspects=True,
    ),
)


@contextmanager
def running(proxy: RealProxy, target: str) -> Iterator[RunningProxy]:
    """The proxy before `target`, for as long as the block takes; raises `RuntimeError` where it does not start."""
    program = proxy.path
    if program is None:
        raise RuntimeError(f"{proxy.program} is not installed")
    # A short name of its own: a Unix socket's is bounded.
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:
        folder = Path(name)
        # Some go on as a user of their own.
        folder.chmod(0o777)
        site = Site(_free_port(), target, folder)
        config = folder / "config"
        config.write_text(proxy.config(site))
        output = folder / "output.log"
        with output.open("wb") as file:
            process = subprocess.Popen(
                proxy.command(program, config, site), stdout=file, stderr=subprocess.STDOUT, cwd=folder
            )
        try:
            _until_listening(site.port, process, output)
            access = folder / "access.log"
            yield RunningProxy(f"http://{HOST}:{site.port}", access if access.exists() else output)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _until_listening(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"a proxy did not start: {output.read_text(errors='replace')[-2000:]}")
