"""Loudness against the standard's own cases and FFmpeg's meter; our music; what an ad sounds like."""

import re
import wave
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generation.deliver.aac import Aac
from generation.deliver.sound import PEAK_LIMIT_DB, settled, sound_of
from generation.domain.timeline import MusicBed, Timeline, Transition
from generation.errors import MediaBroken, MediaMissing
from generation.ffmpeg import run, source
from generation.render.audio import PEAK_DB, read_track, soundtrack
from generation.render.loudness import RATE, SILENT_LUFS, integrated_lufs, normalised, true_peak_db
from generation.render.music import beats_s, compose, known_mood
from tests.cases import mostly_slow
from tests.generation.footage import grey, small_timeline, write_clip

MOODS = mostly_slow(["warm", "bold", "upbeat", "calm", "playful", "elegant"], ["warm"])


def tone(db: float, seconds: float, hertz: float = 1000.0, phase: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    one = 10 ** (db / 20) * np.sin(2 * np.pi * hertz * t + phase)
    return np.stack([one, one], axis=1).astype(np.float32)


def write_wav(path: Path, sound: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize(
    ("sound", "lufs"),
    [
        # EBU Tech 3341, minimum requirements, cases 1, 2, 3 and 5 (shortened; the gates behave the same).
        (tone(-23, 5), -23.0),
        (tone(-33, 5), -33.0),
        (np.concatenate([tone(-36, 3), tone(-23, 15), tone(-36, 3)]), -23.0),
        (np.concatenate([tone(-26, 5), tone(-20, 5.1), tone(-26, 5)]), -23.0),
    ],
)
def test_loudness_of_the_standards_own_cases(sound: np.ndarray, lufs: float) -> None:
    assert integrated_lufs(sound) == pytest.approx(lufs, abs=0.1)


def test_true_peak_finds_what_lies_between_samples() -> None:
    """EBU Tech 3341 case 15: a quarter of the sampling rate, 45 degrees off, whose samples miss its peak by 3 dB."""
    sound = tone(-6, 2, RATE / 4, np.pi / 4) * np.hanning(2 * RATE)[:, None].astype(np.float32)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-9.01, abs=0.02)
    assert true_peak_db(sound) == pytest.approx(-6.0, abs=0.2)


def test_silence_stays_silence() -> None:
    silence = np.zeros((RATE, 2), np.float32)
    assert integrated_lufs(silence) == SILENT_LUFS
    assert not normalised(silence, -14, -2).any()
    assert integrated_lufs(tone(-20, 0.2)) == SILENT_LUFS


def test_normalising_reaches_the_loudness_and_keeps_the_ceiling() -> None:
    dice = np.random.default_rng(4)
    beats = np.exp(-((np.arange(6 * RATE) / RATE * 2) % 1) * 5)[:, None]
    sound = (0.1 * dice.standard_normal((6 * RATE, 2)) * (0.3 + beats)).astype(np.float32)
    loud = normalised(sound, -14, -3)
    assert integrated_lufs(loud) == pytest.approx(-14, abs=0.1)
    assert true_peak_db(loud) <= -2.9
    assert integrated_lufs(sound) < -18
    # The limiter bends the sound, it does not break it: no step between samples grows beyond the gain.
    assert np.abs(np.diff(loud, axis=0)).max() <= np.abs(np.diff(sound, axis=0)).max() * 10 ** (15 / 20)


@pytest.mark.slow
def test_ffmpeg_measures_the_same(tmp_path: Path) -> None:
    sound = normalised(compose("upbeat", 120, 3, 6.0, 4.0), -14, -3)
    path = write_wav(tmp_path / "music.wav", sound)
    report = run([*source(path), "-af", "ebur128=peak=true", "-f", "null", "-"], seconds=60)
    summary = report[report.rindex("Integrated loudness") :]
    lufs = float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary).group(1))  # type: ignore[union-attr]
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary).group(1))  # type: ignore[union-attr]
    assert integrated_lufs(sound) == pytest.approx(lufs, abs=0.15)
    assert true_peak_db(sound) == pytest.approx(peak, abs=0.15)


@pytest.mark.parametrize("mood", MOODS)
def test_music_is_whole_clean_and_repeatable(mood: str) -> None:
    music = compose(mood, 104, 11, 8.0, 6.0)
    assert music.shape == (8 * RATE, 2)
    assert np.array_equal(music, compose(mood, 104, 11, 8.0, 6.0))
    assert np.abs(music).max() == pytest.approx(0.7, abs=0.01)
    assert np.abs(music[0]).max() < 0.01
    assert np.abs(music[-RATE // 100 :]).max() < 0.01
    assert np.abs(np.diff(music, axis=0)).max() < 0.35  # no clicks: a full-scale 9 kHz wave steps by that
    assert abs(float(music.mean())) < 0.01
    left, right = np.sqrt((music**2).mean(axis=0))
    assert 0.7 < left / right < 1.4


@pytest.mark.slow
def test_other_seeds_and_moods_make_other_music() -> None:
    made = [compose("warm", 104, 1, 5.0, 3.0), compose("warm", 104, 2, 5.0, 3.0), compose("calm", 104, 1, 5.0, 3.0)]
    for index, one in enumerate(made):
        for other in made[index + 1 :]:
            assert not np.allclose(one, other)


@pytest.mark.parametrize("mood", MOODS)
def test_the_ending_rings_in_the_home_chord(mood: str) -> None:
    """Chroma of the last chord: its three strongest notes form one triad of the key, the root among them."""
    music = compose(mood, 100, 5, 9.0, 6.0)
    tail = music[round(6.9 * RATE) : round(8.4 * RATE)].mean(axis=1)
    spectrum = np.abs(np.fft.rfft(tail * np.hanning(len(tail)), 4 * len(tail)))
    hertz = np.fft.rfftfreq(4 * len(tail), 1 / RATE)
    heard = (hertz > 100) & (hertz < 1200)
    notes = np.round(12 * np.log2(hertz[heard] / 440)).astype(int) % 12
    chroma = np.zeros(12)
    np.maximum.at(chroma, notes, spectrum[heard])
    strongest = sorted(int(note) for note in np.argsort(chroma)[-3:])
    shapes = {
        tuple(sorted((root + step) % 12 for step in steps)) for root in range(12) for steps in ((0, 4, 7), (0, 3, 7))
    }
    sevenths = {tuple(sorted((root + step) % 12 for step in (0, 4, 11))) for root in range(12)} | {
        tuple(sorted((root + step) % 12 for step in steps))
        for root in range(12)
        for steps in ((0, 3, 10), (4, 7, 11), (3, 7, 10), (0, 7, 11), (0, 7, 10))
    }
    assert tuple(strongest) in shapes | sevenths


def test_the_card_arrives_with_a_stroke_on_its_first_frame() -> None:
    music = compose("upbeat", 120, 7, 9.0, 6.03)
    energy = (music**2).mean(axis=1)
    before = energy[round(5.98 * RATE) : round(6.02 * RATE)].mean()
    after = energy[round(6.03 * RATE) : round(6.07 * RATE)].mean()
    assert after > 1.5 * before


def test_beats() -> None:
    assert beats_s(120, 2.0) == (0.0, 0.5, 1.0, 1.5, 2.0)
    assert beats_s(100, 1.0) == (0.0, 0.6)


def test_unknown_moods_still_get_music() -> None:
    assert known_mood("warm") == "warm"
    assert known_mood("energetic") == "upbeat"
    assert known_mood("no such mood") == "warm"


@pytest.mark.parametrize(
    ("seconds", "card"), [(3.0, None), (3.0, 1.0), pytest.param(20.0, 17.0, marks=pytest.mark.slow)]
)
def test_any_length_is_filled(seconds: float, card: float | None) -> None:
    music = compose("warm", 104, 1, seconds, card)
    assert len(music) == round(seconds * RATE)
    assert np.abs(music[: RATE // 2]).max() > 0.02


def test_an_ad_sounds_at_the_target_and_ends_with_the_picture() -> None:
    timeline = small_timeline()
    sound = soundtrack(timeline, {})
    assert sound is not None
    assert len(sound) == timeline.duration * RATE // 30
    assert integrated_lufs(sound) == pytest.approx(-14, abs=0.2)
    assert true_peak_db(sound) <= PEAK_DB + 0.1


def test_an_ad_without_music_has_no_sound() -> None:
    assert soundtrack(replace(small_timeline(), music=None), {}) is None


@pytest.mark.parametrize("mood", MOODS)
def test_peaks_stay_low_after_aac(mood: str) -> None:
    loud = settled(normalised(compose(mood, 118, 9, 6.0, 4.0), -14, PEAK_DB))
    assert true_peak_db(loud.heard()) <= PEAK_LIMIT_DB


def test_settling_turns_down_what_aac_would_drive_over() -> None:
    dice = np.random.default_rng(2)
    hot = dice.choice([-0.95, 0.95], size=(2 * RATE, 2)).astype(np.float32)
    assert true_peak_db(Aac(hot).heard()) > PEAK_LIMIT_DB
    assert true_peak_db(settled(hot).heard()) <= PEAK_LIMIT_DB


@pytest.mark.slow
def test_what_sounds_the_same_is_mixed_once_and_what_does_not_anew() -> None:
    made = small_timeline()
    (first, *others), music = made.overlays, made.music
    assert music is not None
    known = sound_of(made, {})
    assert known is not None
    assert sound_of(replace(made, id="b", overlays=(replace(first, text="别的话"), *others)), {}) is known
    for other in (
        replace(made, music=replace(music, seed=music.seed + 1)),
        replace(made, shots=(replace(made.shots[0], transition=Transition.WHIP), *made.shots[1:])),
        replace(made, overlays=(replace(first, style="typewriter"), *others)),
        replace(made, overlays=()),
    ):
        again = sound_of(other, {})
        assert again is not None
        assert again is not known
        assert not np.array_equal(again.heard(), known.heard())
    assert sound_of(replace(made, music=None), {}) is None


def with_track(timeline: Timeline) -> Timeline:
    return replace(timeline, music=MusicBed("", 100, 1, "song.wav", "7" * 64))


def test_an_uploaded_track_is_the_bed(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "song.wav", tone(-12, 2.0, 440))
    files: Mapping[str, Path] = {"7" * 64: path}
    sound = soundtrack(with_track(small_timeline()), files)
    assert sound is not None
    spectrum = np.abs(np.fft.rfft(sound[: 4 * RATE, 0]))
    assert np.argmax(spectrum) / 4 == pytest.approx(440, abs=2)


def test_a_short_track_is_repeated_and_faded_out(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "short.wav", tone(-6, 1.0, 440)[:, :1])
    sound = read_track(path, 2.5)
    assert sound.shape == (round(2.5 * RATE), 2)
    assert np.abs(sound[RATE + 100 : RATE + 5000]).max() > 0.3
    assert np.abs(sound[-50:]).max() < 0.01
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_tracks_that_are_missing_silent_or_no_sound_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaMissing, match="upload it again"):
        soundtrack(with_track(small_timeline()), {})
    playlist = tmp_path / "song.mp3"
    playlist.write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(MediaBroken):
        read_track(playlist, 2.0)
    with pytest.raises(MediaBroken, match="has no sound"):
        read_track(write_clip(tmp_path / "mute.mp4", 3, lambda _: grey(90)).path, 2.0)
    with pytest.raises(MediaBroken, match="holds no sound"):
        read_track(write_wav(tmp_path / "empty.wav", np.zeros((0, 2))), 2.0)


def test_a_track_of_another_rate_keeps_its_pitch(tmp_path: Path) -> None:
    path = tmp_path / "slow.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        t = np.arange(22_050 * 2) / 22_050
        file.writeframes((np.sin(2 * np.pi * 440 * t) * 12_000).astype("<i2").tobytes())
    sound = read_track(path, 2.0)
    assert sound.shape == (2 * RATE, 2)
    assert np.argmax(np.abs(np.fft.rfft(sound[:RATE, 0]))) == pytest.approx(440, abs=1)
