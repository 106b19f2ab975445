"""Music, effects and voice of an ad: how they stand to each other, apart and in the finished file."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generation.deliver.sound import settled
from generation.domain.timeline import Timeline, Transition
from generation.domain.voice import Voice, VoiceLine
from generation.errors import MediaMissing
from generation.ffmpeg import run, source
from generation.render.audio import soundtrack, stems
from generation.render.audio_duck import DEPTH_DB, ducked, gain_under
from generation.render.loudness import RATE, integrated_lufs
from generation.render.tempo import at_tempo
from generation.voice.speech_file import as_wav
from tests.generation.finished import finished
from tests.generation.footage import small_timeline
from tests.generation.spoken import speech

HOOK, OFFER = "ab" * 32, "cd" * 32


def spoken(timeline: Timeline, tempo: int = 100) -> Timeline:
    lines = (
        VoiceLine("hook", "早上起不来", "a", 3, 36, "hook.wav", HOOK, tempo),
        VoiceLine("offer", "现在下单", "c", 80, 30, "offer.wav", OFFER),
    )
    return replace(timeline, voice=Voice(lines))


@pytest.fixture
def voices(tmp_path: Path) -> dict[str, Path]:
    made = {}
    for sha256, seconds in ((HOOK, 1.15), (OFFER, 0.95)):
        path = tmp_path / f"{sha256[:4]}.wav"
        path.write_bytes(as_wav(speech(seconds)))
        made[sha256] = path
    return made


def test_the_music_gives_way_to_the_voice_and_comes_back(voices: dict[str, Path]) -> None:
    whole = stems(spoken(small_timeline()), voices)
    alone = stems(small_timeline(), {})
    assert whole.music is not None
    assert alone.music is not None
    under = integrated_lufs(whole.music[round(0.3 * RATE) : round(1.1 * RATE)])
    before = integrated_lufs(alone.music[round(0.3 * RATE) : round(1.1 * RATE)])
    assert before - under == pytest.approx(-DEPTH_DB, abs=2.5)
    free = slice(round(5.0 * RATE), round(5.5 * RATE))
    assert integrated_lufs(whole.music[free]) == pytest.approx(integrated_lufs(alone.music[free]), abs=0.5)


def test_the_gain_moves_in_ramps_and_opens_before_the_word() -> None:
    voice = np.zeros((3 * RATE, 2), np.float32)
    voice[RATE : 2 * RATE] = speech(1.0)[:, None]
    gain = gain_under(voice)
    assert gain[0] == 1.0
    assert gain[RATE + RATE // 20] < 0.55
    assert gain[RATE - RATE // 100] < 0.95
    assert gain[-1] > 0.85
    assert np.abs(np.diff(gain)).max() < 0.0004
    assert np.array_equal(ducked(voice, np.zeros_like(voice)), voice)


def test_lines_are_heard_where_they_stand_and_nowhere_else(voices: dict[str, Path]) -> None:
    voice = stems(spoken(small_timeline()), voices).voice
    assert voice is not None
    heard = np.abs(voice).max(axis=1)
    assert heard[: 3 * RATE // 30].max() == 0
    assert heard[3 * RATE // 30 : 39 * RATE // 30].max() > 0.1
    assert heard[39 * RATE // 30 + 1 : 80 * RATE // 30].max() == 0
    assert heard[80 * RATE // 30 : 110 * RATE // 30].max() > 0.1


def test_stems_add_up_to_the_ad(voices: dict[str, Path]) -> None:
    timeline = spoken(small_timeline())
    parts = stems(timeline, voices).parts
    assert list(parts) == ["music", "effects", "voice"]
    assert {len(part) for part in parts.values()} == {timeline.duration * RATE // 30}
    whole, mix = soundtrack(timeline, voices), sum(parts.values())
    assert whole is not None
    assert np.corrcoef(np.asarray(mix)[:, 0], whole[:, 0])[0, 1] > 0.98


def test_a_voice_needs_no_music(voices: dict[str, Path]) -> None:
    timeline = replace(spoken(small_timeline()), music=None)
    assert list(stems(timeline, voices).parts) == ["voice"]
    sound = soundtrack(timeline, voices)
    assert sound is not None
    assert integrated_lufs(sound) == pytest.approx(-14, abs=0.5)


def test_a_line_that_is_not_at_hand_is_named() -> None:
    with pytest.raises(MediaMissing, match="早上起不来"):
        soundtrack(spoken(small_timeline()), {})


@pytest.mark.parametrize("transition", list(Transition))
def test_every_cut_has_its_quiet_sound_and_a_dissolve_none(transition: Transition) -> None:
    timeline = small_timeline()
    shots = tuple(
        replace(shot, transition=transition if index == 0 else Transition.DISSOLVE)
        for index, shot in enumerate(timeline.shots)
    )
    sound = stems(replace(timeline, shots=shots, overlays=()), {}).effects
    assert sound is not None
    around = np.abs(sound[round(0.9 * RATE) : round(1.7 * RATE)]).max()
    assert (around == 0) == (transition is Transition.DISSOLVE)
    assert around < 0.2


def test_a_match_cut_shines_and_has_no_air_of_a_plain_cut() -> None:
    def tops(transition: Transition) -> float:
        """How much of the cut's sound lies above 2 kHz."""
        first, *rest = (replace(shot, transition=Transition.DISSOLVE) for shot in small_timeline().shots)
        shots = (replace(first, transition=transition), *rest)
        sound = stems(replace(small_timeline(), shots=shots, overlays=()), {}).effects
        assert sound is not None
        power = np.abs(np.fft.rfft(sound[round(0.9 * RATE) : round(1.7 * RATE)].mean(axis=1))) ** 2
        at = np.fft.rfftfreq(round(1.7 * RATE) - round(0.9 * RATE), 1 / RATE)
        tones = [float(power[np.abs(at - hertz) < 6].sum()) for hertz in (1318.5, 1760.0, 2637.0, 3520.0)]
        return sum(tones) / float(power.sum())

    assert tops(Transition.MATCH_CUT) > 0.5
    assert tops(Transition.CUT) < 0.1


def test_prices_ring_and_captions_that_jump_in_pop() -> None:
    timeline = small_timeline()
    quiet = stems(replace(timeline, overlays=()), {}).effects
    popped = tuple(replace(one, style="variety") if one.id == "c2" else one for one in timeline.overlays)
    loud = stems(replace(timeline, overlays=popped), {}).effects
    assert quiet is not None
    assert loud is not None
    added = np.abs(loud - quiet).max(axis=1)
    assert added[round(76 / 30 * RATE) : round(77.5 / 30 * RATE)].max() > 0.02
    assert added[round(36 / 30 * RATE) : round(38 / 30 * RATE)].max() > 0.01
    assert added[: 36 * RATE // 30].max() == 0


@pytest.mark.slow
@pytest.mark.parametrize("mood", ["warm", "driving", "elegant"])
def test_the_encoded_file_is_as_loud_as_platforms_ask(mood: str, voices: dict[str, Path], tmp_path: Path) -> None:
    timeline = spoken(small_timeline())
    assert timeline.music is not None
    timeline = replace(timeline, music=replace(timeline.music, mood=mood))
    sound = soundtrack(timeline, voices)
    assert sound is not None
    film = finished(tmp_path / "film.mp4", sound=settled(sound))
    report = run([*source(film), "-af", "ebur128=peak=true", "-f", "null", "-"], seconds=60)
    summary = report[report.rindex("Integrated loudness") :]
    lufs, peak = (float(re.search(rf"{what}:\s+(-?[\d.]+)", summary)[1]) for what in ("I", "Peak"))  # type: ignore[index]
    assert lufs == pytest.approx(-14, abs=0.5)
    assert peak <= -1.5


@pytest.mark.parametrize("tempo", [0.8, 1.12, 1.25])
def test_faster_speech_keeps_its_pitch(tempo: float) -> None:
    tone = (0.4 * np.sin(2 * np.pi * 200 * np.arange(2 * RATE) / RATE)).astype(np.float32)
    fast = at_tempo(tone, tempo)
    assert len(fast) == round(len(tone) / tempo)
    middle = fast[RATE // 2 : RATE]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), RATE * 4))
    assert np.argmax(spectrum) / 4 == pytest.approx(200, abs=3)
    assert np.abs(middle).max() == pytest.approx(0.4, abs=0.06)
    with pytest.raises(ValueError, match="outside of"):
        at_tempo(tone, 3.0)
