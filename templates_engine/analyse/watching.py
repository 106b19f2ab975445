"""The picture, seen once by all who look for something in it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Protocol

import cv2

from templates_engine.analyse.camera import CameraWatch
from templates_engine.analyse.captions import CaptionWatch, Shown
from templates_engine.analyse.footage import Footage, Frame, Picture
from templates_engine.analyse.framing import framing
from templates_engine.analyse.ocr import Reader
from templates_engine.analyse.product import ProductWatch
from templates_engine.analyse.shots import Border, Cutter
from templates_engine.domain.analysis import AnalysedShot, Transition
from templates_engine.domain.errors import AnalysisInvalid

SIDE = 320  # pixels, longer side of the frames that are looked at
THUMB_SIDE, THUMB_MS = 192, 400


@dataclass(frozen=True)
class Thumb:
    at_ms: int
    picture: Picture


@dataclass(frozen=True)
class Watched:
    duration_ms: int
    borders: tuple[Border, ...]
    shots: tuple[AnalysedShot, ...]
    lines: tuple[Shown, ...]  # of text on the screen, raw
    thumbs: tuple[Thumb, ...]
    opening_motion: float
    product: ProductWatch
    tools: tuple[tuple[str, str], ...]


class Watcher(Protocol):
    def see(self, frame: Frame) -> None: ...


class Clock(Protocol):
    def on(self, part: str) -> AbstractContextManager[None]: ...


class Thumbs:
    """A small picture every so often: for the strip, and to see how a shot is framed."""

    def __init__(self) -> None:
        self.kept: list[Thumb] = []

    def see(self, frame: Frame) -> None:
        if self.kept and frame.at_ms - self.kept[-1].at_ms < THUMB_MS:
            return
        scale = THUMB_SIDE / max(frame.small.shape[:2])
        self.kept.append(
            Thumb(frame.at_ms, cv2.resize(frame.small, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
        )

    def near(self, at_ms: float) -> Thumb:
        return min(self.kept, key=lambda thumb: abs(thumb.at_ms - at_ms))


def watch(
    film: Footage,
    cutter: Callable[[], Cutter],
    reader: Reader | None,
    photos: Sequence[Picture],
    tell: Callable[[float], None],
    clock: Clock,
) -> Watched:
    """Decodes ``film`` once. ``tell`` gets the share that is done, and may raise to stop."""
    cuts, thumbs, product = cutter(), Thumbs(), ProductWatch(photos)
    captions = None if reader is None else CaptionWatch(reader)
    camera = CameraWatch(None if captions is None else captions.standing)
    watchers: dict[str, Watcher] = {"shots": cuts, "camera": camera, "thumbs": thumbs, "product": product}
    watchers |= {} if captions is None else {"captions": captions}
    frames = film.frames(SIDE)
    times: list[int] = []
    while True:
        with clock.on("decoding"):
            frame = next(frames, None)
        if frame is None:
            break
        times.append(frame.at_ms)
        for part, watcher in watchers.items():
            with clock.on(part):
                watcher.see(frame)
        if len(times) % 15 == 0:
            tell(min(frame.at_ms / max(film.duration_ms, 1), 1.0))
    with clock.on("shots"):
        borders = cuts.borders()
    duration = times[-1] + max(round(_step(times)), 1)
    with clock.on("framing"):
        shots = _shots(borders, duration, camera, thumbs, product)
    return Watched(
        duration_ms=duration,
        borders=borders,
        shots=shots,
        lines=() if captions is None else captions.lines(duration),
        thumbs=tuple(thumbs.kept),
        opening_motion=camera.motion(3_000),
        product=product,
        tools=(("shots", cuts.name), *(() if captions is None else (("captions", captions.name),))),
    )


def _shots(
    borders: Sequence[Border], duration_ms: int, camera: CameraWatch, thumbs: Thumbs, product: ProductWatch
) -> tuple[AnalysedShot, ...]:
    begins = [Border(0, Transition.CUT), *(border for border in borders if border.at_ms < duration_ms)]
    ends = [border.at_ms for border in begins[1:]] + [duration_ms]
    if not ends:
        raise AnalysisInvalid("a video has at least one shot")
    return tuple(
        AnalysedShot(
            start_ms=border.at_ms,
            end_ms=end,
            camera=camera.move(border.at_ms, end),
            framing=framing(thumbs.near((border.at_ms + end) / 2).picture),
            transition=border.transition,
            product_share=product.share(border.at_ms, end),
        )
        for border, end in zip(begins, ends, strict=True)
    )


def _step(times: Sequence[int]) -> float:
    """The usual time from frame to frame; 40 ms for a single one."""
    return median(after - before for before, after in pairwise(times)) if len(times) > 1 else 40.0
