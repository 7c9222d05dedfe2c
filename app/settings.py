"""Settings: the only reader of the environment. Every variable starts with `TRANSOM_`.

The table in the README lists them all; a test compares the two.
"""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.broker_address import read_broker, with_authorities, without_password
from app.errors import ConfigurationError
from app.outbound.guard import read_hosts, read_networks, require_proxy
from app.storage.blobs import require_storage
from app.webhooks.signing import keys_of

PREFIX = "TRANSOM_"
#: Of these no value is ever shown: in a wrong address of a proxy a password may be anywhere.
_SECRET = frozenset({"webhook_secret", "outbound_proxy"})
#: In these a password may be.
_WITH_PASSWORDS = frozenset({"broker_url", "database_url", "storage_url"})
#: What the web process alone needs: tools, which may read their environment, never see it.
_OF_THE_WEB = frozenset(
    f"{PREFIX}{name}" for name in ("WEBHOOK_HOSTS", "WEBHOOK_SECRET", "INPUT_URL_HOSTS", "OUTBOUND_PROXY")
)


class Settings(BaseSettings):
    """Everything that can be set, with its default; frozen once read."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(Path(".transom"), description="Where the embedded database, broker and blobs live.")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    broker_url: str = Field(
        "",
        description="Valkey or Redis (`redis://`, `rediss://`, `redis+socket://`) or RabbitMQ (`amqp://`, `amqps://`); "
        "empty: `transom up` starts the embedded Valkey.",
    )
    storage_url: str = Field("", description="fsspec URL of the blobs; empty: a folder in the data folder.")
    namespace: str = Field(
        "transom",
        pattern=r"^[a-z0-9][a-z0-9-]{0,30}$",
        description="What the broker's names begin with; of its own for each Transom that shares a broker.",
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allow_open: bool = Field(False, description="Listen on other addresses than loopback without authentication.")
    public_url: str = Field("", description="The address that users see; used in links.")
    allowed_hosts: str = Field(
        "", description="Names that requests may come by, comma-separated; empty: loopback's, unless others reach it."
    )
    root_path: str = Field("", description="The sub-path below which a proxy serves Transom.")
    trusted_proxies: str = Field("127.0.0.1", description="Whose X-Forwarded-* are believed, comma-separated.")
    ca_bundle: Path | None = Field(None, description="CA certificates for outgoing connections.")
    private_networks: str = Field(
        "",
        description="Networks that are not public and may be reached at hosts that are listed by their own name or "
        "address, not by `*`; comma-separated.",
    )
    outbound_proxy: str = Field(
        "",
        repr=False,
        description="The http:// proxy through which addresses that callers name are asked; empty: directly.",
    )

    workers: int = Field(0, ge=0, le=256, description="Tool processes a worker; 0: one a core, at least two.")
    devices: str = Field(
        "",
        pattern=r"^$|^\s*(cpu|gpu)\s*(,\s*(cpu|gpu)\s*)?$",
        description="Devices a worker offers: `cpu`, `gpu` or both, comma-separated; empty: those it finds.",
    )
    queues: str = Field("", description="Queues a worker serves, comma-separated; empty: those of its devices.")
    plugins: str = Field("", description="Further plugins as `module:Class`, comma-separated.")

    max_upload_bytes: int = Field(2 * 1024**3, ge=1024, description="Largest input taken, in bytes.")
    upload_hours: float = Field(24, gt=0, description="How long an upload waits for its next piece, or for a job.")
    waiting_upload_bytes: int = Field(
        64 * 1024**3, ge=0, description="What uploads that no job has taken yet may have together, in bytes."
    )
    max_batch_items: int = Field(100_000, ge=1, description="Most items of one batch.")
    input_roots: str = Field(
        "", description="Folders that a batch's manifest may name files of, comma-separated; empty: none."
    )
    input_url_hosts: str = Field(
        "",
        description="Hosts that inputs may be fetched from, comma-separated: names, `*.example.com`, or `*` for all "
        "that are public; each with a port, or for 80 and 443. Empty: none.",
    )
    url_seconds: float = Field(100, gt=0, description="How long fetching one input may take.")
    webhook_hosts: str = Field(
        "",
        description="Hosts that webhooks may be sent to, such as `hooks.example.com`, `*.example.com`, `10.0.0.5:8080` "
        "or `*`, comma-separated; empty: none, and no webhooks.",
    )
    webhook_secret: str = Field(
        "",
        repr=False,
        validate_default=True,
        description="What webhooks are signed with: `whsec_` and Base64 of 24 to 64 bytes; several, comma-separated, "
        "while receivers change over.",
    )
    max_image_pixels: int = Field(100_000_000, ge=1, description="Largest picture decoded, in pixels.")
    max_image_bytes: int = Field(512 * 1024**2, ge=1024, description="Largest image file decoded, in bytes.")
    max_video_seconds: float = Field(86400, gt=0, description="Longest video or animation processed, in seconds.")
    max_frames: int = Field(5_000_000, ge=1, description="Most frames of one input processed.")
    max_damaged_percent: float = Field(
        50, ge=0, le=100, description="Damaged frames, of a hundred, that an input may have; more end the job."
    )
    max_wait_seconds: float = Field(120, gt=0, le=600, description="Longest wait of the calls that wait for a job.")
    heartbeat_seconds: float = Field(30, ge=5, le=60, description="Time between two pings on a stream.")
    stream_seconds: float = Field(
        600, ge=5, description="How long an event stream goes on before it ends by itself, to be taken up again."
    )
    connections_per_session: int = Field(5, ge=1, description="Connections one session may hold on a node.")
    max_connections: int = Field(5000, ge=1, description="Connections one web process takes.")
    lease_seconds: float = Field(20, ge=2, description="How long a claim holds unless it is renewed.")
    max_crashes: int = Field(3, ge=1, description="Unexplained deaths of a child that end a job as poison.")
    soft_time_limit_seconds: float = Field(
        86_400, gt=0, description="How long a job may run before its tool is told to stop."
    )
    time_limit_seconds: float = Field(
        87_000, gt=0, description="How long a job, or making its video, may take before it is ended."
    )
    no_progress_seconds: float = Field(
        300,
        gt=0,
        validate_default=True,
        description="How long a running job may say nothing; longer than a lease.",
    )
    memory_limit_bytes: int = Field(
        4 * 1024**3, ge=0, description="Memory that a job may use, with all that its tool starts; 0: no limit."
    )
    drain_seconds: float = Field(5, ge=0, description="How long a stopping worker lets its jobs go on.")
    sweep_seconds: float = Field(1, gt=0, description="Time between two rounds of the sweep.")
    retention_days: float = Field(30, gt=0, description="How long ended jobs are kept.")
    retention_bytes: int = Field(
        0, ge=0, description="What ended jobs may take in blobs and log; beyond it the oldest go. 0: no limit."
    )
    progress_days: float = Field(2, gt=0, description="How long an ended job's `progress` messages are kept.")

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    log_format: Literal["console", "json"] = Field("console", description="How it is logged.")

    node_id: str = Field("", description="Stable name of this process on the bus; empty: host and port.")
    scribe_socket: str = Field("", description="Set by `transom worker` for its children.")
    worker_id: str = Field("", description="Set by `transom worker` for its children.")

    @field_validator("root_path")
    @classmethod
    def _root_path(cls, value: str) -> str:
        value = value.rstrip("/")
        if value and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
            raise ValueError("must be a path such as /transom")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]+", value):
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if value and not re.match(r"(sqlite|postgresql(\+psycopg)?)://", value):
            raise ValueError("must start with sqlite:// or postgresql://")
        # psycopg 3 is the driver that is installed; SQLAlchemy's bare name means another.
        return re.sub(r"^postgresql://", "postgresql+psycopg://", value)

    @field_validator("broker_url")
    @classmethod
    def _broker_url(cls, value: str) -> str:
        if value:
            read_broker(value)
        return value

    @field_validator("storage_url")
    @classmethod
    def _storage_url(cls, value: str) -> str:
        if value:
            require_storage(value)
        return value

    @field_validator("ca_bundle")
    @classmethod
    def _ca_bundle(cls, value: Path | None) -> Path | None:
        try:
            if value is not None:
                value.open("rb").close()
        except OSError as error:
            raise ValueError(f"it can't be read: {error.strerror}") from None
        return value

    @field_validator("no_progress_seconds")
    @classmethod
    def _longer_than_a_lease(cls, value: float, info: ValidationInfo) -> float:
        # Where the lease itself is wrong, that is what is said.
        lease = info.data.get("lease_seconds", 0)
        if value <= lease:
            raise ValueError(f"must be longer than a lease (TRANSOM_LEASE_SECONDS, {lease:g})")
        return value

    @field_validator("input_roots")
    @classmethod
    def _input_roots(cls, value: str) -> str:
        for name in filter(None, (part.strip() for part in value.split(","))):
            if not Path(name).is_absolute() or not Path(name).is_dir():
                raise ValueError(f"{name} is not the absolute path of a folder")
        return value

    @field_validator("input_url_hosts")
    @classmethod
    def _hosts(cls, value: str) -> str:
        read_hosts(value)
        return value

    @field_validator("private_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        read_networks(value)
        return value

    @field_validator("outbound_proxy")
    @classmethod
    def _outbound_proxy(cls, value: str) -> str:
        if value:
            require_proxy(value)
        return value

    @field_validator("webhook_hosts")
    @classmethod
    def _webhook_hosts(cls, value: str) -> str:
        read_hosts(value)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: str, info: ValidationInfo) -> str:
        keys = keys_of(value)
        if info.data.get("webhook_hosts") and not keys:
            raise ValueError("is needed where TRANSOM_WEBHOOK_HOSTS is set: webhooks are signed")
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def resolved_database_url(self) -> str:
        """The database that is used."""
        return self.database_url or f"sqlite:///{self.data_dir / 'transom.db'}"

    @property
    def resolved_broker_url(self) -> str:
        """The broker that is used, with the authorities that its certificate may be from; empty where there is none."""
        return with_authorities(self.broker_url, self.ca_bundle)

    @property
    def resolved_storage_url(self) -> str:
        """The blob storage that is used."""
        return self.storage_url or (self.data_dir / "blobs").as_uri()

    @property
    def public_path(self) -> str:
        """The sub-path below which users see Transom; empty at the root."""
        return self.root_path or urlsplit(self.public_url).path

    @property
    def resolved_node_id(self) -> str:
        """The name of this web process on the bus; the same after a restart."""
        return self.node_id or f"{socket.gethostname()}-{self.port}"

    @property
    def allowed_host_names(self) -> frozenset[str]:
        """The names that requests may come by beside loopback's; empty where none were set."""
        names = {name.strip().lower() for name in self.allowed_hosts.split(",")} - {""}
        public = urlsplit(self.public_url).hostname
        return frozenset(names | {public} if names and public else names)

    @property
    def plugin_classes(self) -> list[str]:
        """The further plugins, as `module:Class`."""
        return [name.strip() for name in self.plugins.split(",") if name.strip()]

    @property
    def input_folders(self) -> list[Path]:
        """The folders that inputs may come from."""
        return [Path(name.strip()) for name in self.input_roots.split(",") if name.strip()]

    @property
    def webhook_keys(self) -> tuple[bytes, ...]:
        """What webhooks are signed with, each by all of these."""
        return keys_of(self.webhook_secret)

    @property
    def child_processes(self) -> int:
        """How many tool processes a worker has."""
        return self.workers or max(2, os.cpu_count() or 1)


def load_settings(**overrides: object) -> Settings:
    """Read the environment, then apply what a command line said.

    Raises `ConfigurationError` naming the variable and the value (passwords masked).
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise ConfigurationError("; ".join(_sentence(dict(item)) for item in error.errors())) from None


def as_environment(settings: Settings) -> dict[str, str]:
    """The environment that makes a child process read these very settings."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items() if value != ""}


def child_environment(settings: Settings) -> dict[str, str]:
    """The whole environment of a child process: this one's own, with these very settings in it."""
    return os.environ | as_environment(settings)


def worker_environment(settings: Settings) -> dict[str, str]:
    """The same for any other process than the web process, above all for those that run tools: without what it alone
    needs."""
    return {name: value for name, value in child_environment(settings).items() if name not in _OF_THE_WEB}


def _sentence(item: dict[str, object]) -> str:
    location = item["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else "?"
    message = str(item["msg"]).removeprefix("Value error, ")
    if name in _SECRET:
        return f"{PREFIX}{name.upper()}: {message}"
    value = str(item["input"])
    shown = without_password(value) if name in _WITH_PASSWORDS else value
    return f"{PREFIX}{name.upper()}={shown!r}: {message}"
