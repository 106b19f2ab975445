"""Voices in a folder, through sherpa-onnx (an extra): VITS, Kokoro and Matcha models, told apart by the files they bring.

The model works in a process of its own (``sherpa_child``): the library ends the whole process over a damaged model, and
that must never be a worker's, or the web's.
"""

import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from generation.errors import VoiceRefused, WeightsMissing
from generation.voice.speakers import Recording, check_line

SECONDS_PER_LINE, SECONDS_TO_LOAD = 60, 120
NEEDED = {
    "kokoro": "model.onnx, voices.bin and tokens.txt",
    "matcha": "model-steps-*.onnx, a vocoder (vocos*.onnx or hifigan*.onnx) and tokens.txt",
    "vits": "one .onnx file and tokens.txt",
}


@dataclass(frozen=True)
class VoiceFiles:
    """What a folder holds; paths as text, empty where there is no such file. ``kind``: a key of ``NEEDED``."""

    kind: str
    model: str
    tokens: str
    voices: str = ""
    vocoder: str = ""
    lexicon: str = ""
    data_dir: str = ""
    rules: str = ""


def voice_files(folder: Path) -> VoiceFiles:
    """Raises ``WeightsMissing`` naming what is not there."""
    if not folder.is_dir():
        raise WeightsMissing(f"VOICE_FOLDER: there is no folder {folder.name!r}; put a sherpa-onnx voice into it")
    tokens = folder / "tokens.txt"
    models = sorted(folder.glob("*.onnx"))
    vocoders = [path for path in models if path.name.startswith(("vocos", "hifigan"))]
    acoustic = [path for path in models if path.name.startswith("model-steps")]
    voices = folder / "voices.bin"
    spoken = [path for path in models if path not in vocoders]
    kind = "matcha" if acoustic or vocoders else "kokoro" if voices.is_file() else "vits"
    model = (acoustic or ([] if kind == "matcha" else spoken))[:1]
    if not tokens.is_file() or not model or (kind == "matcha" and not vocoders):
        raise WeightsMissing(f"VOICE_FOLDER {folder.name!r} is no whole {kind} voice: it needs {NEEDED[kind]}")
    return VoiceFiles(
        kind=kind,
        model=str(model[0]),
        tokens=str(tokens),
        voices=str(voices) if kind == "kokoro" else "",
        vocoder=str(vocoders[0]) if kind == "matcha" else "",
        lexicon=",".join(str(path) for path in sorted(folder.glob("lexicon*.txt"))),
        data_dir=str(folder / "espeak-ng-data") if (folder / "espeak-ng-data").is_dir() else "",
        rules=",".join(str(path) for path in sorted(folder.glob("*.fst"))),
    )


class SherpaVoice:
    """``voice``: the number of a speaker in the model, "" for the first. Raises ``WeightsMissing``, ``VoiceRefused``."""

    def __init__(self, folder: Path, voice: str = "") -> None:
        if importlib.util.find_spec("sherpa_onnx") is None:
            raise WeightsMissing("local voices need the package sherpa-onnx: pip install 'hitsmith[voice]'")
        if voice and not voice.isdecimal():
            raise VoiceRefused(f"VOICE_NAME for local voices is the number of a speaker, such as 0, not {voice!r}")
        self._folder, self._files, self._speaker = folder, voice_files(folder), int(voice or 0)

    @property
    def id(self) -> str:
        files = self._files
        named = (
            files.model,
            files.tokens,
            files.voices,
            files.vocoder,
            *files.lexicon.split(","),
            *files.rules.split(","),
        )
        content = hashlib.sha256("".join(_content(path) for path in named if path).encode()).hexdigest()
        return f"sherpa:{content[:32]}:{self._speaker}"

    @property
    def name(self) -> str:
        return f"{self._folder.name} {self._speaker}"

    def say(self, texts: Sequence[str], lang: str) -> Iterator[Recording]:
        lines = [check_line(text) for text in texts]
        with tempfile.TemporaryDirectory(prefix="hitsmith-voice-") as folder:
            order = {"files": asdict(self._files), "speaker": self._speaker, "lines": lines, "out": folder}
            self._work(json.dumps(order), SECONDS_TO_LOAD + SECONDS_PER_LINE * len(lines))
            made = [Path(folder) / f"{index}.wav" for index in range(len(lines))]
            silent = next((line for line, path in zip(lines, made, strict=True) if not path.is_file()), None)
            if silent is not None:
                raise VoiceRefused(f"the voice cannot say {silent!r}: change the line, or choose another voice")
            yield from (Recording(path.read_bytes(), ".wav") for path in made)

    def _work(self, order: str, seconds: float) -> None:
        command = [sys.executable, "-m", "generation.voice.sherpa_child"]
        try:
            done = subprocess.run(command, input=order, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603  (our own module)
        except subprocess.TimeoutExpired as error:
            raise VoiceRefused(f"the voice in {self._folder.name!r} takes too long: choose a smaller model") from error
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            raise VoiceRefused(f"sherpa-onnx cannot use the voice in {self._folder.name!r}: {last[:200]}")


@lru_cache(maxsize=64)
def _content(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
