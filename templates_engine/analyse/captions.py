"""Captions that are burnt into the picture, with their times: looked for twice a second, read when they are new.

A line that stands where one stood before, with the same letters in the picture, is not read again. The moments at
which a line comes and goes are then found between two looks, in small pictures that are kept for a second.
"""

from collections import deque
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from templates_engine.analyse.footage import Frame, Picture
from templates_engine.analyse.ocr import Place, Reader

Plane = NDArray[Any]  # uint8, height x width

LOOK_MS = 500
KEPT_MS = 650  # of small pictures
STILL = 0.6  # levels: less change since the last look, and nothing is looked for
SAME_PICTURE = 0.72  # correlation of a line's patch
SAME_PLACE = 0.35
SAME_TEXT = 0.8
SURE = 0.8  # the reader's confidence
SHORTEST = 2  # letters
LEAST_HEIGHT = 0.018  # of the frame's longer side: smaller print is no caption
MOST_LINES = 12  # in one picture: more is a page of text, of which the largest count
LETTER = 0.65  # of the height that the finder gives to a line


@dataclass(frozen=True)
class Shown:
    """One line of text while it stood there; ``height``: of its letters, share of the frame's height.

    ``moved``: how far its middle went, shares of the frame; ``grown``: how much its width changed, share of it.
    """

    start_ms: int
    end_ms: int
    text: str
    sure: float
    place: Place
    moved: float = 0.0
    grown: float = 0.0

    @property
    def height(self) -> float:
        return self.place.height * LETTER


@dataclass
class _Track:
    shown: Shown
    patch: Plane
    seen_ms: int
    looks: int = 1


class CaptionWatch:
    """Sees every frame; ``lines`` then gives all that stood on the screen. ``name``: the reader's."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._recent: deque[tuple[int, Plane]] = deque()
        self._tracks: list[_Track] = []
        self._done: list[Shown] = []
        self._looked: tuple[int, Plane] | None = None

    def see(self, frame: Frame) -> None:
        plane = cv2.cvtColor(frame.small, cv2.COLOR_BGR2GRAY)
        self._recent.append((frame.at_ms, plane))
        while self._recent[0][0] < frame.at_ms - KEPT_MS:
            self._recent.popleft()
        if self._looked is not None and frame.at_ms - self._looked[0] < LOOK_MS:
            return
        unchanged = self._looked is not None and float(np.abs(cv2.absdiff(plane, self._looked[1])).mean()) < STILL
        self._looked = frame.at_ms, plane
        if unchanged:
            self._tracks = [replace(track, seen_ms=frame.at_ms) for track in self._tracks]
        else:
            self._look(frame.at_ms, plane, frame.full())

    def standing(self) -> tuple[Place, ...]:
        """Where there is text now."""
        return tuple(track.shown.place for track in self._tracks)

    def lines(self, end_ms: int) -> tuple[Shown, ...]:
        """By time, then from the top."""
        standing = [replace(track.shown, end_ms=self._gone(track, end_ms)) for track in self._tracks]
        found = [shown for shown in (*self._done, *standing) if shown.end_ms > shown.start_ms]
        return tuple(sorted(found, key=lambda shown: (shown.start_ms, shown.place.top)))

    def _look(self, at_ms: int, plane: Plane, picture: Picture) -> None:
        least = LEAST_HEIGHT * max(picture.shape[:2]) / picture.shape[0] / LETTER
        places = [place for place in self._reader.find(picture) if place.height >= least]
        places = sorted(places, key=lambda place: -place.height)[:MOST_LINES]
        free = list(self._tracks)
        standing = []
        for place in places:
            before = max(free, key=lambda track: track.shown.place.overlap(place), default=None)
            if before is not None and before.shown.place.overlap(place) < SAME_PLACE:
                before = None
            track = self._met(at_ms, plane, picture, place, before)
            if track is None:
                continue
            standing.append(track)
            if before is not None and track.shown.start_ms == before.shown.start_ms:
                free.remove(before)
        for track in free:
            self._done.append(replace(track.shown, end_ms=self._gone(track, at_ms)))
        self._tracks = standing

    def _met(self, at_ms: int, plane: Plane, picture: Picture, place: Place, before: _Track | None) -> _Track | None:
        """The track that goes on, or a new one; None for what cannot be read."""
        if before is not None and _likeness(before.patch, _patch(plane, before.shown.place)) >= SAME_PICTURE:
            return _kept(before, at_ms, plane, place)
        text, sure = self._reader.read(picture, place)
        if before is not None and same_text(text, before.shown.text):
            better = replace(before.shown, text=text, sure=sure) if sure > before.shown.sure else before.shown
            grew = plain(text) == plain(before.shown.text)  # more letters need more room
            return _kept(replace(before, shown=better), at_ms, plane, place, scaled=grew)
        if sure < SURE or sum(letter.isalnum() for letter in text) < SHORTEST:
            return None
        shown = Shown(at_ms, at_ms + 1, text, sure, place)
        track = _Track(shown, _patch(plane, place), at_ms)
        return replace(track, shown=replace(shown, start_ms=self._came(track, at_ms)))

    def _came(self, track: _Track, at_ms: int) -> int:
        """The first moment, since the look before, from which its letters stand in the picture."""
        came = at_ms
        for moment, plane in reversed(self._recent):
            if _likeness(track.patch, _patch(plane, track.shown.place)) < SAME_PICTURE:
                break
            came = moment
        return came

    def _gone(self, track: _Track, until_ms: int) -> int:
        for moment, plane in self._recent:
            if moment > track.seen_ms and _likeness(track.patch, _patch(plane, track.shown.place)) < SAME_PICTURE:
                return moment
        return until_ms


def same_text(one: str, other: str) -> bool:
    """Equal but for a slip of the reader, or one the beginning of the other, as where letters come one by one."""
    one, other = plain(one), plain(other)
    if not one or not other:
        return False
    return one.startswith(other) or other.startswith(one) or SequenceMatcher(None, one, other).ratio() >= SAME_TEXT


def plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _kept(track: _Track, at_ms: int, plane: Plane, place: Place, *, scaled: bool = True) -> _Track:
    """Its motion counts from the second look on: captions may pop or slide in."""
    shown = track.shown
    if track.looks == 1:
        shown = replace(shown, place=place)
    old, new = shown.place.middle, place.middle
    moved = max(shown.moved, abs(new[1] - old[1]), abs(new[0] - old[0]) if scaled else 0.0)
    grown = max(shown.grown, abs(place.width / shown.place.width - 1)) if scaled else shown.grown
    return _Track(replace(shown, moved=moved, grown=grown), _patch(plane, shown.place), at_ms, track.looks + 1)


def _patch(plane: Plane, place: Place) -> Plane:
    height, width = plane.shape
    top, bottom = int(place.top * height), max(int(np.ceil(place.bottom * height)), int(place.top * height) + 2)
    left, right = int(place.left * width), max(int(np.ceil(place.right * width)), int(place.left * width) + 2)
    return plane[top:bottom, left:right]


def _likeness(one: Plane, other: Plane) -> float:
    """Correlation of two patches of the same size."""
    if one.shape != other.shape:
        return 0.0
    first, second = one.astype(np.float32) - one.mean(), other.astype(np.float32) - other.mean()
    return float((first * second).sum() / max(float(np.sqrt((first**2).sum() * (second**2).sum())), 1e-6))
