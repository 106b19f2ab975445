"""Whether a caption can be set on the screen at all, told without the renderer, which only workers load.

Letters are taken as wide as they are in the bold face at its smallest size, so what passes here also passes the layout
that is made before anything is filmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.domain.captions import CaptionTooLong, pages
from generation.domain.timeline import Overlay, OverlayKind

WIDE_EM, NARROW_EM = 1.0, 0.62  # of the type size: Chinese characters, Latin letters and figures
SHORTEST_PAGE_S = 0.5  # under it a page is not read


@dataclass(frozen=True)
class Room:
    """The width that a line of a caption may take on one canvas, in type sizes, and the frames a second."""

    ems: float
    fps: int


def too_long(overlays: Sequence[Overlay], rooms: Sequence[Room]) -> tuple[int, ...]:
    """Numbers of the beats (from 0) whose captions do not go into every room in the time that they stand."""
    found = {
        _beat(overlay)
        for overlay in overlays
        if overlay.kind is OverlayKind.CAPTION and not all(_goes_into(overlay, room) for room in rooms)
    }
    return tuple(sorted(found))


def _goes_into(overlay: Overlay, room: Room) -> bool:
    most = max(1, int((overlay.end - overlay.start) / (SHORTEST_PAGE_S * room.fps)))
    try:
        pages(overlay.text, _ems, room.ems, most=most)
    except CaptionTooLong:
        return False
    return True


def _beat(overlay: Overlay) -> int:
    """Captions are called c<beat>.<page>, counted from 1 (``overlays``)."""
    return int(overlay.id[1:].partition(".")[0]) - 1


def _ems(text: str) -> float:
    return sum(NARROW_EM if mark.isascii() else WIDE_EM for mark in text)
