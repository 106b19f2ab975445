"""A looping sticker out of a clip: an animated GIF or WebP that begins again without a jolt and keeps to a file size.

It carries no AI label: whoever publishes it owes it one, as for every picture that a machine has made.
"""

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image

from generation.errors import CutRefused
from generation.ffmpeg import run, source
from generation.render.yuv import Frame, to_rgb
from generation.shots.splice import PieceWriter
from generation.shots.survey import Look, Survey, pictures
from generation.shots.whole import check_out, written_whole
from generation.subject import find_subject
from generation.watch import Part, Watch

Pixels = NDArray[Any]  # uint8, height x width x 3, RGB
LEAST_S, MOST_S = 0.5, 10.0
LEAST_SIDE, MOST_SIDE = 64, 1080
FADE = 0.2  # share of a fading loop in which its end melts into its beginning
AIR = 1.06  # around the product
# From the best downwards, until the file is small enough. A GIF's delays are whole hundredths of a second. Frames go
# first: with fewer colours a label changes its own.
RATES = (Fraction(25, 2), Fraction(10), Fraction(25, 3))
GIF_STEPS = tuple((rate, colours) for colours in (256, 128, 64, 32) for rate in RATES)
WEBP_STEPS = tuple((rate, quality) for quality in (85, 70, 55, 40, 25) for rate in (Fraction(15), Fraction(10)))
FFMPEG_S = 120.0


@dataclass(frozen=True)
class StickerWish:
    """``seconds``: of the loop; ``side``: of the square, or the width where ``square`` is false; ``most``: bytes or 0.

    ``fades``: runs forwards and melts into its beginning, where other loops go there and back.
    """

    seconds: float = 3.0
    side: int = 360
    square: bool = False
    most: int = 0
    fades: bool = False


@dataclass(frozen=True)
class Sticker:
    width: int
    height: int
    frames: int
    fps: float
    bytes: int


@cache
def platforms() -> dict[str, dict[str, Any]]:
    """What each platform takes, by its name: ``format``, ``side``, ``bytes``, ``source``, ``read``."""
    rules: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("stickers.yaml").read_text("utf-8"))
    return rules


def wish_for(platform: str, wish: StickerWish, out: Path) -> StickerWish:
    """``wish`` by the platform's rules. Raises ``CutRefused``, also where it takes no such file as ``out``."""
    rules = platforms().get(platform)
    if rules is None:
        raise CutRefused(f"there are no sticker rules of {platform!r}: choose one of {', '.join(platforms())}")
    if out.suffix.lower() != f".{rules['format']}":
        raise CutRefused(f"{platform} takes .{rules['format']}, not {out.suffix or 'nothing'!r}: name the file so")
    return replace(wish, side=rules["side"], most=rules["bytes"], square=True)


def make_sticker(video: Survey, wish: StickerWish, out: Path, watch: Watch) -> Sticker:
    """Write ``out`` (.gif or .webp). Raises ``CutRefused``; there is no file then, and an older one stays."""
    check_out(out, video.path, (".gif", ".webp"))
    _check(wish)
    steps = GIF_STEPS if out.suffix.lower() == ".gif" else WEBP_STEPS
    with written_whole(out) as part, tempfile.TemporaryDirectory(prefix="hitsmith-sticker-") as folder:
        shown = _pictures(video, wish, Part(watch, 0.0, 0.4))
        for number, (fps, quality) in enumerate(steps):
            watch.step(0.4 + 0.6 * number / len(steps), "encode")
            frames = _loop(shown, float(video.rate), wish, fps)
            if out.suffix.lower() == ".gif":
                _write_gif(frames, fps, quality, part, Path(folder) / "loop.mp4")
            else:
                _write_webp(frames, fps, quality, part)
            size = part.stat().st_size
            if not wish.most or size <= wish.most:
                height, width = frames[0].shape[:2]
                return Sticker(width, height, len(frames), float(fps), size)
        raise CutRefused(
            f"even at its plainest the sticker has {size // 1000} KB, more than {wish.most // 1000}: "
            "make it shorter or smaller"
        )


def _check(wish: StickerWish) -> None:
    if not LEAST_S <= wish.seconds <= MOST_S:
        raise CutRefused(f"a sticker lasts {LEAST_S:g} to {MOST_S:g} s, not {wish.seconds:g}")
    if not LEAST_SIDE <= wish.side <= MOST_SIDE:
        raise CutRefused(f"a sticker is {LEAST_SIDE} to {MOST_SIDE} pixels wide, not {wish.side}")


def _pictures(video: Survey, wish: StickerWish, watch: Watch) -> list[Pixels]:
    """Those of the clip that the loop may show, in the sticker's size."""
    needed = wish.seconds * (1 + FADE) if wish.fades else wish.seconds / 2
    count = min(video.frames, max(round(needed * float(video.rate)), 2))
    window: tuple[int, int, int] | None = None
    found = []
    for number, planes in enumerate(pictures(video.path, 0, count)):
        watch.step(number / count, "read")
        width, height = planes.shape[1], planes.shape[0] * 2 // 3
        rgb = _upright(to_rgb(Frame(width, height, planes.reshape(-1))), video.look.rotation)
        if wish.square and window is None:
            window = _window(rgb)
        found.append(_sized(rgb if window is None else _cropped(rgb, *window), wish.side))
    return found


def _upright(rgb: Pixels, rotation: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(rgb, rotation // 90))


def _window(rgb: Pixels) -> tuple[int, int, int]:
    """Left, top and side of the square that is shown: as much as fits, and more where the product would be cut off."""
    height, width = rgb.shape[:2]
    box = find_subject(np.ascontiguousarray(rgb[:, :, ::-1]))
    side, x, y = min(width, height), width / 2, height / 2
    if box is not None:
        x, y = box.centre[0] * width, box.centre[1] * height
        side = max(side, round(AIR * max(box.width * width, box.height * height)))
    return _placed(x, side, width), _placed(y, side, height), side


def _placed(middle: float, side: int, whole: int) -> int:
    """Where a span begins: about its middle but within the picture, or about the picture's middle if it is larger."""
    if side >= whole:
        return (whole - side) // 2
    return max(0, min(round(middle - side / 2), whole - side))


def _cropped(rgb: Pixels, left: int, top: int, side: int) -> Pixels:
    """Beyond the picture its edge is continued."""
    height, width = rgb.shape[:2]
    pads = max(-top, 0), max(top + side - height, 0), max(-left, 0), max(left + side - width, 0)
    if any(pads):
        rgb = cv2.copyMakeBorder(rgb, *pads, cv2.BORDER_REPLICATE)
        left, top = left + pads[2], top + pads[0]
    return rgb[top : top + side, left : left + side]


def _sized(rgb: Pixels, width: int) -> Pixels:
    even = 2 * round(width / 2)
    height = 2 * round(even * rgb.shape[0] / rgb.shape[1] / 2)
    how = cv2.INTER_AREA if even < rgb.shape[1] else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(rgb), (even, height), interpolation=how)


def _loop(shown: Sequence[Pixels], rate: float, wish: StickerWish, fps: Fraction) -> list[Pixels]:
    """There and back, slower where it turns; or forwards, with its end melting into its beginning."""
    count = max(round(wish.seconds * fps), 2)
    if not wish.fades:
        last = len(shown) - 1
        return [shown[round(last * (1 - math.cos(math.tau * number / count)) / 2)] for number in range(count)]
    return list(_faded(shown, rate / float(fps), count))


def _faded(shown: Sequence[Pixels], step: float, count: int) -> Iterator[Pixels]:
    length = min(count, int((len(shown) - 1) / step / (1 + FADE)))
    melting = max(round(length * FADE), 1)
    for number in range(length):
        here = shown[round((number + melting) * step)]
        into = number - (length - melting)
        if into < 0:
            yield here
        else:
            share = (into + 1) / (melting + 1)
            yield cv2.addWeighted(here, 1 - share, shown[round(into * step)], share, 0)


def _write_gif(frames: Sequence[Pixels], fps: Fraction, colours: int, out: Path, between: Path) -> None:
    """One palette for all frames, made of what is in them; ordered dither, which keeps still parts still and small."""
    height, width = frames[0].shape[:2]
    with PieceWriter(between, Look(width, height, (1, 1, 1, 1), 0), fps, 0, exact=True) as writer:
        for rgb in frames:
            writer.write(_i420(rgb))
    palette = (
        f"split[a][b];[a]palettegen=max_colors={colours}:stats_mode=full[p];"
        "[b][p]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle"
    )
    run([*source(between), "-filter_complex", palette, "-loop", "0", "-f", "gif", out], seconds=FFMPEG_S)


def _write_webp(frames: Sequence[Pixels], fps: Fraction, quality: int, out: Path) -> None:
    first, *others = [Image.fromarray(rgb) for rgb in frames]
    first.save(
        out,
        format="WEBP",
        save_all=True,
        append_images=others,
        duration=round(1000 / fps),
        loop=0,
        quality=quality,
        method=4,
    )


def _i420(rgb: Pixels) -> NDArray[Any]:
    """BT.709 in limited range: OpenCV's own conversion is that of BT.601."""
    height, width = rgb.shape[:2]
    luma = np.array([0.2126, 0.7152, 0.0722])
    weights = [219 / 255 * luma, 224 / 255 * (np.array([0, 0, 1]) - luma) / 1.8556]
    weights.append(224 / 255 * (np.array([1, 0, 0]) - luma) / 1.5748)
    offsets = np.array([[16], [128], [128]])
    ycc = cv2.transform(rgb.astype(np.float32), np.hstack([np.stack(weights), offsets]).astype(np.float32))
    half = cv2.resize(ycc[:, :, 1:], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    flat = np.concatenate([ycc[:, :, 0].reshape(-1), half[:, :, 0].reshape(-1), half[:, :, 1].reshape(-1)])
    return np.clip(np.rint(flat), 0, 255).astype(np.uint8).reshape(height * 3 // 2, width)
