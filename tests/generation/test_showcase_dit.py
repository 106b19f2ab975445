"""The DiT itself: saved, loaded offline, repeatable, stoppable, and able to learn."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from django.core.management import call_command
from django.core.management.base import CommandError

from generation.domain.engine_spec import Move
from generation.domain.framing import Aim
from generation.domain.rig import poses
from generation.engines.showcase.latents import KEYS, Latents, noise_like
from generation.engines.showcase.pipeline import ShowcasePipeline
from generation.engines.showcase.reader import WEIGHTS, DitReader, pipeline
from generation.engines.showcase.sampler import denoised
from generation.engines.showcase.transformer import ShowcaseTransformer
from generation.errors import Cancelled, WeightsMissing
from generation.watch import NullWatch
from tests.generation.makers import StopWatch

AIM = Aim(60.0, 80.0, 120.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained one of a tenth of the size, in a folder."""
    torch.manual_seed(1)
    model = ShowcaseTransformer(dim=64, depth=2, heads=2, channels=(8, 16, 32))
    for part in model.parameters():
        torch.nn.init.normal_(part, std=0.05)
    folder = tmp_path_factory.mktemp("weights")
    ShowcasePipeline(model.half(), FlowMatchEulerDiscreteScheduler()).save_pretrained(str(folder))
    return folder


def photo(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (160, 120, 3), np.uint8)


def read(folder: Path, seed: int = 1, move: Move = Move.TRUCK_LEFT, watch: Any = None) -> Any:
    way = poses(move, 1.0, 1, 20, 30, 4 / 3)
    return DitReader(folder).read(photo(), way, move, 1.0, AIM, seed, watch or NullWatch())


def test_it_is_saved_and_loaded_as_any_pipeline(small: Path) -> None:
    index = json.loads((small / "model_index.json").read_text())
    assert index["_class_name"] == "ShowcasePipeline"
    loaded = ShowcasePipeline.from_pretrained(str(small), local_files_only=True, dtype=torch.float32)
    assert loaded.transformer.config.dim == 64
    assert loaded.transformer.dtype == torch.float32


def test_the_same_seed_reads_the_same_scene_and_another_seed_another(small: Path) -> None:
    one, same, other = read(small, 5), read(small, 5), read(small, 6)
    for name in ("matte", "nearness", "normal", "shadow"):
        assert np.array_equal(getattr(one.maps, name), getattr(same.maps, name))
        assert not np.array_equal(getattr(one.maps, name), getattr(other.maps, name))
    assert np.array_equal(one.product, same.product)


def test_a_scene_has_the_photos_shape_and_its_values_are_what_they_may_be(small: Path) -> None:
    scene = read(small)
    maps = scene.maps
    assert maps.matte.shape == maps.nearness.shape == maps.shadow.shape == (112, 80)
    assert maps.normal.shape == (112, 80, 2)
    assert 0 <= maps.matte.min() <= maps.matte.max() <= 1
    assert 0 <= maps.nearness.min() <= maps.nearness.max() <= 1.4
    assert 0 <= maps.confidence <= 1
    assert scene.product.shape == (20, 3, 3)


def test_the_products_own_motion_starts_at_nothing_and_stays_small(small: Path) -> None:
    own = read(small).product
    assert np.allclose(own[0], np.eye(3))
    corners = np.array([[-0.5, -0.5, 1], [0.5, -0.5, 1], [0.5, 0.5, 1], [-0.5, 0.5, 1]])
    moved = corners @ own[-1].T
    assert np.abs(moved - corners).max() <= 0.0012 + 1e-9


def test_who_asks_to_stop_is_heard_between_two_looks(small: Path) -> None:
    with pytest.raises(Cancelled):
        read(small, watch=StopWatch(Cancelled("stop"), 1))
    assert np.array_equal(read(small, 5).maps.matte, read(small, 5).maps.matte)


def test_one_step_of_a_perfect_model_is_the_clean_scene() -> None:
    clean = noise_like(32, 32, 2, torch.Generator().manual_seed(2))

    def knows(*_: object) -> Latents:
        return clean

    noise = noise_like(32, 32, 2, torch.Generator().manual_seed(3))
    for steps in (1, 2, 5):
        scheduler = FlowMatchEulerDiscreteScheduler()
        got = denoised(knows, scheduler, (), torch.zeros(2, KEYS, 15), torch.zeros(2), noise, steps)  # type: ignore[arg-type]
        for part, want in zip(got, clean, strict=True):
            assert torch.allclose(part, want, atol=1e-5)


def test_without_weights_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="manage.py train_showcase"):
        pipeline(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model_index.json").write_text("{}")
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsMissing, match="cannot be read"):
        pipeline(broken)


def test_the_shipped_weights_are_small_and_know_their_product() -> None:
    size = sum(path.stat().st_size for path in WEIGHTS.rglob("*.safetensors"))
    assert 0 < size <= 40_000_000
    assert pipeline().transformer.config.moves == 16


@pytest.mark.slow
def test_it_learns_from_nothing_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    call_command("train_showcase", minutes=0.5, folder=tmp_path, threads=1)
    first = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    call_command("train_showcase", minutes=0.2, folder=tmp_path, threads=1)
    rows = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert rows[-1]["step"] > first[-1]["step"] > 1
    assert rows[-1]["nearness_error"] < rows[0]["nearness_error"]
    assert (tmp_path / "weights" / "model_index.json").is_file()
    assert (tmp_path / "curve.png").is_file()


def test_no_time_is_no_training(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="more than 0"):
        call_command("train_showcase", minutes=0.0, folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()
