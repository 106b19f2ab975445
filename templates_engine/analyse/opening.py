"""The first three seconds, which decide whether anybody stays."""

from collections.abc import Sequence

from templates_engine.analyse.watching import Watched
from templates_engine.domain.analysis import FIRST_SECONDS_MS, Opening, TimedLine
from templates_engine.domain.pace import speech_ms

SEEN = 0.2  # of the first seconds with the product in it


def opening(watched: Watched, told: Sequence[TimedLine], lang: str) -> Opening:
    """``told``: what is said or, where nothing is, what is written. A line that runs on counts with its part."""
    share = watched.product.share(0, FIRST_SECONDS_MS)
    return Opening(
        cuts=sum(border.at_ms < FIRST_SECONDS_MS for border in watched.borders),
        motion=watched.opening_motion,
        words=round(sum(_words(line, lang) for line in told)),
        product_seen=None if share is None else share >= SEEN,
    )


def _words(line: TimedLine, lang: str) -> float:
    """Characters (zh) or words (en) of the part that falls into the first seconds."""
    within = max(0, min(line.end_ms, FIRST_SECONDS_MS) - line.start_ms) / (line.end_ms - line.start_ms)
    letters = " ".join("".join(mark if mark.isalnum() else " " for mark in line.text).split())
    return within * speech_ms(letters, lang, 1.0) / 1000
