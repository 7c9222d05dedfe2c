"""What can be chosen for a run of `codes.read`."""

from __future__ import annotations

from typing import Final, Literal

import zxingcpp
from pydantic import Field

from plugins.contract import ToolOptions

Family = Literal[
    "Aztec",
    "Codabar",
    "Code 128",
    "Code 39",
    "Code 93",
    "DataBar",
    "Data Matrix",
    "DX Film Edge",
    "EAN/UPC",
    "ITF",
    "MaxiCode",
    "PDF417",
    "QR Code",
    "Telepen",
]

#: A family by its name stands for all its variants: "QR Code" for Micro QR and rMQR too.
FAMILIES: Final[dict[Family, zxingcpp.BarcodeFormat]] = {
    "Aztec": zxingcpp.Aztec,
    "Codabar": zxingcpp.Codabar,
    "Code 128": zxingcpp.Code128,
    "Code 39": zxingcpp.Code39,
    "Code 93": zxingcpp.Code93,
    "DataBar": zxingcpp.DataBar,
    "Data Matrix": zxingcpp.DataMatrix,
    "DX Film Edge": zxingcpp.DXFilmEdge,
    "EAN/UPC": zxingcpp.EANUPC,
    "ITF": zxingcpp.ITF,
    "MaxiCode": zxingcpp.MaxiCode,
    "PDF417": zxingcpp.PDF417,
    "QR Code": zxingcpp.QRCode,
    "Telepen": zxingcpp.Telepen,
}


class ReadOptions(ToolOptions):
    """The options; the defaults read whatever is there, at the price of some time."""

    formats: list[Family] = Field(
        default=[],
        title="Kinds of code",
        description="Only these are looked for, each with its variants. Fewer kinds are faster, and mistake less for "
        "a code that is none. None chosen: all of them.",
        json_schema_extra={"uniqueItems": True},
    )
    try_harder: bool = Field(
        True,
        title="Try harder",
        description="Also find codes that lie on their side, are light on dark, or fill a large picture. "
        "Without it a frame takes a fraction of the time.",
    )
    enlarge: int = Field(
        1,
        ge=1,
        le=4,
        title="Enlarge",
        description="The picture is enlarged so many times before the search, for codes whose bars are hardly wider "
        "than a pixel. Slower; very large pictures are enlarged less.",
    )
