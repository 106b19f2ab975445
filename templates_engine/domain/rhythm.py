"""How fast the members speak and what their music beats, where that was measured."""

from collections.abc import Sequence
from statistics import median

from templates_engine.domain.analysis import LineSource, VideoAnalysis
from templates_engine.domain.pace import PAUSE_MS, phrases, speech_ms
from templates_engine.domain.spreads import spread
from templates_engine.domain.template import Music, Pace

# No person speaks slower or faster: beyond, the lines' times are wrong.
SPOKEN = {"zh": (3.2, 7.0), "en": (1.8, 4.5)}
# Lines that were taken down from speech tell the pace; how long a caption stands does not.
HEARD = frozenset({LineSource.TRANSCRIPT, LineSource.SPEECH})


def pace(videos: Sequence[VideoAnalysis], usual: Pace) -> Pace:
    """The members' rates; ``usual`` where none is known."""
    rates = [rate for video in videos if (rate := _rate(video)) is not None]
    if not rates:
        return usual
    low, high = SPOKEN[videos[0].lang]
    found = spread([min(high, max(low, rate)) for rate in rates], digits=2)
    return Pace(usual.unit, found.p10, found.p50, found.p90)


def music(videos: Sequence[VideoAnalysis], usual: Music) -> Music:
    """The members' tempo; its mood can not be heard, so it is that of ``usual``."""
    tempos = [video.tempo for video in videos if video.tempo is not None]
    if not tempos:
        return usual
    return Music(
        usual.mood, round(median(one.bpm for one in tempos)), round(median(one.cut_on_beat for one in tempos), 2)
    )


def _rate(video: VideoAnalysis) -> float | None:
    """Characters or words a second: as measured in the sound, else from the times of the spoken lines."""
    if video.speech is not None and video.speech.rate > 0:
        return video.speech.rate
    heard = [line for line in video.lines if line.source in HEARD]
    pauses = sum(PAUSE_MS[video.lang] * (len(phrases(line.text)) - 1) for line in heard if line.text.strip())
    units = (sum(speech_ms(line.text, video.lang, 1.0) for line in heard) - pauses) / 1000
    spoken = sum(line.end_ms - line.start_ms for line in heard) / 1000
    return units / spoken if units > 0 and spoken > 0 else None
