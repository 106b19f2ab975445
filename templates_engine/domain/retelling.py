"""A script told again with other lines: the same beats and pictures, the time shared out anew by what the lines need.

The shares are those of the script as it was drafted, so a script that nobody changed is told again exactly as it stands.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from math import ceil, floor

from templates_engine.domain import wording
from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.casting import TOLERANCE
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.lines import BREATH_MS, SHORTEST_BEAT_MS, SHORTEST_CTA_MS
from templates_engine.domain.pace import reading_ms, speech_ms
from templates_engine.domain.script import Script, ScriptBeat, ScriptShot
from templates_engine.domain.slots import Pools
from templates_engine.domain.timing import LONGEST_SHOT_MS, SHORTEST_SHOT_MS, share_out
from templates_engine.domain.tracing import traces

LONGEST_LINE = 200  # characters of a spoken line or a caption; nobody says more in one beat
SPARE = 0.5  # a line that needs less than this share of its beat leaves the viewer waiting
_GRAMMAR = re.compile(r"[{}\[\]<>【】]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"})
_KEPT = "℃℉°"


class Fit(StrEnum):
    """How a line stands to the time of its beat."""

    SHORT = "short"
    FITS = "fits"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class BeatWords:
    """What is said in one beat and what is written; phrases of the caption are parted by ``|``."""

    voice: str
    caption: str


@dataclass(frozen=True)
class BeatTime:
    """``need_ms``: to say and read the line; ``beat_ms``: what its beat has once the time is shared out."""

    need_ms: int
    beat_ms: int
    fit: Fit


@dataclass(frozen=True)
class Timing:
    """``over_ms``: by how much all lines together are too long for the ad; 0 where they fit."""

    beats: tuple[BeatTime, ...]
    over_ms: int


def words_of(script: Script) -> tuple[BeatWords, ...]:
    return tuple(BeatWords(beat.voice, beat.caption) for beat in script.beats)


def typed(voice: str, caption: str, lang: str) -> BeatWords:
    """What somebody typed as it can be said and shown. New lines part the phrases of a caption; an empty one follows
    the spoken line. Emoji, brackets of our grammar and what cannot be seen are left out.
    """
    said = " ".join(_plain(voice).replace("|", " ").split())[:LONGEST_LINE].strip()
    shown = _phrases(_plain(caption.replace("\r", "\n")))
    return BeatWords(said, shown or _phrases(wording.caption(said, lang)))


def _phrases(text: str) -> str:
    """The rows of a caption with ``|`` between them, none of them empty."""
    rows = (" ".join(row.split()) for row in re.split(r"[|\n]", text))
    return "|".join(row for row in rows if row)[:LONGEST_LINE].strip("| ")


def _plain(text: str) -> str:
    kept = (
        mark if mark == "\n" or mark in _KEPT or unicodedata.category(mark) not in _UNSEEN else " " for mark in text
    )
    return _GRAMMAR.sub(" ", "".join(kept))


def need_ms(role: Role, words: BeatWords, lang: str, rate: float) -> int:
    """The least time to say and to read a line, as the filler of templates counts it (``lines``)."""
    shortest = SHORTEST_CTA_MS if role is Role.CTA else SHORTEST_BEAT_MS
    spoken = speech_ms(words.voice, lang, rate)
    return max(shortest, BREATH_MS + max(spoken, reading_ms(words.caption, lang)))


def timing(drafted: Script, words: Sequence[BeatWords], rate: float) -> Timing:
    """How ``words`` fill the ad: each beat its drafted share, but never less than its line needs.

    Where all of it is more than the ad may last (5 % over its target), the lines above their share are too long.
    """
    needs = [need_ms(beat.role, said, drafted.lang, rate) for beat, said in zip(drafted.beats, words, strict=True)]
    shares = [float(beat.end_ms - beat.start_ms) for beat in drafted.beats]
    longest = max(round(drafted.target_ms * (1 + TOLERANCE)), drafted.duration_ms)
    over = max(0, sum(needs) - longest)
    if over:
        # Each is weighed against what it would have if all others stayed within theirs.
        lengths = [max(1, round(longest * share / sum(shares))) for share in shares]
    else:
        lengths = share_out(needs, shares, max(drafted.duration_ms, sum(needs)))
    return Timing(tuple(_beat_time(need, length) for need, length in zip(needs, lengths, strict=True)), over)


def _beat_time(need: int, length: int) -> BeatTime:
    fit = Fit.TOO_LONG if need > length else Fit.SHORT if need < SPARE * length else Fit.FITS
    return BeatTime(need, length, fit)


def retold(
    drafted: Script, now: Script, words: Sequence[BeatWords], rate: float, pools: Pools, facts: ProductFacts
) -> Script:
    """``now`` with other ``words``. Raises ValueError where they do not fit (``timing`` says which).

    A beat keeps its shots; where its time no longer carries as many, the last go, or the first come again.
    """
    times = timing(drafted, words, rate)
    if times.over_ms:
        raise ValueError(f"the lines need {times.over_ms} ms more than the ad has")
    told: list[ScriptBeat] = []
    start = 0
    for before, beat, said, time in zip(drafted.beats, now.beats, words, times.beats, strict=True):
        end = start + time.beat_ms
        shots = _retiled(before.shots, start, end)
        known = next((one for one in (beat, before) if said == BeatWords(one.voice, one.caption)), None)
        paths = known.facts if known is not None else facts_in(said, pools, facts)
        told.append(
            replace(beat, start_ms=start, end_ms=end, voice=said.voice, caption=said.caption, shots=shots, facts=paths)
        )
        start = end
    return replace(now, beats=tuple(told))


def facts_in(words: BeatWords, pools: Pools, facts: ProductFacts) -> tuple[str, ...]:
    """Paths of the facts that a line repeats, then of those that state its numbers."""
    voice, shown = words.voice.lower(), words.caption.replace("|", "").lower()
    repeated = (
        filler.path
        for filler in pools.fillers
        if filler.voice.lower() in voice or (filler.caption and filler.caption.lower() in shown)
    )
    counted = (trace.path for text in (words.voice, words.caption) for trace in traces(text, facts) if trace.path)
    return tuple(dict.fromkeys((*repeated, *counted)))


def _retiled(shots: Sequence[ScriptShot], start: int, end: int) -> tuple[ScriptShot, ...]:
    """The shots of a beat over its new time, in the manner of ``timing.shots_of``."""
    length = end - start
    fewest = max(1, ceil(length / LONGEST_SHOT_MS))
    count = min(max(len(shots), fewest), max(fewest, floor(length / SHORTEST_SHOT_MS)))
    cuts = [start + round(length * place / count) for place in range(count + 1)]
    looks: list[tuple[Camera, Framing]] = [(shot.camera, shot.framing) for shot in shots]
    return tuple(
        ScriptShot(first, last, *looks[place % len(looks)]) for place, (first, last) in enumerate(pairwise(cuts))
    )
