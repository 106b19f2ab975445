"""A VITS model of six nodes, made on the spot: every letter is a quarter second of a tone. It shows that the loading works."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RATE, SAMPLES_PER_LETTER = 16_000, 4096
LETTERS = "_abcdefghijklmnopqrstuvwxyz'"
ABOUT = {
    "model_type": "vits", "comment": "characters", "frontend": "characters", "language": "English", "voice": "",
    "sample_rate": RATE, "n_speakers": 1, "add_blank": 0, "punctuation": "", "blank_id": 0, "bos_id": 0, "eos_id": 0,
    "use_eos_bos": 0, "pad_id": 0, "has_espeak": 0, "jieba": 0,
}  # fmt: skip


def save_voice(folder: Path) -> Path:
    wave = 0.3 * np.sin(2 * np.pi * 220 * np.arange(SAMPLES_PER_LETTER) / RATE)
    constants = {
        "none": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "last": np.array([2], np.int64),
        "wave": wave.astype(np.float32).reshape(1, 1, -1),
        "flat": np.array([1, 1, -1], np.int64),
    }
    nodes = [
        helper.make_node("Cast", ["x"], ["letters"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["letters", "none"], ["zeros"]),
        helper.make_node("Add", ["zeros", "one"], ["ones"]),
        helper.make_node("Unsqueeze", ["ones", "last"], ["column"]),
        helper.make_node("Mul", ["column", "wave"], ["waves"]),
        helper.make_node("Reshape", ["waves", "flat"], ["y"]),
    ]
    number, whole = TensorProto.FLOAT, TensorProto.INT64
    inputs = [("x", whole, ["N", "L"]), ("x_length", whole, ["N"])]
    inputs += [(name, number, [1]) for name in ("noise_scale", "length_scale", "noise_scale_w")]
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info("y", number, ["N", 1, "T"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {name: str(value) for name, value in ABOUT.items()})
    onnx.save(model, folder / "model.onnx")
    lines = [f"{letter} {index}" for index, letter in enumerate(LETTERS)]
    (folder / "tokens.txt").write_text("\n".join([*lines, f"  {len(LETTERS)}"]) + "\n")
    return folder
