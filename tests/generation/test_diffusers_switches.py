"""Weights that are built, damaged or changed, and switches that prove what they did."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from generation.engines.pipelines.engine import Diffusers
from generation.engines.pipelines.folder import NOTE, Folder
from generation.engines.pipelines.table import entries
from generation.engines.pipelines.tiny import build, build_few_steps
from generation.errors import WeightsMissing
from generation.watch import NullWatch
from tests.generation.demo_models import Set, copied, make_set, own, own_texts, small

__all__ = ["own", "own_texts", "small"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_texts")]
SMALL, LARGE, LTX, COG = "wan2.2-ti2v-5b", "wan2.2-i2v-a14b", "ltx-condition", "cogvideox-i2v"


def switched(scene: Set, **switches: str) -> Set:
    note = json.loads((scene.folder / NOTE).read_text()) | {"switches": switches}
    (scene.folder / NOTE).write_text(json.dumps(note))
    return scene


def effects(scene: Set, name: str) -> list[tuple[bool, str]]:
    loaded = scene.engine._loaded
    found = [*loaded.effects, *loaded.after(0)]
    return [(effect.worked, effect.proof) for effect in found if effect.switch == name]


def test_the_command_builds_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_demo_model", "--engine", SMALL, "--few-steps", str(tmp_path / "m"))
    told = capsys.readouterr().out
    assert "They are random: every film is noise" in told
    assert "looks for its weights in" in told
    folder = Folder(entries()[SMALL], tmp_path / "m")
    assert folder.weights in told
    assert folder.missing() == []
    assert Diffusers(entries()[SMALL], folder).spec.profiles[1].steps == 4
    before = folder.stamp()
    with pytest.raises(CommandError, match="is not empty: name a new folder"):
        call_command("make_demo_model", "--engine", SMALL, str(tmp_path / "m"))
    assert folder.stamp() == before


def test_the_same_demo_weights_are_built_again(small: Set, tmp_path: Path) -> None:
    build(entries()[SMALL], tmp_path / "again")
    assert Folder(entries()[SMALL], tmp_path / "again").weights == small.engine.spec.weights


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: (path / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"half a file"),
        lambda path: (path / "transformer" / "config.json").write_text("{}"),
        lambda path: (path / "vae" / "config.json").write_text("{"),
        lambda path: (path / "scheduler" / "scheduler_config.json").unlink(),
    ],
)
def test_damaged_weights_are_told_in_plain_words(own: Set, damage: Callable[[Path], object]) -> None:
    damage(own.folder)
    with pytest.raises(WeightsMissing, match=r"cannot be loaded .*: fetch them again|lacks scheduler") as told:
        own.engine.load()
    assert str(own.folder) in str(told.value)
    assert own.engine._loaded is None


def test_one_engine_makes_room_for_the_next(small: Set, own: Set) -> None:
    small.engine.load()
    switched(own, dtype="bfloat16").engine.load()
    assert small.engine._loaded is None
    assert own.engine._loaded is not None
    assert own.film().shape == small.film().shape


def test_changed_weights_are_loaded_anew(own: Set) -> None:
    one, name = own.film(), own.engine.spec.weights
    switched(own, dtype="bfloat16")
    assert own.engine.spec.weights != name
    own.engine.load()
    assert not np.array_equal(one, own.film())


# --- switches ---


@pytest.mark.parametrize("name", [SMALL, LARGE, LTX, COG])
def test_the_few_step_adapter_films_the_draft_in_four_forwards_and_leaves_the_rest_alone(
    name: str, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    for plain in make_set(name, tmp_path_factory, tmp_path):
        high = plain.film(plain.plan(profile="high"))
        quick = Set(name, copied(plain.folder, tmp_path / "lora"), tmp_path)
        build_few_steps(entries()[name], quick.folder)
        quick.engine.load()
        (effect,) = effects(quick, "few_steps")
        assert effect[0], effect[1]
        assert np.array_equal(high, quick.film(quick.plan(profile="high"))), "the adapter is not off"
        images = {quick.first.sha256: quick.photo, quick.last.sha256: quick.other}
        filmed = quick.engine.film(quick.plan(), images, quick.out, NullWatch())
        steps = next(profile.steps for profile in quick.engine.spec.profiles if profile.name == "draft")
        if name != COG:
            assert (steps, filmed.facts["forwards"]) == {LTX: (8, 8)}.get(name, (4, 4))
        quick.engine.unload()


def test_an_adapter_for_another_model_is_refused(own: Set, tmp_path: Path) -> None:
    other = tmp_path / "other"
    build(entries()[COG], other)
    build_few_steps(entries()[COG], other)
    copied(other / "lora", own.folder / "lora")
    with pytest.raises(WeightsMissing, match="cannot be loaded"):
        own.engine.load()


@pytest.mark.parametrize(
    ("switches", "name", "worked", "proof"),
    [
        ({"precision": "fp8"}, "precision", True, "transformer "),
        ({"precision": "int8"}, "precision", False, "it wants another package: No module named 'torchao'"),
        ({"precision": "nf4"}, "precision", False, "it wants another package: "),
        ({"attention": "_native_math"}, "attention", True, "x the speed of native"),
        ({"attention": "sage"}, "attention", False, "does not run here"),
        ({"attention": "none_such"}, "attention", False, "does not run here"),
        ({"tiling": "on"}, "tiling", False, "the picture is smaller than one tile"),
        ({"offload": "model"}, "offload", False, "there is no accelerator"),
        ({"offload": "none"}, "offload", True, "everything is in main memory"),
    ],
)
def test_a_switch_proves_its_effect_or_says_that_it_has_none(
    own: Set, switches: dict[str, str], name: str, worked: bool, proof: str
) -> None:
    frames = switched(own, **switches).film()
    ((did, said),) = effects(own, name)
    assert (did, proof in said) == (worked, True), said
    assert len(frames) == 9
    own.engine.unload()


def test_layers_can_wait_outside_without_changing_a_pixel(small: Set) -> None:
    import torch

    from generation.engines.pipelines.speed import offload_layers

    one = small.film()
    effect = offload_layers(small.engine._loaded.pipe, torch.device("cpu"))
    assert (effect.worked, effect.proof) == (True, "2 networks come layer by layer")
    assert np.array_equal(one, small.film())


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*")  # its own compiler's; as errors they would stop it
def test_compiled_blocks_film_the_same(own: Set) -> None:
    one = own.film()
    two = switched(own, compile="on").film()
    assert [worked for worked, _ in effects(own, "compile")] == [True, True]
    assert np.abs(one.astype(int) - two).max() <= 2


def test_where_nothing_can_be_compiled_the_shot_is_filmed_all_the_same(
    own: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch._dynamo.exc import InternalTorchDynamoError

    one = own.film()
    switched(own, compile="on").engine.load()
    pipe = own.engine._loaded.pipe
    block = pipe.transformer.blocks[0]

    def breaks(*given: object, **named: object) -> object:
        raise InternalTorchDynamoError("no compiler on this machine")

    monkeypatch.setattr(block, "_compiled_call_impl", breaks)
    images = {own.first.sha256: own.photo}
    filmed = own.engine.film(own.plan(), images, own.out, NullWatch())
    assert filmed.facts["made_room"] == ["compile=on: no effect, it failed here (no compiler on this machine)"]
    assert effects(own, "compile") == [(False, "it failed here (no compiler on this machine)")]
    assert np.array_equal(one, own.film())
