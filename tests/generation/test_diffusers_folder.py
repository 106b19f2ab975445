"""The folder with a model's weights: what is missing is said with how to mend it, and other weights have another name."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from generation.engines.pipelines import folder as module
from generation.engines.pipelines.engine import Diffusers
from generation.engines.pipelines.folder import Folder, ready
from generation.engines.pipelines.table import entries
from generation.errors import WeightsMissing

SMALL, LARGE, ENDS, LTX = "wan2.2-ti2v-5b", "wan2.2-i2v-a14b", "wan2.1-flf2v", "ltx-condition"


def put(path: Path, content: dict[str, object] | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def model(name: str, path: Path, **index: object) -> Folder:
    """A folder that looks like a complete download."""
    entry = entries()[name]
    facts = {key: value for key, value in entry.index_facts.items() if value not in ("any", "none")}
    facts |= {key: 0.9 for key, value in entry.index_facts.items() if value == "any"}
    put(path / "model_index.json", {"_class_name": entry.index_names[0]} | facts | index)
    for part in entry.components:
        put(path / part / "config.json", {"image_dim": 1280, "pos_embed_seq_len": 514} if part == "transformer" else {})
        if part.startswith(("transformer", "text_encoder", "image_encoder", "vae")):
            put(path / part / "model.safetensors", b"weights of " + part.encode())
    return Folder(entry, path)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gpu").touch()
    monkeypatch.setattr(module, "GPUS", (str(tmp_path / "gpu"),))
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0+cu130")


def test_without_weights_it_says_where_to_get_them_and_how_to_try_without(settings: Any, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    engine = Diffusers(entries()[SMALL])
    (said,) = [part for part in engine.missing() if "no weights" in part]
    place = tmp_path / "models" / SMALL
    assert f"hf download Wan-AI/Wan2.2-TI2V-5B-Diffusers --local-dir {place}" in said
    assert f"manage.py make_demo_model --engine {SMALL} {place}" in said
    assert engine.spec.weights == "absent"
    with pytest.raises(WeightsMissing, match="no weights in"):
        ready(Folder(entries()[SMALL]))
    assert not (tmp_path / "models").exists(), "a question makes no folders"


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("name", list(entries()))
def test_a_complete_download_is_ready_once_its_licence_is_accepted(name: str, tmp_path: Path, settings: Any) -> None:
    settings.ACCEPTED_LICENCES = []
    folder, switch = model(name, tmp_path / "m"), entries()[name].licence.switch
    if switch:
        (said,) = folder.missing()
        assert "is not accepted" in said
        assert said.endswith(f"add {switch} to ACCEPTED_LICENCES")
    settings.ACCEPTED_LICENCES = [switch]
    assert folder.missing() == []


@pytest.mark.parametrize(
    ("name", "index", "says"),
    [
        (SMALL, {"_class_name": "LTXConditionPipeline"}, "it is a LTXConditionPipeline"),
        (SMALL, {"expand_timesteps": False}, "model_index.json has expand_timesteps False"),
        (LARGE, {"boundary_ratio": None}, "model_index.json has boundary_ratio None"),
        (ENDS, {"boundary_ratio": 0.9}, "model_index.json has boundary_ratio 0.9"),
    ],
)
def test_another_model_in_the_folder_is_noticed(name: str, index: dict[str, object], says: str, tmp_path: Path) -> None:
    (said,) = model(name, tmp_path / "m", **index).missing()
    assert says in said
    assert said.endswith(f"{name} wants {entries()[name].repository}")


def test_the_wan_model_that_takes_no_last_picture_is_told_from_the_one_that_does(tmp_path: Path) -> None:
    folder = model(ENDS, tmp_path / "m")
    put(tmp_path / "m" / "transformer" / "config.json", {"image_dim": 1280, "pos_embed_seq_len": None})
    assert "transformer has pos_embed_seq_len None" in folder.missing()[0]


def test_a_broken_off_download_names_what_is_not_there(tmp_path: Path) -> None:
    folder = model(SMALL, tmp_path / "m")
    (tmp_path / "m" / "vae" / "model.safetensors").unlink()
    put(
        tmp_path / "m" / "transformer" / "w.safetensors.index.json",
        {"weight_map": {"a": "w-1.safetensors", "b": "w-2.safetensors"}},
    )
    put(tmp_path / "m" / "transformer" / "w-1.safetensors", b"1")
    (said,) = folder.missing()
    assert "lacks transformer/w-2.safetensors, vae: fetch" in said


def test_a_note_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    folder = model(SMALL, tmp_path / "m")
    for content, says in (
        (b"{", "has a file that cannot be used"),
        (b"[]", "is not a JSON object"),
        ({"switches": {"offload": "all"}}, "offload is one of auto, none, model, group, not 'all'"),
    ):
        put(tmp_path / "m" / "hitsmith.json", content)  # type: ignore[arg-type]
        (said,) = folder.missing()
        assert says in said
        assert Diffusers(entries()[SMALL], folder).spec.id == SMALL


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGES", ("no_such_package",))
    assert "no_such_package is not installed: pip install 'hitsmith[gpu]'" in model(SMALL, tmp_path / "m").missing()


def test_a_machine_without_a_gpu_is_told_how_to_do_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GPUS", ())
    folder = model(SMALL, tmp_path / "m")
    (said,) = folder.missing()
    assert "no GPU on this machine" in said
    put(tmp_path / "m" / "hitsmith.json", {"switches": {"device": "cpu"}})
    assert folder.missing() == []


@pytest.mark.usefixtures("gpu")
def test_a_torch_that_cannot_use_the_gpu_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0+cpu")
    assert "this torch cannot use the GPU" in model(SMALL, tmp_path / "m").missing()[0]


def test_other_weights_have_another_name_and_the_same_ones_the_same(tmp_path: Path) -> None:
    one, two = model(SMALL, tmp_path / "one"), model(SMALL, tmp_path / "two")
    assert one.weights == two.weights
    assert len(one.weights) == 16
    weights = tmp_path / "two" / "transformer" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[::-1])  # a fine-tune: same name, same size
    assert two.weights != one.weights
    put(tmp_path / "one" / "README.md", b"words")
    put(tmp_path / "one" / ".cache" / "huggingface" / "x.json", {})
    assert one.weights == model(SMALL, tmp_path / "three").weights, "documents and the downloader's files do not count"
    before = one.weights
    put(tmp_path / "one" / "hitsmith.json", {"switches": {"precision": "fp8"}})
    assert one.weights != before, "a switch may change the frames"


def test_large_files_are_sampled_in_several_places(tmp_path: Path) -> None:
    folder = model(SMALL, tmp_path / "m")
    big = tmp_path / "m" / "transformer" / "model.safetensors"
    content = bytearray(os.urandom(1) * (3 << 20))
    names = set()
    for place in (0, 3 << 19, (21 << 17) + 100):
        content[place] ^= 255
        big.write_bytes(content)
        names.add(folder.weights)
    assert len(names) == 3


def test_the_pair_of_adapters_for_two_experts_must_be_complete(tmp_path: Path) -> None:
    folder = model(LARGE, tmp_path / "m")
    assert folder.loras() == ()
    put(tmp_path / "m" / "lora" / "four_steps_HIGH_noise.safetensors", b"1")
    assert folder.loras() == ()
    assert "high-noise and a low-noise" in folder.missing()[0]
    put(tmp_path / "m" / "lora" / "four_steps_low_noise.safetensors", b"2")
    assert [file.name[11:14].lower() for file in folder.loras()] == ["hig", "low"]
    assert Diffusers(entries()[LARGE], folder).spec.profiles[1].steps == 4
    single = model(SMALL, tmp_path / "s")
    put(tmp_path / "s" / "lora" / "any.safetensors", b"1")
    assert [file.name for file in single.loras()] == ["any.safetensors"]


@pytest.mark.slow
def test_asking_loads_no_torch_and_is_quick(tmp_path: Path) -> None:
    model(SMALL, tmp_path / SMALL)
    code = (
        "import django, os, sys, time; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup();"
        "from generation.engines import registry; registry.specs(); begun = time.process_time();"
        "[registry.missing_parts(spec.id) for spec in registry.specs()]; spent = time.process_time() - begun;"
        "print('torch' in sys.modules, spent < 0.05)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"MODELS_DIR": str(tmp_path)},
    )  # fmt: skip
    assert told.stdout.split() == ["False", "True"]


def test_demo_weights_say_so_in_their_name(tmp_path: Path) -> None:
    folder = model(SMALL, tmp_path / "m")
    real = folder.weights
    put(tmp_path / "m" / "hitsmith.json", {"demo": True})
    assert folder.weights.startswith("demo-")
    assert not real.startswith("demo-")
