"""The report of ``showcase_photos.py``: a table of Markdown, and pictures to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.showcase_measure import Shown

Picture = Any
MEDIAN_BAR, P95_BAR, TEXT_BAR = 0.7, 2.0, 0.98
DEPTH_MOVES = ("truck_left", "truck_right", "orbit", "orbit_left", "orbit_right")
CLEARLY = 8.0  # pixels by which product and background move differently
WORST = 10


def markdown(shown: list[Shown]) -> str:
    rows = [
        "| move | clips | of them flat | median px | p95 px | clips over the bars | product against background px | text |",
        "|---|---|---|---|---|---|---|---|",
    ]
    moves = sorted({clip.move for clip in shown})
    for move in [*moves, "all"]:
        clips = [clip for clip in shown if move in ("all", clip.move)]
        residuals = [value for clip in clips for value in clip.found.residuals]
        text = [value for clip in clips for value in clip.found.text]
        apart = [clip.found.apart for clip in clips if clip.found.apart is not None and not clip.flat]
        over = sum(_over(clip) for clip in clips)
        rows.append(
            f"| {move} | {len(clips)} | {sum(clip.flat for clip in clips)} | {_number(residuals, 50)} | "
            f"{_number(residuals, 95)} | {over} | {_number(apart, 50, 1)} | "
            f"{f'{sum(v >= TEXT_BAR for v in text)} of {len(text)} frames' if text else '-'} |"
        )
    deep = [clip for clip in shown if clip.move in DEPTH_MOVES and not clip.flat and clip.found.apart is not None]
    clear = sum((clip.found.apart or 0) >= CLEARLY for clip in deep)
    far = sum((clip.found.far_apart or 0) >= CLEARLY for clip in deep)
    notes = [
        "",
        f"Bars: median {MEDIAN_BAR} px, p95 {P95_BAR} px at 1080x1920; text {TEXT_BAR}. In {clear} of {len(deep)} trucks and "
        f"orbits with a known product, product and background differ by {CLEARLY:g} px or more; in {far} the farther quarter "
        "of the background does (a table that the product stands on goes along with it).",
        f"Not measured (fewer than a dozen points): {sum(not clip.found.residuals for clip in shown)} clips. "
        f"Largest share of dead blocks: {max((clip.found.holes for clip in shown), default=0):.4f}.",
        "",
        "The worst ten:",
        "",
        *(
            f"* {clip.photo}, {clip.move}: median {clip.found.median or 0:.2f}, p95 {clip.found.p95 or 0:.2f} px"
            for clip in worst(shown)
        ),
    ]
    return "\n".join([*rows, *notes]) + "\n"


def worst(shown: list[Shown]) -> list[Shown]:
    return sorted(shown, key=lambda clip: -max((clip.found.median or 0) / MEDIAN_BAR, (clip.found.p95 or 0) / P95_BAR))[
        :WORST
    ]


def sheets(shown: list[Shown], out: Path) -> None:
    """A contact sheet per move, all moves against ``still``, and the worst ten with all their samples."""
    for move in sorted({clip.move for clip in shown}):
        clips = [clip for clip in shown if clip.move == move]
        _write(out / f"sheet_{move}.jpg", [_strip(clip, [0, 2, 5, 7], clip.photo[:22]) for clip in clips], columns=3)
    pairs = [clip for clip in shown if clip.still]
    compared = [
        np.hstack([_strip(clip, [0, 7], f"{clip.photo[:14]} {clip.move}"), *clip.still[:2]])
        for clip in pairs[:: max(len(pairs) // 48, 1)]
    ]
    _write(out / "against_still.jpg", compared, columns=3)
    _write(
        out / "worst.jpg",
        [_strip(clip, range(len(clip.frames)), f"{clip.photo[:22]} {clip.move}") for clip in worst(shown)],
        columns=1,
    )


def _over(clip: Shown) -> bool:
    return (clip.found.median or 0) > MEDIAN_BAR or (clip.found.p95 or 0) > P95_BAR


def _number(values: list[float], percentile: int, digits: int = 2) -> str:
    return f"{np.percentile(values, percentile):.{digits}f}" if values else "-"


def _strip(clip: Shown, indices: Iterable[int], title: str) -> Picture:
    strip = np.hstack([clip.frames[index] for index in indices])
    cv2.putText(strip, title, (4, strip.shape[0] - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 2, cv2.LINE_AA)
    cv2.putText(strip, title, (4, strip.shape[0] - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return strip


def _write(path: Path, strips: list[Picture], columns: int) -> None:
    if not strips:
        return
    blank = np.zeros_like(strips[0])
    strips = strips + [blank] * (-len(strips) % columns)
    rows = [np.hstack(strips[k : k + columns]) for k in range(0, len(strips), columns)]
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 82])
