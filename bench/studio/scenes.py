"""The shot list: which product, how it stands, how it is lit, what is behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from studio.camera import Camera
from studio.cove import Backdrop
from studio.lights import SoftBox, studio_rig
from studio.model import Item
from studio.mug import MugBody, MugLid
from studio.serum import Dropper, SerumBottle
from studio.speaker import Speaker
from studio.vec import srgb


@dataclass(frozen=True)
class Shot:
    """One picture. Items are built on demand: labels take a moment to draw."""

    items: Callable[[], tuple[Item, ...]]
    camera: Camera
    backdrop: Backdrop
    lights: tuple[SoftBox, ...] = field(default_factory=studio_rig)
    exposure: float = 1.0


_LID_AT = (0.0, 0.772, 0.0)


def _mug(yaw: float = 0.0, loop: float = 0.0) -> tuple[Item, ...]:
    return Item(MugBody(), yaw=yaw), Item(MugLid(), _LID_AT, yaw=loop)


def _mug_open() -> tuple[Item, ...]:
    lid = Item(MugLid(), (0.36, 0.0, 0.33), yaw=-28.0)
    return Item(MugBody(hollow=True), (-0.1, 0.0, 0.0), yaw=6.0), lid


def _serum_open() -> tuple[Item, ...]:
    dropper = Item(Dropper(), (0.2, 0.0985, 0.42), yaw=-14.0, roll=-90.0)
    return Item(SerumBottle(capped=False), (-0.1, 0.0, 0.0), yaw=4.0), dropper


def _tonebox(yaw: float, cloth: str, thread: str, shell: str, strap: str) -> Item:
    return Item(Speaker(cloth, thread, shell, strap), yaw=yaw)


_NIGHT = ("2b3a4c", "5d7288", "1e252d", "a8693c")
_SAND = ("b9a68b", "e2d5bf", "5b5047", "7a4a2b")

SHOTS: dict[str, Shot] = {
    "mug_front": Shot(
        _mug,
        Camera(1.72, (0.0, 0.55, 0.0), elevation=7.0),
        Backdrop(srgb("e6ddd0"), gloss=0.10),
    ),
    "mug_angle": Shot(
        lambda: _mug(yaw=13.0, loop=38.0),
        Camera(1.5, (0.0, 0.56, 0.0), elevation=21.0),
        Backdrop(srgb("d9b48f")),
        studio_rig(rim=1.2, side=82.0),
    ),
    "mug_open": Shot(
        _mug_open,
        Camera(1.5, (0.1, 0.4, 0.1), elevation=24.0),
        Backdrop(srgb("cdd5d3")),
    ),
    "serum_front": Shot(
        lambda: (Item(SerumBottle()),),
        Camera(1.55, (0.0, 0.47, 0.0), elevation=6.0),
        Backdrop(srgb("ecc6b4"), gloss=0.14),
        studio_rig(rim=1.5, side=112.0),
    ),
    "serum_angle": Shot(
        lambda: (Item(SerumBottle(), yaw=20.0),),
        Camera(1.42, (0.0, 0.47, 0.0), elevation=17.0),
        Backdrop(srgb("b7c4a9")),
        studio_rig(rim=1.5, side=106.0),
    ),
    "serum_open": Shot(
        _serum_open,
        Camera(1.36, (0.1, 0.29, 0.15), elevation=22.0),
        Backdrop(srgb("e9dcc6")),
        studio_rig(rim=1.5, side=106.0),
    ),
    "speaker_front": Shot(
        lambda: (_tonebox(0.0, *_NIGHT),),
        Camera(1.6, (0.0, 0.49, 0.0), elevation=9.0),
        Backdrop(srgb("e3cfb4"), gloss=0.06),
    ),
    "speaker_angle": Shot(
        lambda: (_tonebox(33.0, *_NIGHT),),
        Camera(1.5, (0.0, 0.47, 0.0), elevation=20.0),
        Backdrop(srgb("d98f6c")),
        studio_rig(rim=1.15),
    ),
    "speaker_sand": Shot(
        lambda: (_tonebox(-26.0, *_SAND),),
        Camera(1.55, (0.0, 0.48, 0.0), elevation=14.0),
        Backdrop(srgb("9fb6bd")),
    ),
}
