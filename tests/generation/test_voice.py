"""Spoken lines: files that can be used, a real speech server, a real (tiny) local model, and nothing paid twice."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generation.domain.retiming import BeatSpan, retimed
from generation.errors import (
    MediaBroken,
    Permanent,
    ServerBusy,
    ServerDown,
    ServerMisbehaved,
    ServerRefused,
    VoiceRefused,
    WeightsMissing,
)
from generation.models import SpokenLine
from generation.render.loudness import RATE, integrated_lufs
from generation.voice import lines
from generation.voice.sherpa import SherpaVoice, voice_files
from generation.voice.speakers import check_line, speaker
from generation.voice.speech_file import LEVEL_LUFS, as_wav, split, spoken
from generation.voice.speech_server import SpeechServer
from tests.generation.spoken import speech
from tests.generation.tiny_voice import save_voice
from tests.local_server import LocalServer, Quiet, serving


@dataclass
class Answering:
    """What the server says next, and what it was asked."""

    status: int = 200
    kind: str = "audio/wav"
    content: bytes = b""
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture
def server(socket_enabled: None) -> Iterator[tuple[str, Answering]]:
    said = Answering(content=as_wav(speech(1.0, silence_s=0.4)))

    class Handler(Quiet):
        def do_POST(self) -> None:
            said.paths.append(self.path)
            said.keys.append(self.headers.get("Authorization", ""))
            said.asked.append(json.loads(self.body()))
            headers = {"Content-Type": said.kind, "Content-Length": str(len(said.content))}
            self.reply(said.status, headers, said.content)

    http = LocalServer(Handler)
    with serving(http):
        yield http.url, said


def written(path: Path, sound: np.ndarray) -> Path:
    path.write_bytes(as_wav(sound))
    return path


@pytest.mark.django_db
def test_a_line_is_asked_for_once_and_trimmed(server: tuple[str, Answering]) -> None:
    url, said = server
    voice = SpeechServer(url, "tts-1", "alloy", "secret")
    first = lines.said(7, ["早上好|各位", "再见"], "zh", voice)
    again = lines.said(7, ["再见", "早上好|各位"], "zh", voice)
    assert [row.pk for row in again] == [first[1].pk, first[0].pk]
    assert [body["input"] for body in said.asked] == ["早上好 各位", "再见"]
    assert said.asked[0] == {"model": "tts-1", "voice": "alloy", "input": "早上好 各位", "response_format": "wav"}
    assert set(said.keys) == {"Bearer secret"}
    assert set(said.paths) == {"/v1/audio/speech"}
    assert first[0].ms == pytest.approx(1080, abs=40)
    lines.said(8, ["再见"], "zh", voice)
    assert len(said.asked) == 3  # another tenant's recordings are its own


@pytest.mark.django_db
def test_word_times_come_from_a_server_that_knows_them(server: tuple[str, Answering]) -> None:
    url, said = server
    said.kind = "application/json"
    stamps = [("Good", 0.4, 0.8), ("morning", 0.8, 1.4)]
    said.content = json.dumps(
        {
            "audio": base64.b64encode(as_wav(speech(1.0, silence_s=0.4))).decode(),
            "timestamps": [{"word": word, "start_time": start, "end_time": end} for word, start, end in stamps],
        }
    ).encode()
    (row,) = lines.said(7, ["Good morning"], "en", SpeechServer(f"{url}/dev/captioned_speech", "kokoro", "af"))
    assert said.paths == ["/dev/captioned_speech"]
    assert [word[0] for word in row.words] == ["Good", "morning"]
    beats = retimed([BeatSpan("0", (60,))], {"0": lines.frames_of(row, 30)})
    (line,) = lines.voice_of({"0": row}, beats, {"0": "s1"}, 30).lines
    good, morning = line.words
    assert (line.start, line.shot) == (3, "s1")
    assert good.start == pytest.approx(line.start + 1, abs=2)
    assert good.end == morning.start == pytest.approx(line.start + 13, abs=2)
    assert morning.end <= line.end


@pytest.mark.parametrize("end", ["Infinity", "NaN", "1e999", "-1"])
@pytest.mark.django_db
def test_word_times_that_are_none_are_not_believed(end: str, server: tuple[str, Answering]) -> None:
    url, said = server
    sound = base64.b64encode(as_wav(speech(1.0))).decode()
    said.kind = "application/json"
    said.content = (
        f'{{"audio": "{sound}", "timestamps": [{{"word": "hi", "start_time": 0, "end_time": {end}}}]}}'.encode()
    )
    (row,) = lines.said(7, ["hi"], "en", SpeechServer(url, "kokoro", "af"))
    assert row.words == []


@pytest.mark.parametrize(
    ("status", "kind", "content", "error", "says"),
    [
        (401, "application/json", b"{}", ServerRefused, "check VOICE_KEY"),
        (404, "application/json", b'{"error":{"message":"no model"}}', ServerRefused, "no model"),
        (400, "application/json", b'{"detail":"too long"}', ServerRefused, "too long"),
        (429, "text/plain", b"", ServerBusy, "try again"),
        (500, "text/html", b"<html>", ServerDown, "in trouble"),
        (302, "text/html", b"", ServerMisbehaved, "another address"),
        (200, "audio/wav", b"<html>hello</html>", ServerMisbehaved, "no WAV"),
        (200, "application/json", b'{"audio": 3}', ServerMisbehaved, "holds no sound"),
        (200, "audio/wav", as_wav(np.zeros(RATE)), VoiceRefused, "silent"),
        (200, "audio/wav", b"RIFF0000WAVEjunk", MediaBroken, "cannot be read"),
    ],
)
@pytest.mark.django_db
def test_answers_that_are_no_voice_are_told_apart(
    status: int, kind: str, content: bytes, error: type[Exception], says: str, server: tuple[str, Answering]
) -> None:
    url, said = server
    said.status, said.kind, said.content = status, kind, content
    with pytest.raises(error, match=says):
        lines.said(7, ["早上好"], "zh", SpeechServer(f"{url}/v1", "tts-1", "alloy"))
    assert not SpokenLine.objects.exists()


@pytest.mark.django_db
def test_a_server_that_is_not_there_may_be_tried_again(server: tuple[str, Answering]) -> None:
    with pytest.raises(ServerDown, match="cannot be reached"):
        lines.said(7, ["早上好"], "zh", SpeechServer("http://127.0.0.1:9", "tts-1", "alloy"))
    assert not SpokenLine.objects.exists()


@pytest.mark.parametrize(
    ("url", "model", "says"), [("speech.example", "m", "no address"), ("http://a.example", "", "VOICE_MODEL")]
)
def test_settings_that_cannot_work_say_so(url: str, model: str, says: str) -> None:
    with pytest.raises(VoiceRefused, match=says):
        SpeechServer(url, model, "alloy")


def test_nobody_speaks_by_default(settings: Any, tmp_path: Path) -> None:
    settings.VOICE_URL = settings.VOICE_FOLDER = ""
    assert speaker() is None
    settings.VOICE_FOLDER = str(tmp_path / "none")
    with pytest.raises(WeightsMissing, match="there is no folder"):
        speaker()


@pytest.mark.parametrize("text", ["……", "", "字" * 401])
def test_lines_without_words_or_end_are_not_spoken(text: str) -> None:
    with pytest.raises(VoiceRefused):
        check_line(text)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_real_model_speaks_through_sherpa_onnx(tmp_path: Path) -> None:
    voice = SherpaVoice(save_voice(tmp_path))
    row, other = lines.said(7, ["hello there", "bye now"], "en", voice)
    assert row.ms == pytest.approx(11 * 4096 * 1000 / 16_000, rel=0.1)
    assert other.ms < row.ms
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(VoiceRefused, match="cannot use the voice"):
        list(SherpaVoice(tmp_path).say(["hello"], "en"))


@pytest.mark.parametrize("changed", ["model.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "numbers.fst"])
def test_whatever_changes_a_local_voice_changes_its_id(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.voice.sherpa.importlib.util.find_spec", lambda name: name)
    ids = []
    for version in ("one", "other"):
        folder = tmp_path / version
        folder.mkdir()
        for name in ("model.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "numbers.fst"):
            (folder / name).write_text(version if name == changed else "same")
        ids.append(SherpaVoice(folder).id)
    assert ids[0] != ids[1]
    assert SherpaVoice(folder, "1").id != SherpaVoice(folder).id == ids[1]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (["en_US-amy.onnx", "tokens.txt", "lexicon.txt"], "vits"),
        (["model.onnx", "voices.bin", "tokens.txt"], "kokoro"),
        (["model-steps-3.onnx", "vocos-22khz.onnx", "tokens.txt"], "matcha"),
    ],
)
def test_a_folder_says_which_model_it_holds(files: list[str], kind: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).touch()
    (tmp_path / "espeak-ng-data").mkdir()
    found = voice_files(tmp_path)
    assert found.kind == kind
    assert found.data_dir.endswith("espeak-ng-data")
    assert bool(found.vocoder) == (kind == "matcha")
    (tmp_path / "tokens.txt").unlink()
    with pytest.raises(WeightsMissing, match=f"no whole {kind} voice"):
        voice_files(tmp_path)


def test_a_recording_is_trimmed_and_brought_to_one_level(tmp_path: Path) -> None:
    quiet = spoken(written(tmp_path / "a.wav", speech(1.2, level=0.05, silence_s=0.6)), "line 1")
    loud = spoken(written(tmp_path / "b.wav", speech(1.2, level=0.6)), "line 2")
    for line in (quiet, loud):
        assert line.seconds == pytest.approx(1.25, abs=0.08)
        assert integrated_lufs(np.repeat(line.samples[:, None], 2, axis=1)) == pytest.approx(LEVEL_LUFS, abs=0.5)
    assert quiet.lead_s == pytest.approx(0.56, abs=0.03)


@pytest.mark.parametrize(
    ("sound", "says"),
    [
        (np.zeros(RATE), "silent"),
        (speech(1.0, level=0.004), "too quiet"),
        (speech(0.1, silence_s=0.5), r"only 0\.\d+ s of voice"),
        ((speech(1.0) * 40).clip(-1, 1), "clipped"),
        (np.tile(speech(1.0), 200), "longer than 180 s"),
        (np.tile(speech(1.0), 40), "one line may last 30 s"),
    ],
    ids=["silent", "quiet", "short", "clipped", "endless", "long"],
)
def test_recordings_that_cannot_be_used_say_why(sound: np.ndarray, says: str, tmp_path: Path) -> None:
    with pytest.raises(Permanent, match=says):
        spoken(written(tmp_path / "a.wav", sound), "voice file 1")


@pytest.mark.django_db
def test_one_recording_of_all_lines_is_cut_at_its_pauses(tmp_path: Path) -> None:
    gap = np.zeros(round(0.6 * RATE))
    whole = np.concatenate([speech(1.0), gap, speech(0.7), gap, speech(1.3)])
    path = written(tmp_path / "all.wav", whole)
    rows = lines.uploaded(7, ["一", "二", "三"], [path])
    assert [round(row.ms / 100) for row in rows] == [10, 8, 13]
    with pytest.raises(VoiceRefused, match="has 3 spoken parts and the script 5 lines"):
        lines.uploaded(7, list("一二三四五"), [path])
    with pytest.raises(VoiceRefused, match="2 voice files for 3 lines"):
        lines.uploaded(7, list("一二三"), [path, path])
    assert SpokenLine.objects.count() == 3
    assert len(split(path, 1, "x")) == 1
