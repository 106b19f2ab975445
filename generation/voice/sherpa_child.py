"""``python -m generation.voice.sherpa_child``: says lines with a sherpa-onnx model, one WAV file each. An order comes on stdin.

Order: {"files": the fields of ``VoiceFiles``, "speaker": n, "lines": [...], "out": folder}. Ends with 0, or with a reason.
"""

import json
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def config_of(files: dict[str, str]) -> Any:
    """A checked ``OfflineTtsConfig``; leaves with a reason where the library finds a file wanting."""
    import sherpa_onnx

    shared = {"tokens": files["tokens"], "lexicon": files["lexicon"], "data_dir": files["data_dir"]}
    kind = files["kind"]
    if kind == "vits":
        part: dict[str, Any] = {"vits": sherpa_onnx.OfflineTtsVitsModelConfig(model=files["model"], **shared)}
    elif kind == "kokoro":
        kokoro = sherpa_onnx.OfflineTtsKokoroModelConfig(model=files["model"], voices=files["voices"], **shared)
        part = {"kokoro": kokoro}
    else:
        matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
            acoustic_model=files["model"], vocoder=files["vocoder"], **shared
        )
        part = {"matcha": matcha}
    model = sherpa_onnx.OfflineTtsModelConfig(**part, num_threads=2, provider="cpu")
    config = sherpa_onnx.OfflineTtsConfig(model=model, rule_fsts=files["rules"], max_num_sentences=2)
    if not config.validate():
        sys.exit("its files do not fit together")
    return config


def main() -> None:
    import sherpa_onnx

    order = json.load(sys.stdin)
    voice = sherpa_onnx.OfflineTts(config_of(order["files"]))
    for index, line in enumerate(order["lines"]):
        made = voice.generate(line, sid=order["speaker"], speed=1.0)
        samples = np.asarray(made.samples, np.float32)
        if len(samples):
            _write(Path(order["out"]) / f"{index}.wav", samples, made.sample_rate)


def _write(path: Path, samples: NDArray[Any], rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
