"""Sound files coming in: uploaded music and spoken lines, read through the one door that opens media."""

from pathlib import Path

import numpy as np
from av.audio.resampler import AudioResampler

from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.render.loudness import RATE, Samples

TRACK_FADE_S = 0.8
JOIN_S = 0.25  # a track that is too short starts again under its own end
LONGEST_S = 60 * 20


def read_track(path: Path, seconds: float) -> Samples:
    """The first ``seconds`` of an uploaded track, faded out at the end; a shorter one is joined to itself without a click.

    Read through ``generation.ffmpeg.opened``: MoviePy's reader would start an ffmpeg without our whitelist, and loses
    the end of some files. Raises ``MediaBroken``.
    """
    samples = round(seconds * RATE)
    whole = looped(decoded(path, samples), samples)
    fade = min(round(TRACK_FADE_S * RATE), samples)
    whole[samples - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return whole


def looped(sound: Samples, samples: int) -> Samples:
    """``sound`` again and again, each time faded in over the fading end of the last, at equal power."""
    out = np.zeros((samples, 2), np.float32)
    join = min(round(JOIN_S * RATE), len(sound) // 4)
    step = len(sound) - join
    ramp = np.sqrt(np.linspace(0, 1, join, dtype=np.float32))[:, None]
    for turn, start in enumerate(range(0, samples, step)):
        piece = sound.copy() if len(sound) < samples else sound[:samples].copy()
        if turn and join:
            piece[:join] *= ramp
        if start + len(sound) < samples and join:
            piece[len(piece) - join :] *= ramp[::-1]
        part = out[start : start + len(piece)]
        part += piece[: len(part)]
        if start + len(sound) >= samples:
            break
    return out


def decoded(path: Path, samples: int = LONGEST_S * RATE) -> Samples:
    """At most so many samples of the first sound stream, as stereo at 48 kHz. Raises ``MediaBroken``."""
    pieces: list[Samples] = []
    taken = 0
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with opened(path) as container:
        if not container.streams.audio:
            raise MediaBroken(f"{path.name} has no sound: upload another file")
        for frame in container.decode(container.streams.audio[0]):
            new = [piece.to_ndarray() for piece in resampler.resample(frame)]
            pieces += new
            taken += sum(piece.shape[1] for piece in new)
            if taken >= samples:
                break
        else:
            pieces += [piece.to_ndarray() for piece in resampler.resample(None)]
    if not pieces:
        raise MediaBroken(f"{path.name} holds no sound: upload another file")
    return np.ascontiguousarray(np.concatenate(pieces, axis=1).T[:samples])
