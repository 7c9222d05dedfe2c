"""Stops a scribe at one place of its code, once: on `PYTHONPATH` in front of everything, with `FAILPOINT` set.

The file that `FAILPOINT` names holds the place, and is deleted as it is reached. The product knows nothing of it.
"""

from __future__ import annotations

import os
import sys

if "FAILPOINT" in os.environ and "tasks.scribe" in sys.orig_argv:
    from tests.failpoints.failpoints import arm

    arm(os.environ["FAILPOINT"])
