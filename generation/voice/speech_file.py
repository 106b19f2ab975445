"""A spoken line as a file, checked and made ready: silence trimmed, loudness even, and whatever cannot be used refused."""

import io
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.errors import VoiceRefused
from generation.render.audio_track import decoded
from generation.render.loudness import RATE, SILENT_LUFS, integrated_lufs

SHORTEST_S, LONGEST_S = 0.25, 30.0
LONGEST_TRACK_S = 180.0
QUIETEST_LUFS = -45.0  # below it the noise of the room would come up with the voice
LEVEL_LUFS = -18.0
MOST_CLIPPED = 0.02  # of the loud samples
BREATH_S = 0.04  # kept before and after the words
_STEP = RATE // 100  # 10 ms


@dataclass(frozen=True)
class Spoken:
    """``samples``: mono float32 at 48 kHz; ``lead_s``: how much silence was cut off before the first word."""

    samples: NDArray[Any]
    lead_s: float

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def spoken(path: Path, what: str) -> Spoken:
    """One line. ``what`` names it in messages. Raises ``VoiceRefused`` and ``MediaBroken``."""
    sound = whole_track(path, what)
    first, last = _speech(sound)
    line = sound[max(first - round(BREATH_S * RATE), 0) : last + round(BREATH_S * RATE)]
    if len(line) > LONGEST_S * RATE:
        raise VoiceRefused(
            f"{what} lasts {len(line) / RATE:.0f} s: one line may last {LONGEST_S:.0f} s, cut it up", "long"
        )
    if last - first < SHORTEST_S * RATE:
        raise VoiceRefused(f"{what} holds only {(last - first) / RATE:.2f} s of voice: record the whole line", "short")
    return Spoken(_even(line), max(first / RATE - BREATH_S, 0.0))


def whole_track(path: Path, what: str) -> NDArray[Any]:
    """A recording as mono samples, checked but not cut. Raises ``VoiceRefused`` and ``MediaBroken``."""
    sound = decoded(path, round((LONGEST_TRACK_S + 1) * RATE)).mean(axis=1)
    if len(sound) > LONGEST_TRACK_S * RATE:
        raise VoiceRefused(f"{what} is longer than {LONGEST_TRACK_S:.0f} s: upload the voice of one ad", "long")
    _loud_enough(sound, what)
    size = np.abs(sound)  # whatever its level now: where it was clipped, many samples are as high as the highest
    flat, loud = size >= 0.9998 * size.max(), size >= 0.5 * size.max()
    if flat.sum() > MOST_CLIPPED * loud.sum() + 40:
        raise VoiceRefused(
            f"{what} is clipped: its loud parts are cut off; record it again, further from the microphone", "clipped"
        )
    return sound - sound.mean()


def split(path: Path, count: int, what: str) -> list[Spoken]:
    """One recording of all lines, cut at its ``count`` - 1 longest pauses. Raises ``VoiceRefused`` and ``MediaBroken``."""
    sound = whole_track(path, what)
    first, last = _speech(sound)
    pauses = _pauses(sound[first:last])
    if len(pauses) < count - 1:
        raise VoiceRefused(
            f"{what} has {len(pauses) + 1} spoken parts and the script {count} lines: "
            "leave half a second of silence between them, or upload one file for each line"
        )
    longest = sorted(sorted(pauses, key=lambda pause: pause[0] - pause[1])[: count - 1])
    edges = [0, *(at for pause in longest for at in pause), last - first]
    breath = round(BREATH_S * RATE)
    lines = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        line = sound[max(first + begin - breath, 0) : first + end + breath]
        lines.append(Spoken(_even(line), 0.0))
    return lines


def as_wav(samples: NDArray[Any]) -> bytes:
    """Mono, 16 bits, 48 kHz."""
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return memory.getvalue()


def _loud_enough(sound: NDArray[Any], what: str) -> None:
    lufs = integrated_lufs(np.repeat(sound[:, None], 2, axis=1).astype(np.float32))
    level = 20 * np.log10(max(float(np.sqrt((sound**2).mean())), 1e-9)) if len(sound) else -180.0
    if max(lufs, level) <= SILENT_LUFS:
        raise VoiceRefused(f"{what} is silent: record it again, and check that the microphone was on", "silent")
    if lufs < QUIETEST_LUFS and level < QUIETEST_LUFS:
        raise VoiceRefused(f"{what} is too quiet ({lufs:.0f} LUFS): record it again, nearer to the microphone", "quiet")


def _levels(sound: NDArray[Any]) -> NDArray[Any]:
    """dB of every 10 ms."""
    count = max(len(sound) // _STEP, 1)
    power = (np.resize(sound, count * _STEP).astype(np.float64).reshape(count, _STEP) ** 2).mean(axis=1)
    levels: NDArray[Any] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels


def _speaking(sound: NDArray[Any]) -> NDArray[np.bool_]:
    """Which 10 ms are speech: well above the quiet parts, and not too far below the loud ones."""
    levels = _levels(sound)
    loud, quiet = float(np.percentile(levels, 95)), float(np.percentile(levels, 5))
    return levels > max(loud - 34, min(quiet + 8, loud - 14))


def _speech(sound: NDArray[Any]) -> tuple[int, int]:
    """First and last sample of the voice."""
    heard = np.flatnonzero(_speaking(sound))
    return (0, len(sound)) if not len(heard) else (int(heard[0]) * _STEP, min((int(heard[-1]) + 1) * _STEP, len(sound)))


def _pauses(sound: NDArray[Any], shortest_s: float = 0.25) -> list[tuple[int, int]]:
    """(first sample, last sample) of each silence inside."""
    silent = np.concatenate([[0], (~_speaking(sound)).astype(int), [0]])
    begins, ends = np.flatnonzero(np.diff(silent) == 1), np.flatnonzero(np.diff(silent) == -1)
    found = [(int(begin) * _STEP, int(end) * _STEP) for begin, end in zip(begins, ends, strict=True)]
    return [(begin, end) for begin, end in found if end - begin >= shortest_s * RATE and begin > 0 and end < len(sound)]


def _even(line: NDArray[Any]) -> NDArray[Any]:
    """At one level, so that lines from many takes sound like one; never above -1 dBFS."""
    lufs = integrated_lufs(np.repeat(line[:, None], 2, axis=1).astype(np.float32))
    gain = 10 ** ((LEVEL_LUFS - lufs) / 20) if lufs > SILENT_LUFS else 1.0
    most = 0.89 / max(float(np.abs(line).max()), 1e-6)
    even: NDArray[Any] = (line * min(gain, most)).astype(np.float32)
    return even
