"""Several looks at one photo: what each gives, what the mirror changes, and what they have in common."""

from typing import Any

import numpy as np
import pytest
import torch

from generation.domain.engine_spec import Move
from generation.domain.rig import Pose, poses
from generation.engines.showcase.latents import KEYS, picture_size
from generation.engines.showcase.looks import LOOKS, MIRRORED, Look, looked_at
from generation.engines.showcase.moves import NUMBER
from generation.engines.showcase.pipeline import ShowcaseOutput

PATH = poses(Move.ORBIT_LEFT, 1.0, 3, KEYS, 2, 1.0)
ALL = Look(128, 1, 1, outline=True, ground=True, motion=True)


class Fake:
    """In place of the pipeline: takes what is bright for the product, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[int, ...], list[list[float]], int]] = []

    def __call__(self, picture: torch.Tensor, numbers: torch.Tensor, move: int, **_: Any) -> ShowcaseOutput:
        self.asked.append((tuple(picture.shape), numbers.tolist(), move))
        bright = (picture.mean(0) > 0).float()
        matte, ground = bright[::2, ::2], bright[::4, ::4]
        motion = torch.arange(6.0).expand(KEYS, 6)
        normal = torch.stack((ground, ground))
        return ShowcaseOutput(matte, ground, normal, ground, motion, 1.0)


def half_lit() -> np.ndarray:
    photo = np.zeros((128, 128, 3), np.uint8)
    photo[:, :64] = 255
    return photo


def read(fake: Fake, looks: tuple[Look, ...] = (ALL,), photo: np.ndarray | None = None) -> Any:
    return looked_at(fake, half_lit() if photo is None else photo, PATH, Move.ORBIT_LEFT, 1, lambda _: None, looks)  # type: ignore[arg-type]


def test_what_is_seen_in_the_mirror_is_turned_back() -> None:
    found = read(Fake())
    assert (found.matte[:, :32] == 1).all()
    assert (found.matte[:, 32:] == 0).all()
    assert found.agreement == 1.0
    assert (found.nearness[:, :16] == 1).all()
    # The mirrored look's normal points the other way across, and the same way down.
    assert (found.normal[:, :16, 0] == 0).all()
    assert (found.normal[:, :16, 1] == 1).all()
    assert found.motion[0].tolist() == [0, 0, 0, 0, 4, 5]


def test_the_mirror_image_is_asked_for_the_mirrored_move() -> None:
    fake = Fake()
    read(fake)
    (_, plain, move), (_, turned, other) = fake.asked
    assert (move, other) == (NUMBER[Move.ORBIT_LEFT], NUMBER[Move.ORBIT_RIGHT])
    assert plain[-1] == pytest.approx(PATH[-1].numbers())
    assert turned[-1] == pytest.approx(PATH[-1].mirrored().numbers())


def test_each_look_has_its_size_and_gives_only_what_is_taken_from_it() -> None:
    fake = Fake()
    found = read(fake, (ALL, Look(192, 1, 1, outline=True), Look(96, 1, 1, ground=True)))
    assert [shape for shape, _, _ in fake.asked] == [(3, side, side) for side in (128, 128, 192, 192, 96, 96)]
    assert found.matte.shape == (96, 96)
    assert found.nearness.shape == (32, 32)


def test_looks_that_differ_agree_less() -> None:
    class Doubting(Fake):
        def __call__(self, picture: torch.Tensor, numbers: torch.Tensor, move: int, **more: Any) -> ShowcaseOutput:
            found = super().__call__(picture, numbers, move, **more)
            return found if len(self.asked) % 2 else ShowcaseOutput(**{**found, "matte": found.matte * 0 + 1.0})

    assert read(Doubting()).agreement == pytest.approx(0.75)


def test_a_photo_without_a_product_is_no_agreement() -> None:
    assert read(Fake(), photo=np.zeros((128, 128, 3), np.uint8)).agreement == 0.0


def test_progress_is_told_and_a_stop_passes_through() -> None:
    told: list[float] = []
    looked_at(Fake(), half_lit(), PATH, Move.PUSH, 1, told.append, LOOKS)  # type: ignore[arg-type]
    assert told == sorted(told)
    assert len(told) == 2 * len(LOOKS)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        looked_at(Fake(), half_lit(), PATH, Move.PUSH, 1, stop, LOOKS)  # type: ignore[arg-type]


def test_a_mirror_in_a_mirror_is_none() -> None:
    assert all(MIRRORED[other] is move for move, other in MIRRORED.items())
    assert all(pose.mirrored().mirrored() == pose for pose in PATH)
    pose = Pose(x=0.1, yaw=0.2, light=0.5)
    assert pose.mirrored() == Pose(x=-0.1, yaw=-0.2, light=-0.5)
    left, right = pose.product(0.3, 0.1), pose.mirrored().product(-0.3, 0.1)
    signs = (1, -1, -1, -1, 1, 1, -1, 1, 1)
    assert right == pytest.approx([sign * value for sign, value in zip(signs, left, strict=True)])


@pytest.mark.parametrize("side", [96, 128, 192])
def test_a_photo_of_any_shape_is_looked_at_in_whole_steps(side: int) -> None:
    for width, height in ((100, 100), (1600, 900), (300, 4000), (4000, 300)):
        across, down = picture_size(width, height, side)
        assert across % 16 == down % 16 == 0
        assert side // 2 <= min(across, down)
        assert max(across, down) <= 2 * side
