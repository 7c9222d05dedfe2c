"""The plugin that reads QR codes, bar codes and their kin."""

from __future__ import annotations

from plugins.codes.read import Read
from plugins.contract import Plugin


class Codes(Plugin):
    """Every code in every frame, with what it says."""

    name = "codes"
    version = "1.0.0"
    title = "Codes"
    description = "Reads QR codes, bar codes and other printed codes, in pictures and videos."
    license = "Apache-2.0"
    model = "ZXing-C++"
    capabilities = ("detection", "reading")
    tools = (Read,)


__all__ = ["Codes"]
