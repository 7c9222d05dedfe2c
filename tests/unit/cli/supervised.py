"""A program for the tests of the supervisor: runs the processes that its argument describes, as `transom up` would.

Prints a JSON object a line: what the supervisor reports, and `{"serving": true}` once everything is ready.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.cli.process_spec import ProcessSpec
from app.cli.supervisor import StartFailed, StopRequested, Supervisor


def _say(**values: Any) -> None:
    # One write a line: lines of several threads don't mix.
    os.write(1, f"{json.dumps(values)}\n".encode())


def _spec(given: dict[str, Any]) -> ProcessSpec:
    ready_file = given.get("ready_file")
    return ProcessSpec(
        name=given["name"],
        argv=[sys.executable, "-u", "-c", given["code"]],
        environment=dict(os.environ),
        ready=(lambda: Path(ready_file).exists()) if ready_file else None,
        ready_seconds=given.get("ready_seconds", 30.0),
        stop_seconds=given.get("stop_seconds", 10.0),
    )


def main() -> None:
    """Run what the first argument describes, by a supervisor with the settings of the second."""
    specs = [_spec(given) for given in json.loads(sys.argv[1])]
    # What the supervisor puts back at its end: a signal that comes as late as that ends nothing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Supervisor(
            report=lambda name, line: _say(name=name, line=line), name="supervisor", **json.loads(sys.argv[2])
        ) as supervisor:
            for spec in specs:
                supervisor.start(spec)
            _say(serving=True)
            supervisor.run()
    except StartFailed as error:
        _say(failed=error.name, reason=str(error), tail=error.tail)
    except StopRequested:
        _say(stop_requested=True)


if __name__ == "__main__":
    main()
