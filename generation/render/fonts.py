"""The typefaces of ``settings.FONT_DIR``, and which characters they can draw. A missing glyph is never drawn as a box."""

import struct
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont

from generation.domain.captions_clusters import clusters, is_pictograph
from generation.errors import CutRefused, MissingGlyph
from generation.render.emoji import SYMBOLS, drawable_emoji


class Weight(StrEnum):
    BOLD = "NotoSansSC-Bold.ttf"
    MEDIUM = "NotoSansSC-Medium.ttf"
    POP = "ZCOOLKuaiLe-Regular.ttf"  # round and playful, as in variety shows
    BRUSH = "MaShanZheng-Regular.ttf"  # written with a brush


Face = Weight | Path  # a typeface of ours, or a merchant's own file

# Invisible signs that steer other programs, and emoji that nobody has drawn yet: left out with a note.
_DROPPABLE = (
    (0x1F000, 0x1FBFF), (0x2600, 0x27BF), (0xFE00, 0xFE0F), (0x200B, 0x200F), (0x20E3, 0x20E3), (0x202A, 0x202E),
    (0x2060, 0x2069), (0xFEFF, 0xFEFF), (0xE0020, 0xE007F),
)  # fmt: skip


def font(face: Face, pixels: int) -> ImageFont.FreeTypeFont:
    """A face at a size in pixels per em. Raises ``FileNotFoundError`` naming FONT_DIR when the file is missing."""
    return _load(_path(face), pixels)


def drawable(text: str, face: Face = Weight.BOLD) -> tuple[str, tuple[str, ...]]:
    """(text without what cannot be drawn but may be dropped, the dropped signs). Emoji are kept and drawn in colour.

    Raises ``MissingGlyph`` for a letter that the typeface lacks: an empty box is never drawn.
    """
    known = characters(face)
    dropped: list[str] = []
    kept: list[str] = []
    for cluster in clusters(text):
        if not _asks_for_colour(cluster) and all(char == " " or ord(char) in known for char in cluster):
            kept.append(cluster)
            continue
        shown = drawable_emoji(cluster)
        if shown:
            kept.append(shown)
            dropped += [char for char in cluster if char not in shown]  # a skin tone that has no picture
        elif all(_droppable(char) or ord(char) in known for char in cluster):
            dropped.append(cluster)
        else:
            char = next(char for char in cluster if ord(char) not in known)
            raise MissingGlyph(f"{text!r} has the character {char!r}, which our typeface cannot draw: replace it")
    return " ".join("".join(kept).split()) if dropped else "".join(kept), tuple(dropped)


def covers(text: str, face: Face) -> bool:
    """True when the face has every letter of the text; emoji and spaces do not count."""
    known = characters(face)
    return all(
        char == " " or ord(char) in known or drawable_emoji(cluster) for cluster in clusters(text) for char in cluster
    )


def characters(face: Face) -> frozenset[int]:
    """Code points of a face. Raises ``CutRefused`` for a merchant's file that is no TrueType or OpenType font."""
    path = _path(face)
    try:
        return _characters(path)
    except (struct.error, StopIteration) as error:
        name = Path(path).name
        raise CutRefused(f"the typeface {name!r} is not a font that we can read: use a .ttf or .otf file") from error


def _asks_for_colour(cluster: str) -> bool:
    return is_pictograph(cluster) or cluster[0] in SYMBOLS


def _droppable(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _DROPPABLE)


@lru_cache(maxsize=96)
def _load(path: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_there(path), pixels)


@lru_cache(maxsize=16)
def _characters(path: str) -> frozenset[int]:
    return _read_cmap(_there(path).read_bytes())


def _path(face: Face) -> str:
    return f"{settings.FONT_DIR}/{face}" if isinstance(face, Weight) else str(face)


def _there(path: str) -> Path:
    if not Path(path).is_file():
        raise FileNotFoundError(f"{Path(path).name} is missing: put it into FONT_DIR, see generation/fonts")
    return Path(path)


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
