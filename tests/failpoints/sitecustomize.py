"""Changes a product from outside for tests, which knows nothing of it: on `PYTHONPATH` in front of everything.

With `FAILPOINT` set a scribe is stopped at one place of its code, once. The file that `FAILPOINT` names holds the
place, and is deleted as it is reached. With `RESTART_SECONDS` set, `transom up` waits so long before it starts a part
again, however often that has ended.
"""

from __future__ import annotations

import os
import sys

if "FAILPOINT" in os.environ and "tasks.scribe" in sys.orig_argv:
    from tests.failpoints.failpoints import arm

    arm(os.environ["FAILPOINT"])

if "RESTART_SECONDS" in os.environ and "up" in sys.orig_argv:
    from typing import Any

    import app.cli.supervisor

    supervisor: Any = app.cli.supervisor
    supervisor.RESTART_SECONDS = (float(os.environ["RESTART_SECONDS"]),)
