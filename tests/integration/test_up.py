"""`transom up`: everything on one machine, kept running, kept apart, and gone when it is told to go."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from app.cli.exit_codes import ExitCode
from tests.ports import free_port
from tests.stack import PATIENCE_SECONDS, ROOT, Product, is_gone, start_product, wait_until

Start = Callable[..., Product]

pytestmark = pytest.mark.only_over("sqlite")


def _family(product: Product) -> list[psutil.Process]:
    """Every process of the stack."""
    top = psutil.Process(product.process.pid)
    return [top, *top.children(recursive=True)]


def _up(data: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A `transom up` that is expected to end by itself."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", "up", "--port", "0", "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=clean | variables,
        timeout=PATIENCE_SECONDS,
    )


@pytest.fixture
def foreground(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A factory of `transom up` as a person starts it, in a process group of its own as a shell gives it."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "app.cli.main", "up", "--port", "0", "--data", str(tmp_path / "d"), *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=ROOT,
                env=clean | {"COLUMNS": "300"} | variables,
                process_group=0,
            )
        )
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)


def test_a_free_port_is_taken_and_told(product: Product) -> None:
    """`--port 0` announces the real address, on loopback, and by then it is ready."""
    assert product.url.startswith("http://127.0.0.1:")
    assert not product.url.endswith(":0")
    assert product.client.get("/readyz").status_code == 200


def test_a_second_up_on_the_same_folder_says_so_and_stops(product: Product) -> None:
    """It names the process and the address of the first, which goes on undisturbed."""
    second = _up(product.data)

    assert second.returncode == ExitCode.IN_USE
    assert f"in use by process {product.process.pid}, which serves at {product.url}" in second.stderr
    assert product.client.get("/readyz").status_code == 200


def test_a_port_that_is_taken_is_said(product: Product, tmp_path: Path) -> None:
    """Another folder on the same port does not start, and nothing of it stays."""
    port = product.url.rpartition(":")[2]

    second = _up(tmp_path / "other", "--port", port)

    assert second.returncode == ExitCode.NOT_STARTED
    assert f"127.0.0.1:{port} is taken by another program" in second.stderr


def test_ctrl_c_ends_every_process(own_product: Start) -> None:
    """After a SIGINT nothing runs any more, no socket is left, and the exit code is that of success."""
    product = own_product()
    family = _family(product)
    # The supervisor, its guard, broker, web, scribe and the worker with two children.
    assert len(family) >= 8

    assert product.stop() == ExitCode.DONE

    assert [process for process in family if not is_gone(process)] == []
    assert not (product.data / "run").exists()


def test_a_killed_up_leaves_no_process(own_product: Start) -> None:
    """Also after `kill -9` of the supervisor everything ends, and the folder can be used again."""
    product = own_product()
    family = _family(product)

    product.process.kill()
    product.process.wait()

    wait_until(lambda: all(is_gone(process) for process in family), what="every process being gone")
    again = start_product(product.data)
    assert again.stop() == ExitCode.DONE


@pytest.mark.parametrize("name", ["app.cli.main web", "tasks.scribe", "tasks.celery_app", "valkey-server"])
def test_a_killed_part_is_started_again(own_product: Start, sample: Path, name: str) -> None:
    """Whichever part is killed comes back, at the same address, and jobs run through."""
    product = own_product()
    [first, *_] = product.child_processes(name)

    first.kill()

    wait_until(
        lambda: [process for process in product.child_processes(name) if process.pid != first.pid],
        what=f"another {name}",
    )
    wait_until(lambda: _offers_motion(product.url), what="the web process answering, with a worker behind it")
    job_id = product.submit(sample)
    assert product.wait(job_id)["status"] == "done"
    assert "ended with signal SIGKILL; starting it again in 0.5 s" in (product.data / "transom.log").read_text()


def _broker_socket(product: Product) -> Path:
    """Where the broker listens."""
    [broker] = product.child_processes("valkey-server")
    [path] = {connection.laddr for connection in broker.net_connections("unix") if connection.laddr}
    return Path(str(path))


def test_data_is_kept_between_runs(own_product: Start, sample: Path) -> None:
    """A job of the first run is there in the second, with its messages under the same ids."""
    first = own_product()
    job_id = first.submit(sample)
    first.wait(job_id)
    events = first.events(job_id)
    assert first.stop() == ExitCode.DONE

    second = start_product(first.data)
    try:
        assert second.events(job_id) == events
    finally:
        second.stop()


def test_nobody_else_can_read_the_data(product: Product) -> None:
    """The data folder and the broker's can be entered by their user only."""
    for folder in (product.data, product.data / "broker", product.data / "run"):
        assert folder.stat().st_mode & 0o077 == 0


def test_an_open_address_is_served_and_said_loudly(foreground: Callable[..., subprocess.Popen[str]]) -> None:
    """With TRANSOM_ALLOW_OPEN it listens for everyone, and says what that means."""
    process = foreground("--host", "0.0.0.0", TRANSOM_ALLOW_OPEN="1")
    assert process.stdout is not None

    lines = [process.stdout.readline(), process.stdout.readline()]

    assert "serves at http://127.0.0.1:" in lines[0]
    assert lines[1].startswith("WARNING: TRANSOM_ALLOW_OPEN is set.")
    port = int(lines[0].split("http://127.0.0.1:")[1].split()[0])
    addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
    for address in addresses:
        answer = httpx.get(f"http://{address}:{port}/livez", trust_env=False, timeout=PATIENCE_SECONDS)
        assert answer.status_code == 200


def test_the_demonstration_shows_what_was_found(foreground: Callable[..., subprocess.Popen[str]]) -> None:
    """`--demo` runs the sample, says what moves in it and where to look, and goes on serving until Ctrl-C."""
    process = foreground("--demo")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "until Ctrl-C" in line and "Transom serves" in line:
            break
    address = lines[-1].split("Transom serves at ")[1].split()[0]

    assert httpx.get(f"{address}/readyz", trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200
    [found] = [line for line in lines if line.startswith("harbour.webm: done; ")]
    assert " frames, " in found
    assert " tracks" in found
    [page] = [line.split("Watch it: ")[1].strip() for line in lines if "Watch it: " in line]
    assert page.startswith(f"{address}/jobs/")
    shown = httpx.get(page, headers={"Accept": "text/html"}, trust_env=False, timeout=PATIENCE_SECONDS)
    assert shown.status_code == 200
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=PATIENCE_SECONDS) == ExitCode.DONE


def test_a_folder_with_a_path_too_long_for_a_socket(tmp_path: Path, sample: Path) -> None:
    """A deep data folder works like any other; its sockets are in a short folder that is removed in the end."""
    deep = tmp_path / ("deep-" * 25)
    deep.mkdir()
    product = start_product(deep / "data")
    try:
        assert product.wait(product.submit(sample))["status"] == "done"
        sockets = _broker_socket(product).parent
        assert sockets.stat().st_mode & 0o077 == 0
    finally:
        product.stop()

    assert not sockets.exists()


def test_web_and_worker_run_apart_from_each_other(own_product: Start, sample: Path, tmp_path: Path) -> None:
    """`transom web` and `transom worker` of their own, on a database and a broker that are there, carry a job."""
    machine = own_product()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSOM_")}
    environment = clean | {
        "TRANSOM_BROKER_URL": f"redis+socket://{_broker_socket(machine)}",
        # The machine's own worker listens on the same broker.
        "TRANSOM_NAMESPACE": "apart",
        "TRANSOM_DATABASE_URL": f"sqlite:///{tmp_path / 'apart.db'}",
        "TRANSOM_DATA_DIR": str(tmp_path / "apart"),
    }
    port = free_port()
    transom = [sys.executable, "-m", "app.cli.main"]
    subprocess.run([*transom, "migrate"], env=environment, cwd=ROOT, check=True, capture_output=True)
    quiet = {"env": environment, "cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [
        subprocess.Popen([*transom, *arguments], **quiet)  # type: ignore[call-overload]  # a dict of arguments
        for arguments in (["web", "--port", str(port)], ["worker", "--workers", "1"])
    ]
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _offers_motion(url), what="the worker announcing its plugins")
        submitted = subprocess.run(
            [*transom, "--server", url, "submit", str(sample), "--plugin", "motion", "--watch", "--json"],
            env=environment,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert submitted.returncode == ExitCode.DONE, submitted.stderr
        assert json.loads(submitted.stdout.splitlines()[-1])["payload"]["status"] == "done"
        family = [child for process in processes for child in psutil.Process(process.pid).children(recursive=True)]
    finally:
        for process in processes:
            process.terminate()
        codes = [process.wait(timeout=PATIENCE_SECONDS) for process in processes]

    assert codes == [ExitCode.DONE, ExitCode.DONE]
    assert [process for process in family if not is_gone(process)] == []


def _offers_motion(url: str) -> bool:
    try:
        plugins = httpx.get(f"{url}/v1/plugins", trust_env=False).json().get("plugins", [])
    except httpx.TransportError:
        return False
    return any(plugin["name"] == "motion" for plugin in plugins)
