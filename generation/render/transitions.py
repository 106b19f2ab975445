"""Transitions in the encoder's own planes: shifted, warped, blurred and mixed without a colour conversion."""

from functools import lru_cache

import cv2
import numpy as np

from generation.domain.layout import even
from generation.domain.timeline import Canvas, Transition
from generation.domain.transitions import Aim, Step, step
from generation.render.yuv import RGBA, Bytes, Frame, Layer, blit, layer, mix

LEAK_COLOURS = ((1.0, 0.93, 0.72), (1.0, 0.66, 0.22), (0.93, 0.26, 0.08))  # from the glare's heart outwards
LEAK_STOPS = (0.0, 0.34, 1.0)  # of the way to its edge
LEAK_REACH, LEAK_WIDTH = 0.8, 1.9  # widths; the drawn sheet is wide enough for its soft edge
LEAK_STRENGTH = 0.92
SMEARS = (0.4, 0.2, -0.2, -0.4)  # with the picture itself, five moments while the shutter is open


def joined(
    kind: Transition,
    index: int,
    frames: int,
    before: Frame | None,
    after: Frame | None,
    aims: tuple[Aim, Aim] | None = None,
) -> Frame:
    """Frame ``index`` of a transition. A kind without handles gets only the side that shows. May change its inputs."""
    now = step(kind, index, frames)
    if before is None or after is None:
        return _one_sided(kind, now, before, after, aims)
    if kind is Transition.PUSH:
        return blurred(beside(before, after, now.shift), now.blur)
    if kind is Transition.ZOOM:
        before = _zoomed(before, now.scale_before, now.smear) if now.share < 1 else before
        after = _zoomed(after, now.scale_after, now.smear) if now.share > 0 else after
    mix(before, after, now.share)
    if now.light > 0:
        _glare(before, now)
    return before


def _one_sided(
    kind: Transition, now: Step, before: Frame | None, after: Frame | None, aims: tuple[Aim, Aim] | None
) -> Frame:
    picture = before if before is not None else after
    if picture is None:
        raise ValueError("a transition needs a picture on one side at least")
    if kind is Transition.WHIP:
        return turned(picture, now.shift, now.blur)
    if kind is Transition.MATCH_CUT and aims is not None:
        aim = aims[0] if before is not None else aims[1]
        return warped(picture, *aim.at(now.meeting))
    return picture


def beside(before: Frame, after: Frame, share: float) -> Frame:
    """``after`` pushes ``before`` out to the left; ``share`` of the width shows it."""
    x = even(share * before.width)
    out = Frame(before.width, before.height)
    for target, left, right, cut in _planes(out, before, after, x):
        target[:, : target.shape[1] - cut] = left[:, cut:]
        target[:, target.shape[1] - cut :] = right[:, :cut]
    return out


def turned(picture: Frame, shift: float, blur: float) -> Frame:
    """The view turned to the right by ``shift`` widths (-1..1), with mirrored copies beside it, and blurred along.

    What lies beyond the border is blurred in as well: else things would stop smearing where they leave the picture.
    """
    x, length = even(shift * picture.width), round(blur * picture.width)
    out = Frame(picture.width, picture.height)
    for target, source, part in zip(planes(out), planes(picture), (1, 2, 2), strict=True):
        width, reach = source.shape[1], (length // part | 1) // 2 if length > 1 else 0
        # A picture and its mirror image, for ever.
        columns = (np.arange(-reach, width + reach) + x // part) % (2 * width)
        seen = np.take(source, np.where(columns < width, columns, 2 * width - 1 - columns), axis=1)
        target[:] = cv2.blur(seen, (2 * reach + 1, 1))[:, reach : reach + width] if reach else seen
    return out


def blurred(picture: Frame, blur: float) -> Frame:
    """Along its rows, over ``blur`` widths, in place."""
    length = round(blur * picture.width)
    if length > 1:
        for plane, part in zip(planes(picture), (1, 2, 2), strict=True):
            cv2.blur(plane, (length // part | 1, 1), dst=plane, borderType=cv2.BORDER_REPLICATE)
    return picture


def warped(picture: Frame, scale: float, x: float, y: float) -> Frame:
    """A point p of the picture comes to lie at scale * p + (x, y); beyond its border it is mirrored."""
    out = Frame(picture.width, picture.height)
    for target, source, part in zip(planes(out), planes(picture), (1.0, 0.5, 0.5), strict=True):
        rest = (scale - 1) / 2  # points are counted from corners, samples lie in their middles
        matrix = np.array([[scale, 0, x * part + rest], [0, scale, y * part + rest]])
        size = (target.shape[1], target.shape[0])
        cv2.warpAffine(source, matrix, size, dst=target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out


def planes(picture: Frame) -> tuple[Bytes, Bytes, Bytes]:
    """Luma, blue difference, red difference; views into the picture."""
    return picture.luma, picture.chroma[0], picture.chroma[1]


def _zoomed(picture: Frame, scale: float, smear: float) -> Frame:
    out = _about_middle(picture, scale)
    if smear > 1.002:
        for number, by in enumerate(SMEARS, 2):
            mix(out, _about_middle(picture, scale * smear**by), 1 / number)
    return out


def _about_middle(picture: Frame, scale: float) -> Frame:
    return warped(picture, scale, (1 - scale) * picture.width / 2, (1 - scale) * picture.height / 2)


def _planes(out: Frame, first: Frame, second: Frame, x: int) -> list[tuple[Bytes, Bytes, Bytes, int]]:
    return list(zip(planes(out), planes(first), planes(second), (x, x // 2, x // 2), strict=True))


def _glare(picture: Frame, now: Step) -> None:
    sheet = _leak(Canvas(picture.width, picture.height))
    x = even(now.light_at * picture.width - sheet.width / 2)
    blit(picture, sheet, x, 0, LEAK_STRENGTH * now.light)


@lru_cache(maxsize=8)
def _leak(canvas: Canvas) -> Layer:
    return layer(leak_sheet(canvas))


def leak_sheet(canvas: Canvas) -> RGBA:
    """A slanting glare: almost white in its heart, amber and red towards its edges."""
    width, height = even(LEAK_WIDTH * canvas.width), canvas.height
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    slant = (rows / height - 0.5) * 0.36
    away = np.abs((columns + 0.5) / canvas.width - LEAK_WIDTH / 2 + slant) / LEAK_REACH
    bent = np.clip(away + 0.10 * np.sin(rows / height * 5.2 + 0.8), 0, 1)
    alpha = np.clip(np.cos(bent * np.pi / 2), 0, 1) ** 1.5
    colour = np.stack([np.interp(bent, LEAK_STOPS, [stop[band] for stop in LEAK_COLOURS]) for band in range(3)], axis=2)
    sheet: RGBA = np.dstack([colour * alpha[:, :, None], alpha]).astype(np.float32)
    return sheet
