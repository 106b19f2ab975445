"""Demo weights for the diffusers engines: built once a run, filmed by the real loading code."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.engine_spec import Framing, Mode, Move
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.pipelines import pulse
from generation.engines.pipelines.engine import Diffusers
from generation.engines.pipelines.folder import Folder
from generation.engines.pipelines.table import entries
from generation.engines.pipelines.tiny import build
from generation.ffmpeg import opened
from generation.media import sha256_of
from generation.subject import read_photo
from generation.watch import NullWatch, Watch
from tests.generation.makers import drawn_photo

EVERY = list(entries())
_built: dict[str, Path] = {}


def built(name: str, factory: pytest.TempPathFactory) -> Path:
    if name not in _built:
        folder = factory.mktemp("models") / name
        build(entries()[name], folder)
        _built[name] = folder
    return _built[name]


class Set:
    """One engine with two photos. ``watch`` hears everything: every forward pass of every part."""

    def __init__(self, name: str, folder: Path, scratch: Path) -> None:
        self.folder, self.scratch = folder, scratch
        self.engine = Diffusers(entries()[name], Folder(entries()[name], folder))
        self.photo, self.other = scratch / "photo.png", scratch / "other.png"
        self.first = drawn_photo(self.photo)
        self.last = _negative(self.first, self.photo, self.other)
        self.out = scratch / "clip.mp4"

    @property
    def mode(self) -> Mode:
        """The richest one that it has."""
        return next(mode for mode in (Mode.FIRST_LAST, Mode.FIRST) if mode in self.engine.spec.modes)

    def request(self, mode: Mode | None = None, **change: object) -> ShotRequest:
        chosen = mode or self.mode
        first: ImageRef | None = None if chosen is Mode.TEXT else self.first
        last = self.last if chosen is Mode.FIRST_LAST else None
        asked: dict[str, object] = {
            "image": first, "move": Move.PUSH, "framing": Framing.MEDIUM, "strength": 0.5, "frames": 9,
            "fps": self.engine.spec.fps, "width": 1080, "height": 1920, "seed": 7, "last_image": last,
            "prompt": "a red bottle", "profile": "draft",
        }  # fmt: skip
        return ShotRequest(**(asked | change))  # type: ignore[arg-type]

    def plan(self, mode: Mode | None = None, **change: object) -> ShotPlan:
        return plan(self.engine.spec, self.request(mode, **change))

    def film(self, made: ShotPlan | None = None, watch: Watch | None = None) -> np.ndarray:
        """The planes of every frame, as decoded. Loads first, as whoever films does."""
        self.engine.load()
        images = {self.first.sha256: self.photo, self.last.sha256: self.other}
        self.engine.film(made or self.plan(), images, self.out, watch or NullWatch())
        return frames_of(self.out)


def _negative(image: ImageRef, source: Path, target: Path) -> ImageRef:
    """Another picture that nobody takes for the first."""
    assert cv2.imwrite(str(target), 255 - read_photo(source))
    sha256 = sha256_of(target)
    return replace(image, sha256=sha256, name=f"photos/{sha256}.png")


def frames_of(clip: Path) -> np.ndarray:
    with opened(clip) as container:
        return np.stack([frame.to_ndarray() for frame in container.decode(video=0)])


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is asked at every forward pass, not ten times a second."""
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.0)


@pytest.fixture
def own_texts(tmp_path: Path, settings: object) -> None:
    settings.VAR_DIR = tmp_path / "var"  # type: ignore[attr-defined]


def make_set(name: str, factory: pytest.TempPathFactory, scratch: Path) -> Iterator[Set]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # tiny networks: two threads mostly wait for each other, on a busy machine for minutes
    made = Set(name, built(name, factory), scratch)
    yield made
    made.engine.unload()
    torch.set_num_threads(threads)


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


@pytest.fixture
def small(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Set]:
    yield from make_set("wan2.2-ti2v-5b", tmp_path_factory, tmp_path)


@pytest.fixture
def own(small: Set, tmp_path: Path) -> Set:
    """Weights that the test may change."""
    return Set("wan2.2-ti2v-5b", copied(small.folder, tmp_path / "own"), small.scratch)
