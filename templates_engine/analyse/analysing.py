"""One hit video, measured: the verb that pages, tasks and commands call.

The picture is decoded once, for all detectors; the sound once for each rate. No file is written but the strip and the pictures.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from templates_engine.analyse import asr, caption_lines, footage, tempo, voice
from templates_engine.analyse.errors import VideoRefused
from templates_engine.analyse.footage import Footage, Picture
from templates_engine.analyse.ocr import Reader
from templates_engine.analyse.opening import opening
from templates_engine.analyse.shots import Cutter
from templates_engine.analyse.speech import is_said, speech
from templates_engine.analyse.strip import write_pictures, write_strip
from templates_engine.analyse.watching import Watched, watch
from templates_engine.domain.analysis import SCHEMA, Observation, Speech, TimedLine, VideoAnalysis

Progress = Callable[
    [str, float], None
]  # what is being done, and how much of the whole is done (0..1); may raise to stop
HAN = 0.2  # share of Chinese letters from which on lines are Chinese
PICTURE = 0.85  # share of the time that the picture takes


@dataclass
class Spent:
    """Seconds of wall time by part, for whoever wants to know."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.parts[part] = self.parts.get(part, 0.0) + time.perf_counter() - begun


@dataclass(frozen=True)
class Known:
    """What comes with a video. ``lang`` "" is told from the lines; ``photos`` of the product, BGR."""

    video_id: str
    lang: str = ""
    category: str = ""
    platform: str = ""
    campaign: str = ""
    lines: tuple[TimedLine, ...] = ()
    metrics: tuple[Observation, ...] = ()
    photos: Sequence[Picture] = ()


@dataclass(frozen=True)
class Tools:
    """Detectors to use. ``captions`` None reads none; ``speech`` None recognises none."""

    cutter: Callable[[], Cutter]
    captions: Reader | None = None
    speech: asr.Recogniser | None = None


def analyse(
    path: Path,
    known: Known,
    tools: Tools,
    *,
    progress: Progress | None = None,
    spent: Spent | None = None,
    strip: Path | None = None,
    pictures: Path | None = None,
) -> VideoAnalysis:
    """Measures ``path``. Raises VideoRefused or ToolMissing; what ``progress`` raises stops it, and nothing is written.

    ``strip`` is where a PNG with one picture per shot is written, ``pictures`` a folder that gets one small JPEG per shot.
    """
    tell, spent = progress or (lambda _, __: None), spent or Spent()
    tell("打开 opening", 0.0)
    with footage.opened(path) as film:
        watched = watch(
            film, tools.cutter, tools.captions, known.photos, lambda done: tell("画面 picture", PICTURE * done), spent
        )
        tell("声音 sound", PICTURE)
        heard = _listen(film, known, tools, watched, spent)
    analysis = _put_together(known, film, watched, heard)
    if strip is not None:
        tell("画面条 strip", 0.98)
        write_strip(strip, analysis, watched.thumbs)
    if pictures is not None:
        write_pictures(pictures, analysis, watched.thumbs)
    tell("完成 done", 1.0)
    return analysis


@dataclass(frozen=True)
class _Heard:
    lines: tuple[TimedLine, ...]
    voice: tuple[voice.Span, ...] | None
    tempo: "tempo.Tempo | None"
    tools: tuple[tuple[str, str], ...]


def _listen(film: Footage, known: Known, tools: Tools, watched: Watched, spent: Spent) -> _Heard:
    with spent.on("tempo"):
        music = film.sound(tempo.RATE)
        found = None if music is None else tempo.tempo(music, [border.at_ms for border in watched.borders])
    names = [] if music is None else [("tempo", "own beats 1")]
    if music is None:
        return _Heard(known.lines, None, None, ())
    sound = film.sound(voice.RATE)
    spans: tuple[voice.Span, ...] | None = None
    if sound is not None and voice.name():
        with spent.on("voice"):
            spans = voice.spoken(sound)
        names.append(("voice", voice.name()))
    lines = known.lines
    if not lines and sound is not None and tools.speech is not None:
        with spent.on("speech"):
            lines = _until(tools.speech.recognise(sound, known.lang or "zh"), watched.duration_ms)
        names.append(("speech", tools.speech.name))
    return _Heard(lines, spans, found, tuple(names))


def _put_together(known: Known, film: Footage, watched: Watched, heard: _Heard) -> VideoAnalysis:
    lines = _until(heard.lines, watched.duration_ms)
    lang = known.lang or language([*lines, *caption_lines.timed(watched.lines)])
    shown = caption_lines.captions(watched.lines, watched.duration_ms, lang)
    captions = _until(caption_lines.timed(shown), watched.duration_ms)
    return VideoAnalysis(
        video_id=known.video_id,
        schema=SCHEMA,
        lang=lang,
        category=known.category,
        platform=known.platform,
        campaign=known.campaign,
        duration_ms=watched.duration_ms,
        width=film.width,
        height=film.height,
        fps=round(film.fps, 3),
        shots=watched.shots,
        lines=lines,
        captions=captions,
        caption_look=caption_lines.look(shown),
        speech=_speech(lines, captions, heard, watched.duration_ms, lang),
        tempo=heard.tempo,
        opening=opening(watched, lines or captions, lang),
        metrics=known.metrics,
        tools=tuple(sorted((*watched.tools, *heard.tools))),
    )


def _speech(
    lines: tuple[TimedLine, ...], captions: tuple[TimedLine, ...], heard: _Heard, duration_ms: int, lang: str
) -> Speech | None:
    """Without a transcript, captions that stand while somebody speaks are taken for what is said."""
    said = lines or (captions if heard.voice and is_said(captions, heard.voice) else ())
    return speech(said, heard.voice, duration_ms, lang)


def language(lines: Sequence[TimedLine]) -> str:
    """zh or en, by the letters; zh where there are none."""
    letters = [letter for line in lines for letter in line.text if letter.isalpha()]
    han = sum("\u3400" <= letter <= "\u9fff" for letter in letters)
    return "zh" if not letters or han >= HAN * len(letters) else "en"


def _until(lines: tuple[TimedLine, ...], end_ms: int) -> tuple[TimedLine, ...]:
    """Lines within the video. Raises VideoRefused where none is: then they are another video's."""
    kept = tuple(line for line in lines if line.start_ms < end_ms)
    if lines and not kept:
        raise VideoRefused(f"the transcript begins after the video ends ({end_ms / 1000:.1f} s): it is another video's")
    return kept
