"""What the page of a script shows: each beat with its lines, its shots, its time and what the guards say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creative import previews
from creative.models import Ad
from creative.previews import StoryboardFrame
from creative.script_checks import BeatCheck, Editing, ScriptCheck
from creative.web.script_words import CATEGORIES, FITS, VERDICTS, fact_word
from creative.web.words import Word
from templates_engine.domain.ad_rules import Verdict
from templates_engine.domain.claims import Finding
from templates_engine.domain.retelling import BeatWords, Fit
from templates_engine.domain.retelling import typed as typed_line
from templates_engine.domain.script import Script
from templates_engine.domain.script_json import script_from_dict

Typed = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Objection:
    """A finding in words; ``bad`` where nothing but leaving it out helps."""

    finding: Finding
    verdict: Word
    category: Word
    bad: bool

    @property
    def words(self) -> str:
        return "、".join(self.finding.words)


@dataclass(frozen=True)
class Source:
    """A number or fact of a line and where it comes from; no ``fact`` for one that nothing states."""

    word: str
    kind: str
    fact: str


@dataclass(frozen=True)
class Row:
    """One beat of the editor. ``voice`` and ``caption`` as typed; ``theirs`` what somebody else saved meanwhile;
    ``fallback`` the drafted line, where a line is objected to that can not be mended by leaving something out.

    ``need`` and ``has``: the bars of the line's time and of its beat's, per cent of the longer.
    """

    check: BeatCheck
    voice: str
    caption: str
    frames: tuple[StoryboardFrame, ...]
    saved: BeatWords
    fallback: str = ""
    theirs: BeatWords | None = None
    others: tuple[BeatWords, ...] | None = None
    replaced: bool = False

    @property
    def number(self) -> int:
        return self.check.place + 1

    @property
    def shown(self) -> tuple[str, ...]:
        """The phrases of the caption where it follows the spoken line; () where it was typed."""
        return () if self.caption.strip() else tuple(filter(None, self.check.words.caption.split("|")))

    @property
    def stale(self) -> bool:
        """The spoken line was changed and its own caption still says what it said before."""
        words = self.check.words
        return not self.shown and words.caption == self.saved.caption and words.voice != self.saved.voice

    @property
    def need(self) -> int:
        time = self.check.time
        return round(100 * time.need_ms / max(time.need_ms, time.beat_ms))

    @property
    def has(self) -> int:
        time = self.check.time
        return round(100 * time.beat_ms / max(time.need_ms, time.beat_ms))

    @property
    def fit(self) -> Word:
        return FITS[self.check.time.fit]

    @property
    def verdict(self) -> Word:
        return VERDICTS[self.check.verdict]

    @property
    def objections(self) -> tuple[Objection, ...]:
        return tuple(
            Objection(found, VERDICTS[found.verdict], CATEGORIES[found.category], found.verdict is Verdict.BLOCK)
            for found in self.check.findings
        )

    @property
    def numbers(self) -> tuple[Source, ...]:
        """Each number with the fact that states it, each fact once."""
        return tuple(
            Source(one.number, fact_word(one.path) if one.path else "", one.fact) for one in self.check.numbers
        )

    @property
    def facts(self) -> tuple[Source, ...]:
        told = {one.path for one in self.check.numbers}
        return tuple(Source("", fact_word(one.path), one.text) for one in self.check.facts if one.path not in told)


@dataclass(frozen=True)
class Summary:
    """The whole script in one line: how long, and how much of it stands in the way of saving."""

    check: ScriptCheck
    bad: tuple[int, ...]  # numbers of beats that may not be said or do not fit
    short: tuple[int, ...]
    changed: int

    @property
    def most_ms(self) -> int:
        return self.check.total_ms - self.check.over_ms if self.check.over_ms else self.check.total_ms


def rows_of(
    desk: Editing,
    found: ScriptCheck,
    typed: Typed,
    *,
    theirs: Script | None = None,
    others: Mapping[int, tuple[BeatWords, ...]] | None = None,
    replaced: frozenset[int] = frozenset(),
) -> list[Row]:
    """``theirs``: the saved script to compare with after a conflict; ``others``: wordings by beat; ``replaced``: beats
    whose text areas are to be filled anew.
    """
    shots = frames_of(desk.ad, script_from_dict(desk.ad.script))  # with the times of its voice
    rows = []
    for beat, (voice, caption) in zip(found.beats, typed, strict=True):
        now = desk.now.beats[beat.place]
        saved = theirs.beats[beat.place] if theirs is not None else None
        differs = saved is not None and beat.words != BeatWords(saved.voice, saved.caption)
        rows.append(
            Row(
                check=beat,
                voice=voice,
                caption=caption,
                frames=shots[beat.place],
                saved=BeatWords(now.voice, now.caption),
                fallback=_fallback(desk, beat),
                theirs=BeatWords(saved.voice, as_rows(saved.caption)) if saved is not None and differs else None,
                others=(others or {}).get(beat.place),
                replaced=beat.place in replaced,
            )
        )
    return rows


def _fallback(desk: Editing, beat: BeatCheck) -> str:
    drafted = desk.drafted.beats[beat.place].voice
    stuck = beat.findings and not (beat.voice.mended or beat.caption.mended)
    return drafted if stuck and drafted != beat.words.voice and desk.judged(drafted).ok else ""


def summary_of(desk: Editing, found: ScriptCheck) -> Summary:
    now = desk.now.beats
    changed = sum(beat.words != BeatWords(now[beat.place].voice, now[beat.place].caption) for beat in found.beats)
    short = tuple(beat.place + 1 for beat in found.beats if beat.time.fit is Fit.SHORT and beat.ok)
    return Summary(found, tuple(beat.place + 1 for beat in found.beats if not beat.ok), short, changed)


def frames_of(ad: Ad, script: Script) -> tuple[tuple[StoryboardFrame, ...], ...]:
    """The shots of each beat, by the middle of the shot."""
    frames = previews.storyboard(ad)
    last = len(script.beats) - 1
    ends = [beat.end_ms for beat in script.beats]
    places = [
        next((place for place, end in enumerate(ends) if (frame.start_ms + frame.end_ms) // 2 < end), last)
        for frame in frames
    ]
    return tuple(
        tuple(frame for frame, at in zip(frames, places, strict=True) if at == place) for place in range(last + 1)
    )


def as_rows(caption: str) -> str:
    """A caption as it is typed: a line for each phrase."""
    return caption.replace("|", "\n")


def typed_of(script: Script) -> list[tuple[str, str]]:
    """A script as it stands in the text areas; a caption that only repeats its line is empty, and so follows it."""
    return [
        (beat.voice, "" if beat.caption == typed_line(beat.voice, "", script.lang).caption else as_rows(beat.caption))
        for beat in script.beats
    ]
