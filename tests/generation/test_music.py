"""Our own music: its form, its tune, its beats, and what a meter says of it."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.domain.timeline import MusicBed
from generation.render import effects, instruments, percussion
from generation.render.audio_track import looped
from generation.render.instruments import pitch
from generation.render.loudness import RATE, normalised
from generation.render.music import beats, compose, mood_names
from generation.render.music_form import Level, levels, mood_of
from generation.render.music_lead import HIGHEST, LOWEST, tune
from generation.render.music_theory import Key, near, nearest
from generation.render.sound_measures import clicks, measured

TEMPLATE_MOODS = ("bright", "calm", "driving", "elegant", "playful", "upbeat", "warm")


def pair(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono], axis=1).astype(np.float32)


def test_every_mood_of_a_template_sounds_of_its_own() -> None:
    assert set(TEMPLATE_MOODS) <= set(mood_names())


@given(st.integers(1, 60))
def test_a_piece_opens_sings_and_lifts(bars: int) -> None:
    plan = levels(bars)
    assert len(plan) == bars
    assert plan[-1] in (Level.LIFT, Level.SONG)
    if bars >= 3:
        assert plan[0] is Level.OPENING
        assert Level.SONG in plan
    if bars >= 10:
        assert Level.OPENING in plan[3:-1]


@pytest.mark.parametrize("mood", mood_names())
def test_patterns_are_bars_of_sixteen(mood: str) -> None:
    style = mood_of(mood)
    patterns = [style.kick, style.snare, style.hat, style.shaker, style.bass, style.arp, *style.lead]
    assert {len(pattern) for pattern in patterns} == {16}
    assert set("".join(patterns)) <= set("xo.")
    assert len(style.lead) == 2
    assert all(1 <= degree <= 7 for chords in style.chords for degree in chords)


@given(st.integers(0, 9999), st.sampled_from(mood_names()))
@example(355, "playful")
def test_a_tune_stays_in_its_range_and_stands_on_the_chord(seed: int, mood: str) -> None:
    style = mood_of(mood)
    key = Key(style.low, style.scale)
    song = tune(style, key, np.random.default_rng(seed))
    at = 76
    for bar in range(8):
        chord = key.chord(style.chords[0][bar % len(style.chords[0])])
        notes = song.bar(bar, chord, at)
        assert len(notes) >= 2
        for note in notes:
            assert LOWEST <= note.note <= HIGHEST
            if note.step % 4 == 0:
                assert note.note % 12 in {one % 12 for one in chord}
        at = notes[-1].note


def test_voices_walk_instead_of_jumping() -> None:
    key = Key(48, "major")
    assert near(key.chord(5), key.chord(1)) == (47, 50, 55)
    assert nearest(60.4, (48, 52, 55)) == 60
    assert Key(45, "minor").chord(5) == (52, 56, 59)
    assert all(33 <= key.root(degree) <= 44 for degree in range(1, 8))


@pytest.mark.parametrize("name", ["keys", "bell", "guitar", "soft", "saw"])
def test_instruments_are_in_tune_and_start_and_end_at_zero(name: str) -> None:
    play = getattr(instruments, name)
    for midi in (60, 69, 81):
        tone = play(midi, 1.0, 0.8)
        assert abs(tone[0]) < 1e-6
        assert abs(tone[-1]) < 1e-4
        assert 0.05 < np.abs(tone).max() < 1.0
        spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 8 * len(tone)))
        hertz = np.fft.rfftfreq(8 * len(tone), 1 / RATE)
        close = (hertz > pitch(midi) * 0.94) & (hertz < pitch(midi) * 1.06)
        found = hertz[close][np.argmax(spectrum[close])]
        assert abs(1200 * np.log2(found / pitch(midi))) < 8  # cents


@pytest.mark.parametrize(
    "stroke",
    [percussion.kick(0.8), percussion.snare(1), percussion.clap(1), percussion.rim(1), percussion.tom(120.0),
     percussion.hat(0.05, 1), percussion.shaker(1), effects.whip(0.3, 1), effects.hit(0.5), effects.shine(0.6),
     effects.pop(0.12), effects.till(0.5), effects.whoosh(0.3, 1)],
    ids=["kick", "snare", "clap", "rim", "tom", "hat", "shaker", "whip", "hit", "shine", "pop", "till", "whoosh"],
)  # fmt: skip
def test_strokes_neither_click_nor_clip(stroke: np.ndarray) -> None:
    assert stroke.dtype == np.float32
    assert abs(stroke[0]) < 0.01
    assert abs(stroke[-1]) < 1e-3
    assert 0.05 < np.abs(stroke).max() < 1.6


@pytest.mark.parametrize(
    "mood", ["upbeat", *(pytest.param(mood, marks=pytest.mark.slow) for mood in mood_names() if mood != "upbeat")]
)
def test_a_meter_has_nothing_to_complain_about(mood: str) -> None:
    sound = normalised(compose(mood, 108, 5, 7.0, 5.4), -14, -3)
    found = measured(sound)
    assert found.troubles == ()
    assert found.lufs == pytest.approx(-14, abs=0.2)
    assert found.octaves[2] > -12  # there is a bass ...
    assert found.octaves[6] > -32  # ... and something to hear on a phone
    assert found.octaves[8] < found.octaves[5]


def test_the_meter_hears_what_is_wrong() -> None:
    fine = pair(0.3 * np.sin(2 * np.pi * 330 * np.arange(2 * RATE) / RATE))
    assert measured(fine).troubles == ()
    assert measured(fine + np.float32(0.02)).troubles == ("direct current of 0.020",)
    broken = fine.copy()
    broken[RATE] += 0.5
    assert clicks(broken) == (pytest.approx(1.0, abs=0.006),)
    assert "clipped" in measured((fine * 5).clip(-1, 1)).troubles[0]
    shrill = fine + pair(0.2 * np.sin(2 * np.pi * 9500 * np.arange(2 * RATE) / RATE))
    assert any("above 8 kHz" in trouble for trouble in measured(shrill).troubles)


@pytest.mark.slow
def test_beats_meet_the_end_card_and_the_music() -> None:
    bed = MusicBed("upbeat", 120, 3)
    found = beats(bed, 9.0, 6.2)
    assert 6.2 in [round(moment, 6) for moment in found]
    sound = compose("upbeat", 120, 3, 9.0, 6.2)
    energy = (sound**2).mean(axis=1)
    strokes = [energy[round(at * RATE) : round((at + 0.05) * RATE)].mean() for at in found[4:11]]
    between = [energy[round((at - 0.09) * RATE) : round((at - 0.04) * RATE)].mean() for at in found[4:11]]
    assert np.mean(strokes) > 1.4 * np.mean(between)
    assert beats(MusicBed("", 100, 1, "a.wav", "7" * 64), 1.3, 0.5) == (0.0, 0.6, 1.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(100, 9000), st.integers(1, 40_000))
def test_loops_join_without_a_click(length: int, samples: int) -> None:
    sound = pair(0.5 * np.sin(2 * np.pi * 220 * np.arange(length) / RATE))
    whole = looped(sound, samples)
    assert whole.shape == (samples, 2)
    assert np.abs(whole).max() <= 0.75
    if length >= 400:
        steps = np.abs(np.diff(whole[:, 0]))
        assert steps.max(initial=0) < 0.08


@pytest.mark.slow
def test_a_sheet_shows_a_mood(tmp_path: Path) -> None:
    out, wav = tmp_path / "warm.png", tmp_path / "warm.wav"
    call_command("sound_sheet", mood="warm", bpm=100, seconds=4.0, out=out, wav=wav)
    with Image.open(out) as sheet:
        assert sheet.width == 1600
        assert len(sheet.getcolors(1 << 20) or ()) > 200
    assert wav.stat().st_size == 44 + 4 * RATE * 4
    with pytest.raises(CommandError, match="--bpm is 60 to 180"):
        call_command("sound_sheet", bpm=20, out=tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
