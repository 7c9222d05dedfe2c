"""Three ways to show a job while it runs, and three for a batch, one file each.

Those of a job have one interface (`display.py`), and so have those of a batch (`batch_display.py`).
"""

from __future__ import annotations
