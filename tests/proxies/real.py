"""Real proxies, each with a configuration that is met in the field, in front of one Transom.

*Before the server*: it has the server's address, as nginx and haproxy. *Told of*: the client knows it as its proxy, as
squid, tinyproxy and mitmproxy. Where it opens encrypted connections, what stands behind it is nginx that ends TLS.
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

import pytest

from tests.certificates import make_certificate
from tests.ports import free_port

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
    #: Whether it is one that inspects: it reads whole answers, and its settings are a script.
    inspects: bool = False
    #: Whether the server speaks TLS, and it opens the connections to it with certificates of its own.
    opens_tls: bool = False

    @property
    def missing(self) -> str:
        """The first program that it needs and that is not installed; empty where nothing is missing."""
        needed = (self.program, "nginx", "openssl") if self.opens_tls else (self.program,)
        return next((program for program in needed if _path_of(program) is None), "")


@dataclass(frozen=True)
class Server:
    """What a proxy is put before: its address, and the certificate that it shows where it speaks TLS."""

    url: str
    certificate: Path | None = None


@dataclass(frozen=True)
class RunningProxy:
    """A proxy that listens. `log` is its own, a line a request."""

    address: str
    log: Path
    #: Which address clients ask for: the server's, or the proxy's in its place.
    server: str
    #: Whom clients have to trust, where connections are encrypted: whoever opens them, and the server itself.
    ca_bundle: Path | None


#: `make proxies` installs mitmproxy there, as its dependencies are not ours.
MITMPROXY_FOLDER: Final = Path(__file__).resolve().parent.parent.parent / ".venv-mitmproxy" / "bin"


def _path_of(program: str) -> str | None:
    # Servers are often not on the path of who is no administrator.
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:{MITMPROXY_FOLDER}"
    return shutil.which(program, path=places)


def _nginx(*, location: str, http: str = "", tls: bool = False) -> Callable[[Site], str]:
    def config(site: Site) -> str:
        listen, certificates = f"listen {HOST}:{site.port};", ""
        if tls:
            made = make_certificate(site.folder)
            listen = f"listen {HOST}:{site.port} ssl http2;"
            certificates = f"ssl_certificate {made.path}; ssl_certificate_key {made.key};"
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
    {listen}
    {certificates}
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


def _mitmproxy(program: str, config: Path, site: Site) -> list[str]:
    settings = {"confdir": site.folder, "flow_detail": 2, "termlog_verbosity": "info"}
    more = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    address = ["--listen-host", HOST, "--listen-port", str(site.port)]
    return [program, *address, *more, "--ssl-insecure", "-s", str(config)]


def _refusing_websockets(site: Site) -> str:
    del site
    return """
from mitmproxy import http


def request(flow):
    if flow.request.headers.get("upgrade", "").lower() == "websocket":
        flow.response = http.Response.make(403, "WebSockets are not allowed here.")
"""


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
        _mitmproxy,
        inspects=True,
    ),
    RealProxy(
        "mitmproxy, opening TLS",
        "opens encrypted connections with a certificate of its own, reads whole answers",
        "mitmdump",
        True,
        _nothing,
        _mitmproxy,
        inspects=True,
        opens_tls=True,
    ),
    RealProxy(
        "mitmproxy, opening TLS, no WebSockets",
        "opens encrypted connections, reads whole answers, and refuses WebSockets in them with 403",
        "mitmdump",
        True,
        _refusing_websockets,
        _mitmproxy,
        inspects=True,
        opens_tls=True,
    ),
)

#: What ends TLS in front of a server, as a deployment has it: it passes everything on as it comes.
_TLS_END: Final = RealProxy(
    "nginx, ending TLS",
    "speaks TLS in the server's place, and passes everything on",
    "nginx",
    False,
    _nginx(
        location="proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        "proxy_set_header Connection $connection_upgrade; proxy_set_header X-Forwarded-Proto $scheme; "
        "proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 1h; proxy_send_timeout 1h;",
        http="map $http_upgrade $connection_upgrade { default upgrade; '' ''; } "
        "client_max_body_size 0; large_client_header_buffers 4 32k;",
        tls=True,
    ),
    _nginx_command,
)


@contextmanager
def server_behind(proxy: RealProxy, url: str) -> Iterator[Server]:
    """What the proxy is put before: the server as it is or, where connections are to be opened, with TLS."""
    if not proxy.opens_tls:
        yield Server(url)
        return
    with _listening(_TLS_END, url) as (site, _):
        yield Server(f"https://{HOST}:{site.port}", site.folder / "certificate.pem")


@contextmanager
def running(proxy: RealProxy, server: Server) -> Iterator[RunningProxy]:
    """The proxy before a server, for as long as the block takes; raises `RuntimeError` where it does not start."""
    with _listening(proxy, server.url) as (site, output):
        address, access = f"http://{HOST}:{site.port}", site.folder / "access.log"
        bundle = None
        if server.certificate is not None:
            bundle = site.folder / "trusted.pem"
            bundle.write_text((site.folder / "mitmproxy-ca-cert.pem").read_text() + server.certificate.read_text())
        yield RunningProxy(
            address,
            access if access.exists() else output,
            server.url if proxy.told else address,
            bundle,
        )


@contextmanager
def told_of(proxy: str | None) -> Iterator[None]:
    """An environment that names this proxy for whatever is asked for, or none."""
    with pytest.MonkeyPatch.context() as changed:
        for name in ("no_proxy", "http_proxy", "https_proxy", "all_proxy"):
            changed.delenv(name, raising=False)
            changed.delenv(name.upper(), raising=False)
        if proxy is not None:
            changed.setenv("HTTP_PROXY", proxy)
            changed.setenv("HTTPS_PROXY", proxy)
        yield


@contextmanager
def _listening(proxy: RealProxy, target: str) -> Iterator[tuple[Site, Path]]:
    """The proxy's site, and what it prints."""
    program = _path_of(proxy.program)
    if program is None:
        raise RuntimeError(f"{proxy.program} is not installed")
    # A short name of its own: a Unix socket's is bounded.
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:
        folder = Path(name)
        # Some go on as a user of their own.
        folder.chmod(0o777)
        site = Site(free_port(), target, folder)
        config = folder / "config"
        config.write_text(proxy.config(site))
        output = folder / "output.log"
        with output.open("wb") as file:
            process = subprocess.Popen(
                proxy.command(program, config, site), stdout=file, stderr=subprocess.STDOUT, cwd=folder
            )
        try:
            _until_listening(site.port, process, output)
            yield site, output
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


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
