"""Codes as pictures, made by the writer of the library that reads them."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp

from plugins.frames import Pixels

#: For every kind of code that can be written: what is written, and as what it is read, where that differs.
PRINTED: dict[str, tuple[str, str, str]] = {
    "Aztec": ("Transom 42", "Aztec", "Transom 42"),
    "AztecRune": ("12", "Aztec", "012"),
    "Codabar": ("A1234B", "Codabar", "A1234B"),
    "Code128": ("Transom 42", "Code 128", "Transom 42"),
    "Code32": ("40063813", "Code 32", "A400638134"),
    "Code39": ("TRANSOM 42", "Code 39", "TRANSOM 42"),
    "Code93": ("TRANSOM 42", "Code 93", "TRANSOM 42"),
    "CompactPDF417": ("Transom 42", "PDF417", "Transom 42"),
    "DataBarExp": ("(01)04006381333931", "DataBar Expanded", "(01)04006381333931"),
    "DataBarExpStk": ("(01)04006381333931", "DataBar Expanded Stacked", "(01)04006381333931"),
    "DataBarLtd": ("40063813", "DataBar Limited", "(01)00000400638131"),
    "DataBarOmni": ("4006381333931", "DataBar Omni", "(01)40063813339314"),
    "DataBarStk": ("4006381333931", "DataBar Stacked", "(01)40063813339314"),
    "DataMatrix": ("Transom 42", "Data Matrix", "Transom 42"),
    "DXFilmEdge": ("123", "DX Film Edge", "7-11"),
    "EAN13": ("4006381333931", "EAN-13", "4006381333931"),
    "EAN8": ("1234567", "EAN-8", "12345670"),
    "ISBN": ("9783161484100", "EAN-13", "9783161484100"),
    "ITF": ("4006381333931", "ITF", "04006381333931"),
    "MaxiCode": ("Transom 42", "MaxiCode", "Transom 42"),
    "MicroPDF417": ("Transom 42", "MicroPDF417", "Transom 42"),
    "MicroQRCode": ("Transom 42", "Micro QR Code", "Transom 42"),
    "PDF417": ("Transom 42", "PDF417", "Transom 42"),
    "PZN": ("12345678", "Pharmazentralnummer", "-12345678"),
    "QRCode": ("Transom 42", "QR Code", "Transom 42"),
    "RMQRCode": ("Transom 42", "rMQR Code", "Transom 42"),
    "TelepenAlpha": ("Transom 42", "Telepen Alpha", "Transom 42"),
    "TelepenNumeric": ("4006381333931", "Telepen Numeric", "04006381333931"),
    "UPCA": ("036000291452", "EAN-13", "0036000291452"),
    "UPCE": ("04252614", "UPC-E", "0042100005264"),
}


def printed(content: str | bytes, kind: str = "QRCode", *, scale: int = 4) -> Pixels:
    """One code in black on white, with the white around it that its kind asks for. Gray."""
    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat[kind])
    return np.array(code.to_image(scale=scale), dtype=np.uint8)


def on_paper(
    codes: list[tuple[Pixels, int, int]], *, width: int = 640, height: int = 480, degrees: float = 0.0
) -> Pixels:
    """A white picture with each code's left top corner at its place, turned around its centre. BGR."""
    paper = np.full((height, width), 255, dtype=np.uint8)
    for code, left, top in codes:
        paper[top : top + code.shape[0], left : left + code.shape[1]] = code
    if degrees:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        paper = np.asarray(cv2.warpAffine(paper, turn, (width, height), borderValue=(255.0,)), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
