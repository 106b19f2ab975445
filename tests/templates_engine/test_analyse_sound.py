"""Tempo, beats and voice in sound that is made here."""

import numpy as np
import pytest

from generation.render.music import compose
from templates_engine.analyse import voice
from templates_engine.analyse.tempo import RATE, on_beat, tempo


def clicks(bpm: float, seconds: float = 12.0) -> np.ndarray:
    dice = np.random.default_rng(1)
    sound = dice.normal(0, 0.002, round(seconds * RATE)).astype(np.float32)
    for beat in np.arange(0.3, seconds - 0.1, 60 / bpm):
        at = round(beat * RATE)
        sound[at : at + 600] += dice.normal(0, 0.4, 600).astype(np.float32) * np.linspace(1, 0, 600, dtype=np.float32)
    return sound


@pytest.mark.parametrize(("bpm", "folded"), [(84, 84), (100, 100), (128, 128), (150, 150), (60, 120), (200, 100)])
def test_clicks_have_their_tempo_folded_into_one_octave(bpm: float, folded: float) -> None:
    found = tempo(clicks(bpm), [])
    assert found is not None
    assert found.bpm == pytest.approx(folded, rel=0.02)
    away = np.array([abs((beat - 300) % (60_000 / folded)) for beat in found.beats_ms])
    away = np.minimum(away, 60_000 / folded - away)
    if bpm >= 80:
        assert np.median(away) <= 40


def test_our_own_music_has_its_tempo_but_for_an_octave() -> None:
    sound = compose("upbeat", 126, 3, 14.0).mean(axis=1)
    slower = np.interp(np.arange(0, len(sound), 48_000 / RATE), np.arange(len(sound)), sound).astype(np.float32)
    found = tempo(slower, [])
    assert found is not None
    assert min(abs(found.bpm * octave / 126 - 1) for octave in (0.5, 1, 2)) < 0.04


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(RATE * 8, np.float32),
        np.zeros(0, np.float32),
        np.random.default_rng(0).normal(0, 0.1, RATE * 8).astype(np.float32),
        clicks(120, 2.0),
    ],
    ids=["silence", "nothing", "noise", "too short"],
)
def test_what_has_no_pulse_has_no_tempo(sound: np.ndarray) -> None:
    assert tempo(sound, [1000]) is None


def test_cuts_on_the_beat() -> None:
    beats = (0, 500, 1000, 1500)
    assert on_beat((500, 1080, 1250, 1419), beats) == 0.5
    assert on_beat((), beats) == 0.0


def test_silence_noise_and_music_are_no_voice() -> None:
    dice = np.random.default_rng(2)
    assert voice.name().startswith("silero-vad ")
    assert voice.spoken(np.zeros(voice.RATE, np.float32)) == ()
    assert voice.spoken(dice.normal(0, 0.05, voice.RATE).astype(np.float32)) == ()
    assert voice.spoken(np.zeros(0, np.float32)) == ()
