"""The command as a user calls it: help, wrong arguments, wrong settings, no server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli.commands.submit import parse_options
from app.cli.exit_codes import ExitCode
from app.cli.main import main

Ended = subprocess.CompletedProcess[str]
COMMANDS = (
    *("up", "web", "worker", "migrate", "backup", "restore"),
    *("submit", "watch", "cancel", "retry", "jobs", "batches", "batch", "webhooks", "plugins", "doctor"),
)


def _transom(*arguments: str, **variables: str) -> Ended:
    """As a process of its own: one case of each exit code, and whatever begins to do something."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=kept | variables | {"COLUMNS": "200"},
        timeout=60,
    )


@pytest.fixture
def transom(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Ended]]:
    """The same within this process, for the many cases that end before anything begins.

    What would be a traceback there is raised here.
    """
    # As the command finds them: it replaces those of its process.
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}

    def call(*arguments: str, **variables: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["transom", *arguments])
        for name, value in {**variables, "COLUMNS": "200"}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), said.out, said.err)

    yield call
    for signum, handler in handlers.items():
        signal.signal(signum, handler)


def test_help_names_every_command_and_exit_code() -> None:
    """`transom --help` is where one looks up what a number means."""
    shown = _transom("--help")

    assert shown.returncode == ExitCode.DONE
    for name in COMMANDS:
        assert f" {name} " in shown.stdout
    text = " ".join(shown.stdout.split())
    for code in ExitCode:
        assert f"{code.value} {code.meaning}" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(transom: Callable[..., Ended], command: str) -> None:
    """Each command has a help text."""
    shown = transom(command, "--help")

    assert shown.returncode == ExitCode.DONE
    assert f"Usage: transom {command}" in shown.stdout


def test_help_imports_nothing_heavy() -> None:
    """Looking up an option does not wait for an HTTP library, a database or Celery."""
    code = (
        "import sys\n"
        "from app.cli.main import app\n"
        "heavy = {'httpx', 'websockets', 'sqlalchemy', 'celery', 'kombu', 'starlette', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["watch"],
        ["submit", "/nowhere/at-all.png"],
        ["submit"],
        ["submit", "/nowhere/*.png"],
        ["submit", "setup.cfg", "--manifest", "setup.cfg"],
        ["submit", "setup.cfg", "--separate", "--name", "one"],
        ["jobs", "--limit", "0"],
        ["doctor", "--html", "/nowhere/at/all.html"],
        ["doctor", "--seconds", "131"],
        ["up", "--port", "70000"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(transom: Callable[..., Ended], arguments: list[str]) -> None:
    """What can't be understood ends with the code for it, before anything is started or sent."""
    assert transom(*arguments).returncode == ExitCode.USAGE


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        (["up"], {"TRANSOM_PORT": "many"}, "TRANSOM_PORT='many'"),
        (["web"], {"TRANSOM_ROOT_PATH": "no slash"}, "TRANSOM_ROOT_PATH='no slash'"),
        (["worker"], {"TRANSOM_BROKER_URL": "http://x"}, "TRANSOM_BROKER_URL='http://x'"),
        (
            ["web"],
            {"TRANSOM_BROKER_URL": "redis://localhost:many/0"},
            "TRANSOM_BROKER_URL='redis://localhost…': is no ",
        ),
        (["worker"], {"TRANSOM_BROKER_URL": "redis://:12/secret@localhost/0"}, "='redis://***@localhost…': is no "),
        (["worker"], {"TRANSOM_BROKER_URL": "redis://localhost/main"}, "'redis://localhost…': must end in the number"),
        (["web"], {"TRANSOM_BROKER_URL": "rediss://localhost/0?ssl_cert_reqs=yes"}, "must be one of required, "),
        (["up"], {"TRANSOM_BROKER_URL": "redis://localhost/0?wait=5"}, "says something behind the ? that is not known"),
        (["worker"], {}, "TRANSOM_BROKER_URL is empty"),
        (
            ["web"],
            {"TRANSOM_STORAGE_URL": "nosuch://me:secret@x"},
            "_URL='nosuch://***@x': is of no kind ",
        ),
        (["worker"], {"TRANSOM_STORAGE_URL": "gcs://blobs"}, "TRANSOM_STORAGE_URL='gcs://blobs': can't be used here: "),
        (["migrate"], {"TRANSOM_DATABASE_URL": "mysql://x"}, "TRANSOM_DATABASE_URL='mysql://x'"),
        (["migrate"], {"TRANSOM_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "the database can't be used"),
        (["jobs"], {"TRANSOM_SERVER": "localhost:8000"}, "TRANSOM_SERVER='localhost:8000'"),
        (["--server", "https://x", "jobs"], {"TRANSOM_CA_BUNDLE": "/nowhere"}, "TRANSOM_CA_BUNDLE='/nowhere'"),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    transom: Callable[..., Ended], arguments: list[str], variables: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """Variable and value are named, nothing starts, and there is no traceback."""
    ended = transom(*arguments, **({"TRANSOM_DATA_DIR": str(tmp_path)} | variables))

    assert ended.returncode == ExitCode.CONFIGURATION
    assert expected in ended.stderr
    assert ended.stderr.endswith("[CONFIGURATION_INVALID]\n")
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr


def test_a_password_is_not_shown() -> None:
    """A wrong address is named without the password that is in it."""
    ended = _transom("migrate", TRANSOM_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/none")

    assert ended.returncode == ExitCode.CONFIGURATION
    assert "postgresql+psycopg://me:***@127.0.0.1:1/none" in ended.stderr
    assert "secret" not in ended.stderr


def test_no_server_is_a_sentence() -> None:
    """Where nobody listens, that is said, and the code tells a script."""
    ended = _transom("jobs", "--server", "http://127.0.0.1:9")

    assert ended.returncode == ExitCode.UNREACHABLE
    assert ended.stderr.startswith("transom: http://127.0.0.1:9 can't be reached: ")
    assert ended.stderr.endswith("[SERVER_UNREACHABLE]\n")


def test_an_open_address_is_refused_by_up_and_web(tmp_path: Path) -> None:
    """Without authentication only this machine may reach Transom, unless it was told so."""
    for command in (["up", "--data", str(tmp_path)], ["web"]):
        ended = _transom(*command, "--host", "0.0.0.0", "--port", "0", TRANSOM_BROKER_URL="redis://127.0.0.1:1/0")

        assert ended.returncode == ExitCode.CONFIGURATION
        assert "TRANSOM_ALLOW_OPEN=1" in ended.stderr


def test_migrate_makes_a_database(tmp_path: Path) -> None:
    """`transom migrate` can be run again and again."""
    for _ in range(2):
        ended = _transom("migrate", TRANSOM_DATA_DIR=str(tmp_path / "data"))

        assert (ended.returncode, ended.stdout) == (ExitCode.DONE, "The database is up to date.\n")


def test_options_are_json_or_text() -> None:
    """`K=V` becomes what the API takes; with several tools an option can be one tool's own."""
    given = ["limit=3", 'name="3"', "mode=fast", "ratio=0.5", "on=true", "one.limit=4", "other.x=1"]

    assert parse_options(given, ["one", "two"]) == {
        "limit": 3,
        "name": "3",
        "mode": "fast",
        "ratio": 0.5,
        "on": True,
        "one": {"limit": 4},
        "other.x": 1,
    }


def test_an_option_without_a_value_is_a_usage_error(tmp_path: Path) -> None:
    """What is not of the form K=V is named."""
    file = tmp_path / "x.png"
    file.touch()

    ended = _transom("submit", str(file), "--option", "fast")

    assert ended.returncode == ExitCode.USAGE
    assert "'fast' is not of the form K=V" in ended.stderr


def test_json_is_valid_before_and_after_the_command() -> None:
    """`--json` is understood in both places (here by a server that is not there: the error is the same)."""
    for arguments in (["--json", "jobs"], ["jobs", "--json"]):
        ended = _transom("--server", "http://127.0.0.1:9", *arguments)

        assert ended.returncode == ExitCode.UNREACHABLE
        assert ended.stdout == ""
