"""What a file really is, by its first bytes: format and size in pixels, read before anything is decoded.

Layouts: JPEG ITU-T T.81 annex B (markers), PNG 3rd edition 11.2.2 (IHDR), WebP container specification (RFC 9649).
"""

import struct
from dataclasses import dataclass

JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0..SOF15 without DHT, JPG and DAC
JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length: TEM, RST0..7, SOI


@dataclass(frozen=True)
class Header:
    """``format`` is "JPEG", "PNG" or "WEBP"."""

    format: str
    width: int
    height: int


class HeaderBroken(ValueError):
    """The magic bytes promise a format that the following bytes do not keep."""


def read_header(data: bytes) -> Header | None:
    """Format and size, ``None`` for any other kind of file; ``HeaderBroken`` where the header breaks off."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return Header("JPEG", *_jpeg_size(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return Header("PNG", *_png_size(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Header("WEBP", *_webp_size(data))
    except (struct.error, IndexError) as error:
        raise HeaderBroken("the header breaks off") from error
    return None


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise HeaderBroken("no IHDR chunk")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise HeaderBroken("no marker where one must be")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in JPEG_ALONE:
            at += 2
        elif marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker in (0xDA, 0xD9):
            raise HeaderBroken("picture data before its size")
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise HeaderBroken("no picture chunk")
