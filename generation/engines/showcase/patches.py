"""Continuing texture and structure into a hole with pieces of the known picture around it.

Every patch that touches the hole looks for the known patch most like it, by guesses handed on from neighbour to
neighbour (PatchMatch: Barnes et al., 2009); what the found patches say about a pixel is averaged (Wexler, Shechtman
and Irani, 2007); from coarse to fine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]  # float32, height x width x 3, 0..255
Mask = NDArray[Any]  # bool, height x width
Numbers = NDArray[Any]

REACH = 3  # a patch is 2 * REACH + 1 pixels wide
COMPARED = [(y, x) for y in (-3, -1, 1, 3) for x in (-3, -1, 1, 3)]  # its pixels that are compared ...
VOTING = [
    (y, x) for y in range(-REACH, REACH + 1) for x in range(-REACH, REACH + 1) if (y + x) % 2 == 0
]  # ... and vote
LEVELS, ROUNDS = 3, 3
NEAR = 0.6  # what a patch costs per pixel of its distance: of two that fit alike, the nearer one has the right light
OWN_SAY = 0.6
SURE = 60.0  # a difference (square, per channel) from which on a patch has little to say


@dataclass(frozen=True)
class Filled:
    """``picture``: with the hole filled; ``source``: height x width x 2, int: the row and column that each pixel of
    the hole was taken from, its own place elsewhere."""

    picture: Picture
    source: Numbers


def fill(picture: Picture, hole: Mask, usable: Mask, tick: Callable[[], None]) -> Filled:
    """Fill ``hole`` (whose pixels hold a smooth first guess) from patches that lie wholly in ``usable``."""
    chance = np.random.default_rng(1)
    source: Numbers | None = None
    guess: Picture | None = None
    for level in reversed(range(LEVELS)):
        size = (max(picture.shape[1] >> level, 2), max(picture.shape[0] >> level, 2))
        layer = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        gap = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
        good = cv2.resize(usable.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 1
        if guess is not None:
            large = cv2.resize(guess, size, interpolation=cv2.INTER_LINEAR)
            layer = np.where(gap[:, :, None], large, layer)
        search = _Search.over(layer, gap, good, chance)
        if search is None:
            continue
        if source is not None:
            search.take(source)
        guess = search.run(tick)
        source = search.whole()
    if guess is None or source is None:
        return Filled(picture, _places(hole.shape))
    return Filled(guess, np.where(hole[:, :, None], source, _places(hole.shape)))


def _places(shape: tuple[int, ...]) -> Numbers:
    return np.moveaxis(np.mgrid[: shape[0], : shape[1]], 0, 2).astype(np.int32)


@dataclass
class _Search:
    """One level. Patches are named by their middles: ``at`` the targets, ``found`` their matches (flat n x 2)."""

    picture: Picture
    hole: Mask
    at: Numbers
    found: Numbers
    cost: Numbers
    seen: Numbers  # what the targets look like in this round
    good: Mask  # may be the middle of a match
    sources: Numbers
    chance: np.random.Generator

    @classmethod
    def over(cls, picture: Picture, hole: Mask, usable: Mask, chance: np.random.Generator) -> "_Search | None":
        side = 2 * REACH + 1
        inner = np.zeros_like(hole)
        inner[REACH:-REACH, REACH:-REACH] = True
        good = cv2.erode(usable.astype(np.uint8), np.ones((side, side), np.uint8)).astype(bool) & inner
        touches = cv2.dilate(hole.astype(np.uint8), np.ones((side, side), np.uint8)).astype(bool) & inner
        sources, at = np.argwhere(good), np.argwhere(touches)
        if len(sources) < 50 or not len(at):
            return None
        found = sources[chance.integers(0, len(sources), len(at))]
        search = cls(picture.astype(np.float32), hole, at, found, np.empty(0), np.empty(0), good, sources, chance)
        search.begin()
        return search

    def begin(self) -> None:
        """The picture has changed: look again, and see what the matches are worth now."""
        self.seen = self.look(self.at)
        self.cost = self.costs(self.found, np.arange(len(self.at)))

    def look(self, places: Numbers) -> Numbers:
        """What is compared of the patches at ``places``: n x (pixels * channels)."""
        width = self.picture.shape[1]
        flat = self.picture.reshape(-1, 3)
        middle = places[:, 0] * width + places[:, 1]
        steps = np.array([down * width + across for down, across in COMPARED])
        return np.take(flat, middle[:, None] + steps, axis=0).reshape(len(places), -1)

    def costs(self, found: Numbers, which: Numbers) -> Numbers:
        """Mean square difference per channel of the patches ``which`` and those at ``found``, and their distance."""
        apart = self.seen[which] - self.look(found)
        distance = np.hypot(*(found - self.at[which]).T)
        return np.einsum("ij,ij->i", apart, apart) / apart.shape[1] + NEAR * distance

    def take(self, source: Numbers) -> None:
        """Begin with the matches of the next coarser level."""
        half = self.at // 2
        limit = np.array(source.shape[:2]) - 1
        wanted = source[tuple(np.minimum(half, limit).T)] * 2 + self.at % 2
        self.try_(wanted, np.arange(len(self.at)))

    def try_(self, wanted: Numbers, which: Numbers) -> None:
        """Keep those of the guesses that are allowed and better."""
        height, width = self.good.shape
        inside = (wanted >= 0).all(1) & (wanted[:, 0] < height) & (wanted[:, 1] < width)
        wanted, which = wanted[inside], which[inside]
        allowed = self.good[wanted[:, 0], wanted[:, 1]] & (wanted != self.found[which]).any(1)
        wanted, which = wanted[allowed], which[allowed]
        if not len(which):
            return
        cost = self.costs(wanted, which)
        better = cost < self.cost[which]
        self.found[which[better]], self.cost[which[better]] = wanted[better], cost[better]

    def run(self, tick: Callable[[], None]) -> Picture:
        everyone = np.arange(len(self.at))
        for _ in range(ROUNDS):
            tick()
            self.begin()
            for step in (1, 4, 1):
                self._hand_on(step, everyone)
            radius = max(self.good.shape) // 2
            while radius >= 1:
                self.try_(self.found + self.chance.integers(-radius, radius + 1, self.found.shape), everyone)
                radius //= 4
            self._vote()
        self._sharpen()
        return self.picture

    def _hand_on(self, step: int, everyone: Numbers) -> None:
        """Each patch tries what its neighbours found, moved along."""
        height, width = self.good.shape
        index = np.full((height, width), -1)
        index[self.at[:, 0], self.at[:, 1]] = everyone
        for move in ((0, step), (0, -step), (step, 0), (-step, 0)):
            place = np.clip(self.at + move, 0, [height - 1, width - 1])
            neighbour = index[place[:, 0], place[:, 1]]
            which = everyone[neighbour >= 0]
            self.try_(self.found[neighbour[which]] - (place[which] - self.at[which]), which)

    def _vote(self) -> None:
        height, width = self.good.shape
        flat = self.picture.reshape(-1, 3)
        weight = np.exp(-self.cost / SURE).astype(np.float32) + 1e-4
        here, there = self.at[:, 0] * width + self.at[:, 1], self.found[:, 0] * width + self.found[:, 1]
        total, sums = np.zeros(height * width, np.float32), np.zeros((height * width, 3), np.float32)
        for down, across in VOTING:
            step = down * width + across
            total[here + step] += weight  # each place only once per step, so that plain indexing adds up
            sums[here + step] += weight[:, None] * np.take(flat, there + step, axis=0)
        seen = self.hole.reshape(-1) & (total > 0)
        flat[seen] = sums[seen] / total[seen, None]

    def _sharpen(self) -> None:
        """The mean of many patches is dull: mostly what each pixel's own match says."""
        own = self.picture[self.found[:, 0], self.found[:, 1]]
        inside = self.hole[self.at[:, 0], self.at[:, 1]]
        y, x = self.at[inside].T
        self.picture[y, x] += OWN_SAY * (own[inside] - self.picture[y, x])

    def whole(self) -> Numbers:
        source = _places(self.good.shape)
        source[self.at[:, 0], self.at[:, 1]] = self.found
        return source
