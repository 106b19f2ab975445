"""Recognisers of speech: which one is configured, what the server is asked, and clear words where weights are missing."""

import io
import json
import sys
import wave
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from templates_engine.analyse import asr
from templates_engine.analyse.errors import ToolMissing
from templates_engine.domain.analysis import LineSource
from tests.templates_engine import speech_server

SERVER = {"kind": "openai", "base": "https://speech.example", "model": "whisper-1", "token_env": "SPEECH_TOKEN"}
SOUND = np.linspace(-1, 1, asr.RATE, dtype=np.float32)


def test_nothing_is_configured_at_first(settings: Any) -> None:
    assert settings.TEMPLATES_ASR == ""
    assert asr.configured() is None


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("{", "is no JSON"),
        ("[1]", "should look like"),
        ({"kind": "magic"}, "kind is faster-whisper, sherpa-onnx or openai, not 'magic'"),
        ({"kind": "openai"}, "needs 'base'"),
        (SERVER, "the environment has no SPEECH_TOKEN"),
        ({"kind": "faster-whisper", "folder": "/nowhere"}, r"should hold model\.bin"),
        ({"kind": "sherpa-onnx"}, r"should hold tokens\.txt"),
    ],
)
def test_a_setting_that_cannot_work_says_why(settings: Any, setting: object, says: str) -> None:
    settings.TEMPLATES_ASR = setting if isinstance(setting, str) else json.dumps(setting)
    with pytest.raises(ToolMissing, match=says):
        asr.configured()


@pytest.mark.parametrize(
    ("kind", "file", "package"),
    [("faster-whisper", "model.bin", "faster-whisper"), ("sherpa-onnx", "tokens.txt", "sherpa-onnx")],
)
def test_a_package_that_is_missing_is_named(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, file: str, package: str
) -> None:
    monkeypatch.setattr(asr, "find_spec", lambda _: None)
    (tmp_path / file).touch()
    settings.TEMPLATES_ASR = json.dumps({"kind": kind, "folder": str(tmp_path)})
    with pytest.raises(ToolMissing, match=f"pip install {package}"):
        asr.configured()


def test_the_server_is_asked_as_openai_says(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_TOKEN", "t")
    settings.TEMPLATES_ASR, settings.TEMPLATES_HTTP = json.dumps(SERVER), "tests.templates_engine.speech_server.ask"
    speech_server.ASKED.clear()
    speech_server.ANSWER = {
        "segments": [{"start": 0, "end": 1.2, "text": " 还在发愁？"}, {"start": 5, "end": 4, "text": "?"}]
    }
    recogniser = asr.configured()
    assert recogniser is not None
    assert recogniser.name == "openai whisper-1"
    (line,) = recogniser.recognise(SOUND, "zh")
    assert (line.start_ms, line.end_ms, line.text, line.source) == (0, 1200, "还在发愁？", LineSource.SPEECH)
    (asked,) = speech_server.ASKED
    assert (asked["base"], asked["path"], asked["token"]) == (SERVER["base"], "/v1/audio/transcriptions", "t")
    assert asked["form"] == {"model": "whisper-1", "language": "zh", "response_format": "verbose_json"}
    field, _, kind, content = asked["files"][0]
    assert (field, kind) == ("file", "audio/wav")
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (1, 16_000, 16_000)


def test_an_answer_without_segments_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEECH_TOKEN", "t")
    settings.TEMPLATES_ASR, settings.TEMPLATES_HTTP = json.dumps(SERVER), "tests.templates_engine.speech_server.ask"
    speech_server.ANSWER = {"text": "hello"}
    recogniser = asr.configured()
    assert recogniser is not None
    with pytest.raises(ToolMissing, match="without 'segments'"):
        recogniser.recognise(SOUND, "en")


def test_whisper_is_loaded_from_its_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Model:
        def __init__(self, folder: str, **how: Any) -> None:
            asked.update(folder=folder, **how)

        def transcribe(self, sound: np.ndarray, **how: Any) -> tuple[list[SimpleNamespace], None]:
            asked.update(samples=len(sound), **how)
            return [SimpleNamespace(start=0.5, end=1.0, text=" hi ")], None

    module = ModuleType("faster_whisper")
    module.WhisperModel = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    monkeypatch.setattr(asr, "_installed", lambda *_: "1.2.1")
    recogniser = asr.Whisper(tmp_path)
    (line,) = recogniser.recognise(SOUND, "en")
    assert (line.start_ms, line.end_ms, line.text) == (500, 1000, "hi")
    assert asked["folder"] == str(tmp_path)
    assert asked["local_files_only"] is True
    assert (asked["language"], asked["samples"]) == ("en", 16_000)
