"""Speech into timed lines, where a hit comes without a transcript: one of three recognisers, named by ``TEMPLATES_ASR``.

* ``{"kind": "faster-whisper", "folder": ...}``: a CTranslate2 Whisper model on this machine
* ``{"kind": "sherpa-onnx", "folder": ...}``: a SenseVoice model (``model.onnx`` or ``model.int8.onnx``, ``tokens.txt``)
* ``{"kind": "openai", "base": ..., "model": ..., "token_env": ...}``: any server with
  ``/v1/audio/transcriptions``; ``token_env`` names the environment variable that holds the token

No weights are fetched: a folder without them is a ToolMissing that says what belongs there.
"""

import io
import json
import os
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from templates_engine.analyse import voice
from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.footage import Samples
from templates_engine.analyse.transcript import in_turn, line_of
from templates_engine.domain.analysis import LineSource, TimedLine
from templates_engine.domain.errors import TemplatesError

RATE = voice.RATE
ANSWER_S = 300.0


class Recogniser(Protocol):
    """``name`` with its version, for the record. ``recognise`` takes mono sound at 16 kHz."""

    @property
    def name(self) -> str: ...

    def recognise(self, sound: Samples, lang: str) -> tuple[TimedLine, ...]: ...


def configured() -> Recogniser | None:
    """The one that the setting names; None for an empty setting. Raises ToolMissing for what cannot work."""
    text = settings.TEMPLATES_ASR
    if not text:
        return None
    try:
        wanted = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        raise ToolMissing(f"TEMPLATES_ASR is no JSON: {error}") from error
    if not isinstance(wanted, Mapping) or not all(isinstance(value, str) for value in wanted.values()):
        raise ToolMissing(
            'TEMPLATES_ASR should look like {"kind": "faster-whisper", "folder": "/models/whisper-small"}'
        )
    return _made(wanted)


def _made(wanted: Mapping[str, str]) -> Recogniser:
    match wanted.get("kind"):
        case "faster-whisper":
            return Whisper(_folder(wanted, ("model.bin",)))
        case "sherpa-onnx":
            return SenseVoice(_folder(wanted, ("tokens.txt",)))
        case "openai" if wanted.get("base"):
            return Server(wanted["base"], wanted.get("model", "whisper-1"), _token(wanted.get("token_env", "")))
        case "openai":
            raise ToolMissing("TEMPLATES_ASR: kind openai needs 'base', such as https://speech.example")
        case kind:
            raise ToolMissing(f"TEMPLATES_ASR: kind is faster-whisper, sherpa-onnx or openai, not {kind!r}")


def _token(variable: str) -> str:
    if variable and not os.environ.get(variable):
        raise ToolMissing(f"TEMPLATES_ASR: the environment has no {variable}")
    return os.environ.get(variable, "") if variable else ""


def _folder(wanted: Mapping[str, str], files: tuple[str, ...]) -> Path:
    folder = Path(wanted.get("folder", ""))
    missing = [name for name in files if not (folder / name).is_file()]
    if not wanted.get("folder") or missing:
        raise ToolMissing(
            f"TEMPLATES_ASR: the folder of a {wanted['kind']} model should hold {', '.join(files)}; put the weights there"
        )
    return folder


class Whisper:
    """OpenAI's Whisper through CTranslate2."""

    def __init__(self, folder: Path) -> None:
        self.name = f"faster-whisper {_installed('faster-whisper', 'faster_whisper')} {folder.name}"
        self._folder = folder

    def recognise(self, sound: Samples, lang: str) -> tuple[TimedLine, ...]:
        from faster_whisper import WhisperModel

        try:
            model = WhisperModel(str(self._folder), device="auto", local_files_only=True)
            segments, _ = model.transcribe(sound, language=lang, vad_filter=True)
            return _lines([{"start": part.start, "end": part.end, "text": part.text} for part in segments])
        except (RuntimeError, ValueError, OSError) as error:
            raise ToolMissing(f"faster-whisper cannot use {self._folder.name}: {error}") from error


class SenseVoice:
    """FunAudioLLM's SenseVoice through sherpa-onnx, one span of speech after the other."""

    def __init__(self, folder: Path) -> None:
        self.name = f"sherpa-onnx {_installed('sherpa-onnx', 'sherpa_onnx')} {folder.name}"
        self._tokens = folder / "tokens.txt"
        models = [path for name in ("model.onnx", "model.int8.onnx") if (path := folder / name).is_file()]
        if not models:
            raise ToolMissing("TEMPLATES_ASR: the sherpa-onnx folder lacks model.onnx or model.int8.onnx")
        self._model = models[0]

    def recognise(self, sound: Samples, lang: str) -> tuple[TimedLine, ...]:
        import sherpa_onnx

        try:
            reader = sherpa_onnx.OfflineRecognizer.from_sense_voice(
                model=str(self._model), tokens=str(self._tokens), language=lang, use_itn=True, num_threads=2
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ToolMissing(f"sherpa-onnx cannot use {self._model.name}: {error}") from error
        entries = []
        for span in voice.spoken(sound):
            stream = reader.create_stream()
            stream.accept_waveform(RATE, sound[span.start_ms * RATE // 1000 : span.end_ms * RATE // 1000])
            reader.decode_stream(stream)
            entries.append({"start_ms": span.start_ms, "end_ms": span.end_ms, "text": stream.result.text})
        return _lines(entries)


@dataclass(frozen=True)
class Server:
    """A server that speaks OpenAI's ``/v1/audio/transcriptions``, asked through the house's one HTTP client."""

    base: str
    model: str
    token: str = ""

    @property
    def name(self) -> str:
        return f"openai {self.model}"

    def recognise(self, sound: Samples, lang: str) -> tuple[TimedLine, ...]:
        answer = import_string(settings.TEMPLATES_HTTP)(
            self.base,
            "the speech server",
            "/v1/audio/transcriptions",
            token=self.token,
            form={"model": self.model, "language": lang, "response_format": "verbose_json"},
            files=[("file", "speech.wav", "audio/wav", wav(sound))],
            seconds=ANSWER_S,
        )
        segments = answer.get("segments") if isinstance(answer, Mapping) else None
        if not isinstance(segments, list):
            raise ToolMissing(
                "the speech server answered without 'segments': it must know response_format=verbose_json"
            )
        return _lines(segments)


def wav(sound: Samples, rate: int = RATE) -> bytes:
    """16-bit mono."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def _lines(entries: list[dict[str, object]] | list[object]) -> tuple[TimedLine, ...]:
    return in_turn(_read(entries))


def _read(entries: list[dict[str, object]] | list[object]) -> Iterator[TimedLine]:
    """A recogniser's entries; one that makes no sense (it ends before it starts) is left out."""
    for index, entry in enumerate(entries):
        try:
            line = line_of("speech", index, entry, LineSource.SPEECH)
        except TemplatesError:
            continue
        if line is not None:
            yield line


def _installed(package: str, module: str) -> str:
    if find_spec(module) is None:
        raise ToolMissing(f"TEMPLATES_ASR: {package} is not installed: pip install {package}")
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
