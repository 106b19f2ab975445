"""The sound of an ad: our music or an uploaded track, quiet air on the cuts, a blip for the price; -14 LUFS."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler

from generation.domain.timeline import OverlayKind, Timeline, Transition
from generation.domain.timeline_rules import starts
from generation.errors import MediaBroken, MediaMissing
from generation.ffmpeg import opened
from generation.render import instruments
from generation.render.loudness import RATE, Samples, integrated_lufs, normalised
from generation.render.music import Stage, compose

TARGET_LUFS = -14.0
PEAK_DB = -3.0  # AAC moves peaks by up to 1.2 dB on drums; the file must keep -1.5 dBTP
BED_LUFS = -16.0  # before the effects are added
WHOOSH_LEVEL, BLIP_LEVEL = 0.07, 0.06
TRACK_FADE_S = 0.8


def soundtrack(timeline: Timeline, files: Mapping[str, Path]) -> Samples | None:
    """samples x 2 at 48 kHz, exactly as long as the picture; None for an ad without music.

    Raises ``MediaMissing`` or ``MediaBroken`` for an uploaded track that is not there or cannot be read.
    """
    if timeline.music is None:
        return None
    samples = timeline.duration * RATE // timeline.canvas.fps
    bed = _bed(timeline, samples, files)
    effects = _effects(timeline, samples)
    before = integrated_lufs(bed)
    gain = 10 ** ((BED_LUFS - before) / 20) if before > -60 else 1.0
    return normalised((bed * np.float32(gain) + effects).astype(np.float32), TARGET_LUFS, PEAK_DB)


def read_track(path: Path, seconds: float) -> Samples:
    """The first ``seconds`` of an uploaded track, repeated if it is shorter, faded out at the end.

    Read through ``generation.ffmpeg.opened``: MoviePy's reader would start an ffmpeg without our whitelist, and loses
    the end of some files. Raises ``MediaBroken``.
    """
    samples = round(seconds * RATE)
    sound = _decoded(path, samples)
    whole = np.tile(sound, (-(-samples // len(sound)), 1))[:samples]
    fade = min(round(TRACK_FADE_S * RATE), samples)
    whole[samples - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return whole


def _decoded(path: Path, samples: int) -> Samples:
    """At most so many samples of the first sound stream, as stereo at 48 kHz."""
    pieces: list[Samples] = []
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with opened(path) as container:
        if not container.streams.audio:
            raise MediaBroken(f"{path.name} has no sound: upload another track")
        for frame in container.decode(container.streams.audio[0]):
            pieces += [piece.to_ndarray() for piece in resampler.resample(frame)]
            if sum(piece.shape[1] for piece in pieces) >= samples:
                break
        else:
            pieces += [piece.to_ndarray() for piece in resampler.resample(None)]
    if not pieces:
        raise MediaBroken(f"{path.name} holds no sound: upload another track")
    return np.ascontiguousarray(np.concatenate(pieces, axis=1).T[:samples])


def _bed(timeline: Timeline, samples: int, files: Mapping[str, Path]) -> Samples:
    music, fps = timeline.music, timeline.canvas.fps
    if music is None:
        raise ValueError("a timeline without music has no bed")
    if music.track_sha256:
        if music.track_sha256 not in files:
            raise MediaMissing("the music track is not at hand: upload it again")
        return read_track(files[music.track_sha256], samples / RATE)
    last = timeline.shots[-1]
    card_s = (timeline.duration - last.duration) / fps if last.card is not None else None
    return compose(music.mood, music.bpm, music.seed, samples / RATE, card_s)


def _effects(timeline: Timeline, samples: int) -> Samples:
    """Air under the hard cuts (its loudest point on the cut) and a blip when a price comes up."""
    stage, fps = Stage(samples), timeline.canvas.fps
    air = instruments.whoosh(0.36, 21)
    cuts = list(zip(timeline.shots, starts(timeline.shots), strict=True))[1:]
    for number, (shot, at) in enumerate(cuts):
        before = timeline.shots[number]
        if before.transition is Transition.CUT and shot.card is None:
            stage.play(air, at / fps - 0.18, WHOOSH_LEVEL, pan=0.3 if number % 2 else -0.3)
    for overlay in timeline.overlays:
        if overlay.kind is OverlayKind.PRICE_TAG:
            stage.play(instruments.blip(0.16), overlay.start / fps, BLIP_LEVEL)
    return stage.dry + stage.wet
