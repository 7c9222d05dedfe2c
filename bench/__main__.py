"""`python -m bench [NAME…]`: one benchmark, or all of them."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("commit", "memory", "list", "fanout", "latency", "resume", "idle", "stalled", "batch", "jobs", "observe")


def main() -> None:
    """Run what the command line names."""
    wanted = sys.argv[1:] or list(NAMES)
    for name in wanted:
        if name not in NAMES:
            sys.exit(f"There is no benchmark {name!r}; there are: {', '.join(NAMES)}")
        print(f"── {name} ──", flush=True)
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
