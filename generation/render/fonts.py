"""The typefaces: Noto Sans SC, bold and medium, from ``settings.FONT_DIR``, and which characters they can draw."""

import struct
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont

from generation.errors import MissingGlyph


class Weight(StrEnum):
    BOLD = "NotoSansSC-Bold.ttf"
    MEDIUM = "NotoSansSC-Medium.ttf"


# Emoji, their joiners and variation selectors: dropped with a note, because no typeface of ours has them.
_DROPPABLE = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0xFE00, 0xFE0F), (0x200B, 0x200D), (0x20E3, 0x20E3))


def font(weight: Weight, pixels: int) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels per em. Raises ``FileNotFoundError`` naming FONT_DIR when the file is missing."""
    return _load(str(settings.FONT_DIR), weight, pixels)


def drawable(text: str, weight: Weight = Weight.BOLD) -> tuple[str, tuple[str, ...]]:
    """(text without what cannot be drawn but may be dropped, the dropped characters).

    Raises ``MissingGlyph`` for a letter that the typeface lacks: an empty box is never drawn.
    """
    known = _characters(str(settings.FONT_DIR), weight)
    dropped: list[str] = []
    kept: list[str] = []
    for char in text:
        if char == " " or ord(char) in known:
            kept.append(char)
        elif any(low <= ord(char) <= high for low, high in _DROPPABLE):
            dropped.append(char)
        else:
            raise MissingGlyph(f"{text!r} has the character {char!r}, which our typeface cannot draw: replace it")
    return " ".join("".join(kept).split()) if dropped else "".join(kept), tuple(dropped)


@lru_cache(maxsize=64)
def _load(folder: str, weight: Weight, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_path(folder, weight), pixels)


@lru_cache(maxsize=4)
def _characters(folder: str, weight: Weight) -> frozenset[int]:
    return _read_cmap(_path(folder, weight).read_bytes())


def _path(folder: str, weight: Weight) -> Path:
    path = Path(folder) / weight
    if not path.exists():
        raise FileNotFoundError(f"{weight} is missing: put Noto Sans SC into FONT_DIR, see generation/fonts")
    return path


def _read_cmap(data: bytes) -> frozenset[int]:
    """Code points of a TrueType file (OpenType spec, table "cmap", formats 4 and 12)."""
    tables = struct.unpack_from(">H", data, 4)[0]
    directory = (struct.unpack_from(">4sLLL", data, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, _, offset, _ in directory if tag == b"cmap")
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * index)[2]
        kind = struct.unpack_from(">H", data, at)[0]
        if kind == 12:
            found |= _format_12(data, at)
        elif kind == 4:
            found |= _format_4(data, at)
    return frozenset(found)


def _format_12(data: bytes, at: int) -> set[int]:
    found: set[int] = set()
    for group in range(struct.unpack_from(">L", data, at + 12)[0]):
        first, last, _ = struct.unpack_from(">LLL", data, at + 16 + 12 * group)
        found.update(range(first, last + 1))
    return found


def _format_4(data: bytes, at: int) -> set[int]:
    doubled = struct.unpack_from(">H", data, at + 6)[0]
    ends = struct.unpack_from(f">{doubled // 2}H", data, at + 14)
    firsts = struct.unpack_from(f">{doubled // 2}H", data, at + 16 + doubled)
    return {code for first, last in zip(firsts, ends, strict=True) for code in range(first, last + 1) if code != 0xFFFF}
