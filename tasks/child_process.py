"""What a child of the worker is to the system: it leads a process group of its own, and goes first.

So what a tool starts can be found and ended with it, and a kernel that runs out of memory takes a tool rather than a
process that everybody needs. That it dies with its worker, whatever it hangs in, is Celery's doing (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

from billiard.common import terminate_handler_fired

logger = logging.getLogger(__name__)

#: How much of the machine's memory, in thousandths, the kernel adds to what a child uses when it looks for a process
#: to end.
OOM_SCORE_ADJ: Final = 500


def told_to_end() -> bool:
    """Whether a signal has told this process to end: a `SystemExit` is then Celery's, and no tool's."""
    return bool(terminate_handler_fired())


def settle_in() -> None:
    """Take a child's place; once, before it runs anything."""
    os.setpgid(0, 0)
    try:
        Path("/proc/self/oom_score_adj").write_text(f"{OOM_SCORE_ADJ}\n")
    except OSError as error:
        logger.debug("Only Linux has it: %s", error, extra={"action": "no_oom_score"})
