"""How fast is spoken, how much of the time, and how long the pauses are."""

from collections.abc import Sequence
from itertools import pairwise

from templates_engine.analyse.voice import Span
from templates_engine.domain.analysis import Speech, TimedLine
from templates_engine.domain.pace import speech_ms

PAUSE_MS = 250  # a shorter gap is the space between words
UNDER_VOICE = 0.6  # of captions' time, spoken: they are what is said


def speech(lines: Sequence[TimedLine], voice: Sequence[Span] | None, duration_ms: int, lang: str) -> Speech | None:
    """From what is said and when; None where nobody speaks or nothing is known of it.

    ``lines``: the transcript or, without one, the captions; ``voice``: None where the sound could not be listened to.
    The rate is over the time in which there is voice within the lines or, without ``voice``, over their own length.
    """
    spans = [Span(line.start_ms, line.end_ms) for line in lines] if voice is None else list(voice)
    if not lines or not spans:
        return None
    within = sum(_common(spans, Span(line.start_ms, line.end_ms)) for line in lines)
    if within == 0:
        return None
    units = sum(_units(line.text, lang) for line in lines)
    share = min(sum(span.length_ms for span in spans) / duration_ms, 1.0)
    pauses = tuple(gap for before, after in pairwise(spans) if (gap := after.start_ms - before.end_ms) >= PAUSE_MS)
    return Speech(round(1000 * units / within, 2), round(share, 3), pauses)


def is_said(captions: Sequence[TimedLine], voice: Sequence[Span]) -> bool:
    """Whether captions stand while somebody speaks: then they tell what is said."""
    shown = sum(line.end_ms - line.start_ms for line in captions)
    return (
        shown > 0 and sum(_common(voice, Span(line.start_ms, line.end_ms)) for line in captions) >= UNDER_VOICE * shown
    )


def _units(text: str, lang: str) -> float:
    """Syllables (zh) or words (en) as they are read aloud, without breaths."""
    letters = "".join(mark if mark.isalnum() or mark in "'%¥$" else " " for mark in text)
    return speech_ms(" ".join(letters.split()), lang, 1.0) / 1000


def _common(spans: Sequence[Span], other: Span) -> int:
    return sum(max(0, min(span.end_ms, other.end_ms) - max(span.start_ms, other.start_ms)) for span in spans)
