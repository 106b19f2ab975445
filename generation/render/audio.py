"""The sound of an ad: music, effects, voice as stems; the music under the voice; all of it at -14 LUFS."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generation.domain.timeline import OverlayKind, Timeline, Transition
from generation.domain.timeline_rules import starts
from generation.domain.voice import AS_RECORDED, VoiceLine
from generation.errors import MediaMissing
from generation.render import effects
from generation.render.audio_duck import ducked
from generation.render.audio_track import decoded, read_track
from generation.render.instruments import Mono
from generation.render.loudness import RATE, SILENT_LUFS, Samples, integrated_lufs, normalised
from generation.render.music import compose
from generation.render.music_mix import Stage
from generation.render.palette import caption_style
from generation.render.tempo import at_tempo

TARGET_LUFS = -14.0
PEAK_DB = -3.0  # AAC moves peaks by up to 1.2 dB on drums; the file must keep -1.5 dBTP
BED_LUFS = -16.0  # before the effects are added
VOICE_LUFS = -16.0
WHOOSH_LEVEL, HIT_LEVEL, SHINE_LEVEL, POP_LEVEL, TILL_LEVEL = 0.07, 0.16, 0.09, 0.035, 0.10
VOICE_EDGE_S = 0.008


@dataclass(frozen=True)
class Stems:
    """The parts of an ad's sound, each samples x 2 at 48 kHz and as long as the picture; None: there is no such part.

    ``music`` has stepped back under the voice already. Their sum is the ad's sound before it is brought to its loudness.
    """

    music: Samples | None
    effects: Samples | None
    voice: Samples | None

    @property
    def parts(self) -> dict[str, Samples]:
        found = {"music": self.music, "effects": self.effects, "voice": self.voice}
        return {name: sound for name, sound in found.items() if sound is not None}


def soundtrack(timeline: Timeline, files: Mapping[str, Path]) -> Samples | None:
    """samples x 2 at 48 kHz, exactly as long as the picture; None for an ad without music and voice.

    Raises ``MediaMissing`` or ``MediaBroken`` for a file that is not there or cannot be read.
    """
    parts = list(stems(timeline, files).parts.values())
    if not parts:
        return None
    mix = parts[0] + sum(parts[1:], np.zeros_like(parts[0]))
    return normalised(mix.astype(np.float32), TARGET_LUFS, PEAK_DB)


def heard_of(timeline: Timeline) -> Hashable:
    """All that the soundtrack is made of: timelines that differ in nothing else sound the same, whatever they show."""
    shots = tuple((shot.duration, shot.transition, shot.card is None) for shot in timeline.shots)
    overlays = tuple((over.kind, over.start, over.style) for over in timeline.overlays)
    return timeline.canvas.fps, shots, overlays, timeline.music, timeline.voice


def stems(timeline: Timeline, files: Mapping[str, Path]) -> Stems:
    """Each part of its own, for the mix and for an editor's desk. Raises like ``soundtrack``."""
    samples = timeline.duration * RATE // timeline.canvas.fps
    voice = None
    if timeline.voice is not None and timeline.voice.lines:
        voice = _at_loudness(_voice(timeline, samples, files), VOICE_LUFS)
    if timeline.music is None:
        return Stems(None, None, voice)
    music = _at_loudness(_bed(timeline, samples, files), BED_LUFS)
    if voice is not None:
        music = ducked(music, voice)
    return Stems(music, _effects(timeline, samples), voice)


def _at_loudness(sound: Samples, lufs: float) -> Samples:
    before = integrated_lufs(sound)
    gain = 10 ** ((lufs - before) / 20) if before > SILENT_LUFS + 10 else 1.0
    return (sound * np.float32(gain)).astype(np.float32)


def _bed(timeline: Timeline, samples: int, files: Mapping[str, Path]) -> Samples:
    music = timeline.music
    if music is None:
        raise ValueError("a timeline without music has no bed")
    if music.track_sha256:
        if music.track_sha256 not in files:
            raise MediaMissing("the music track is not at hand: upload it again")
        return read_track(files[music.track_sha256], samples / RATE)
    return compose(music.mood, music.bpm, music.seed, samples / RATE, card_start_s(timeline))


def card_start_s(timeline: Timeline) -> float | None:
    """When the end card comes up, in seconds; None without one."""
    last = timeline.shots[-1]
    return None if last.card is None else (timeline.duration - last.duration) / timeline.canvas.fps


def _voice(timeline: Timeline, samples: int, files: Mapping[str, Path]) -> Samples:
    out = np.zeros((samples, 2), np.float32)
    for line in timeline.voice.lines if timeline.voice else ():
        if line.sha256 not in files:
            raise MediaMissing(f"the spoken line {line.text[:20]!r} is not at hand: record or make it again")
        start = line.start * RATE // timeline.canvas.fps
        sound = _line(line, files[line.sha256], timeline.canvas.fps)
        part = out[start : start + len(sound)]
        part += sound[: len(part)]
    return out


def _line(line: VoiceLine, path: Path, fps: int) -> Samples:
    """One line at its tempo, in the middle, from silence to silence, never longer than its frames."""
    spoken = decoded(path).mean(axis=1)
    if line.tempo != AS_RECORDED:
        spoken = at_tempo(spoken, line.tempo / 100)
    spoken = spoken[: line.frames * RATE // fps].astype(np.float32)
    edge = min(round(VOICE_EDGE_S * RATE), len(spoken))
    spoken[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)
    spoken[len(spoken) - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
    return np.repeat(spoken[:, None], 2, axis=1)


def _effects(timeline: Timeline, samples: int) -> Samples:
    """Quiet sounds whose loudest point lies on the cut, and on captions and prices that come up."""
    stage, fps = Stage(samples), timeline.canvas.fps
    cuts = list(zip(timeline.shots, starts(timeline.shots), strict=True))[1:]
    for number, (shot, at) in enumerate(cuts):
        if shot.card is None:
            _cut_sound(stage, timeline.shots[number].transition, at / fps, number)
    for overlay in timeline.overlays:
        if overlay.kind is OverlayKind.PRICE_TAG:
            stage.play(effects.till(0.5), overlay.start / fps, TILL_LEVEL)
        elif overlay.kind is OverlayKind.CAPTION and caption_style(overlay.style).sound == "pop":
            stage.play(effects.pop(0.12), overlay.start / fps, POP_LEVEL)
    return stage.dry + stage.wet


def _cut_sound(stage: Stage, transition: Transition, at: float, number: int) -> None:
    """A dissolve is silent; a kind that has no sound of its own passes like a cut."""
    pan = 0.3 if number % 2 else -0.3
    sounds: dict[Transition, tuple[Mono, float, float] | None] = {
        Transition.DISSOLVE: None,
        Transition.WHIP: (effects.whip(0.34, 41), 0.21, WHOOSH_LEVEL),
        Transition.PUSH: (effects.whip(0.34, 42), 0.21, WHOOSH_LEVEL),
        Transition.ZOOM: (effects.hit(0.5), 0.0, HIT_LEVEL),
        Transition.LIGHT_LEAK: (effects.shine(0.7), 0.35, SHINE_LEVEL),
        Transition.MATCH_CUT: (effects.shine(0.5), 0.25, SHINE_LEVEL),
    }
    sound = sounds.get(transition, (effects.whoosh(0.36, 21), 0.18, WHOOSH_LEVEL))
    if sound is not None:
        tone, ahead, level = sound
        stage.play(tone, at - ahead, level, pan=pan)
