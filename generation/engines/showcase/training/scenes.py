"""An invented product photo with everything that is true of it: the source of all training, made on the fly.

The product's outline, how near every point of the background is, which way surfaces face, what its shadow takes away.
Nothing here comes from a photograph.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import FOCAL
from generation.engines.showcase.training.kinds import product
from generation.engines.showcase.training.sets import Place, grid, place, placed
from generation.engines.showcase.training.sprites import Sprite
from generation.engines.showcase.training.surfaces import Chance, hsv, noise, tint

Map = NDArray[Any]
FINER = 2  # drawn at so many times the size and then reduced, for smooth edges


@dataclass(frozen=True)
class Example:
    """``photo`` uint8 h x w x 3 (RGB); ``matte``, ``shadow`` uint8 h x w (255 = all); ``nearness`` of the background,
    ``relief`` of the product (nearness over 1) float16 h x w; ``normal`` int8 h x w x 2 (127 = 1); ``centre`` of the
    product, canvas widths from the middle.
    """

    photo: Map
    matte: Map
    nearness: Map
    normal: Map
    shadow: Map
    relief: Map
    centre: tuple[float, float]


@dataclass
class _Layers:
    """The products in the picture, drawn so far."""

    alpha: Map
    albedo: Map
    normal: Map
    relief: Map
    gloss: float


def scene(chance: Chance, width: int, height: int) -> Example:
    """A random one of this size, pixels."""
    size = (width * FINER, height * FINER)
    while True:
        made = _draw(chance, *size)
        if _worth_a_photo(chance, made.matte / 255):
            return _reduced(made, width, height)


def _worth_a_photo(chance: Chance, matte: Map) -> bool:
    """Neither lost nor all of the picture, and seldom cut off by its edge."""
    rim = np.concatenate((matte[0], matte[-1], matte[:, 0], matte[:, -1]))
    return 0.02 < matte.mean() < 0.72 and (rim.mean() < 0.03 or chance.random() < 0.25)


def _draw(chance: Chance, width: int, height: int) -> Example:
    aspect = height / width
    elevation = float(np.radians(np.clip(abs(chance.normal(11, 5)), 3, 32)))
    first = product(chance, elevation)
    wide, foot = _stood(chance, first, aspect)
    shade = None
    if chance.random() < 0.2:  # of the product's own colour, or of one of its parts': the hardest to tell apart
        shade = _own_colour(chance, first)
    stage = place(chance, width, height, foot, shade, elevation)
    things = _things(chance, stage, (height, width), first, foot, wide)
    light = _light(chance)
    shadow = _shadow(chance, stage, things, light)
    lit = _lit(chance, stage, things, light, shadow)
    photo = _exposed(chance, lit)
    inside = things.alpha > 0.5
    x, y = grid(width, height)
    centre = (float(x[inside].mean()), float(y[inside].mean())) if inside.any() else (0.0, 0.0)
    if inside.any():
        centre = (float(x[inside].max() + x[inside].min()) / 2, float(y[inside].max() + y[inside].min()) / 2)
    return Example(photo, things.alpha * 255, stage.nearness, things.normal * 127, shadow * 255, things.relief, centre)


def _own_colour(chance: Chance, sprite: Sprite) -> NDArray[Any] | None:
    """The mean colour of a product, or that of one point: a white pot of a green plant."""
    own = sprite.albedo[sprite.alpha > 0.5]
    if not len(own):
        return None
    mean: NDArray[Any] = own.mean(0) if chance.random() < 0.4 else own[int(chance.integers(len(own)))]
    return mean


def _stood(chance: Chance, sprite: Sprite, aspect: float) -> tuple[float, float]:
    """How large a sheet is in the picture and where its product's foot stands: mostly in the middle, and most of it."""
    solid = sprite.alpha > 0.5
    if not solid.any():
        return 1.0, 0.2 * aspect
    tall, broad = float(solid.any(1).mean()), float(solid.any(0).mean())
    fill = float(np.clip(chance.lognormal(-0.55, 0.35), 0.2, 1.1))
    size = min(fill / broad, fill * aspect / tall)
    middle = chance.normal(0.03, 0.07) * aspect
    return size, float(np.clip(middle + size * tall / 2, 0.02, 0.47 * aspect))


def _things(chance: Chance, stage: Place, shape: tuple[int, int], first: Sprite, foot: float, wide: float) -> _Layers:
    """One product, or a few that belong together, the farthest first."""
    count = 1 if chance.random() < 0.8 else int(chance.integers(2, 6))
    if count > 1:
        wide *= 1.5 / count**0.7
    layers = _Layers(np.zeros(shape, np.float32), np.zeros((*shape, 3), np.float32), np.zeros((*shape, 2), np.float32),
                     np.zeros(shape, np.float32), 0.0)  # fmt: skip
    spread = 0.42 if count > 1 else 0.0
    places = np.sort(chance.uniform(-spread, spread, count)) if count > 1 else [chance.normal(0, 0.1)]
    steps = np.sort(chance.uniform(-0.06, 0.0, count))
    twin = first if count == 1 or chance.random() < 0.5 else None
    for x, step in zip(chance.permutation(np.array(places)), steps, strict=True):
        sprite = twin if twin is not None else product(chance, stage.elevation)
        scale = wide * (chance.uniform(0.6, 1.2) if count > 1 else 1.0)
        low, roll = foot + step, float(chance.normal(0, 0.02))
        if stage.above:
            low, roll = float(chance.uniform(-0.1, 0.4) * shape[0] / shape[1]), float(chance.uniform(-0.9, 0.9))
        alpha, albedo, normal, relief = placed(sprite, shape, float(x), low, scale, roll)
        share = alpha[..., None]
        layers.albedo = layers.albedo * (1 - share) + albedo * share
        layers.normal = layers.normal * (1 - share) + normal * share
        layers.relief = layers.relief * (1 - alpha) + relief / FOCAL * alpha
        layers.alpha = layers.alpha + alpha * (1 - layers.alpha)
        layers.gloss = max(layers.gloss, sprite.gloss)
    return layers


def _light(chance: Chance) -> NDArray[Any]:
    """A unit vector towards the lamp: x right, y down, z towards the camera."""
    lamp = np.array([chance.uniform(-1, 1), -chance.uniform(0.2, 1), chance.uniform(0.15, 1.0)])
    return (lamp / np.linalg.norm(lamp)).astype(np.float32)


def _shadow(chance: Chance, stage: Place, things: _Layers, light: NDArray[Any]) -> Map:
    """0..1: what the products' shadows take away, where they can be seen."""
    height, width = things.alpha.shape
    away = -light[0] / max(light[2] + 0.3, 0.3)
    if stage.above:
        shift = np.array([[1, 0, away * 0.05 * width], [0, 1, 0.04 * width * chance.uniform(-0.5, 1)]], np.float32)
        cast = cv2.warpAffine(things.alpha, shift, (width, height))
    else:
        base = stage.foot * width + height / 2
        flat = chance.uniform(0.1, 0.45) * chance.choice((-1, 1), p=(0.4, 0.6))
        lie = np.array([[1, -away * abs(flat), away * abs(flat) * base], [0, flat, base * (1 - flat)]], np.float32)
        cast = cv2.warpAffine(things.alpha, lie, (width, height))
    cast = cv2.GaussianBlur(cast, (0, 0), width * chance.uniform(0.004, 0.05)) * chance.uniform(0.1, 0.75)
    shadow = cast * (stage.floor if chance.random() < 0.85 else 1.0)
    close = _contact(chance, stage, things.alpha) * chance.uniform(0.3, 0.9)
    return (1 - (1 - shadow) * (1 - close)).astype(np.float32)


def _contact(chance: Chance, stage: Place, alpha: Map) -> Map:
    """The thin dark line where things touch what they stand on."""
    height, width = alpha.shape
    if stage.above:
        near = cv2.GaussianBlur(alpha, (0, 0), width * chance.uniform(0.006, 0.02))
        return np.clip(near * 1.2, 0, 1)
    soft = width * chance.uniform(0.008, 0.03)
    y = np.arange(height, dtype=np.float32)[:, None]
    low = np.exp(-(((y - stage.foot * width - height / 2) / (soft * 2)) ** 2))
    under = cv2.GaussianBlur(alpha * low, (0, 0), soft, sigmaY=soft * 0.6)
    return np.clip(under * 2.2, 0, 1) * (stage.floor > 0.5)


def _lit(chance: Chance, stage: Place, things: _Layers, light: NDArray[Any], shadow: Map) -> Map:
    """Linear light per pixel."""
    height, width = things.alpha.shape
    fall = 1 + chance.uniform(0.05, 0.5) * noise(chance, height, width, (1.2, 1.2), 1)
    # The lamps stand near the product: what is farther away is darker.
    reach = np.clip(stage.nearness, 0.1, 1.1) ** chance.uniform(0.4, 0.9)
    ground = stage.albedo * (np.clip(fall, 0.25, 2.0) * reach * (1 - shadow))[..., None]
    ground = _mirror(chance, stage, things, ground)
    ground = _blurred(chance, ground, stage)
    across, down = things.normal[..., 0], things.normal[..., 1]
    facing = np.sqrt(np.clip(1 - across * across - down * down, 0, 1))
    toward = things.normal @ light[:2] + facing * light[2]
    ambient = chance.uniform(0.2, 0.7)
    shade = ambient + (1.15 - ambient) * np.clip(toward, 0, 1)
    half = light + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    shine = np.clip(things.normal @ half[:2] + facing * half[2], 0, 1) ** chance.uniform(15, 90)
    body = things.albedo * shade[..., None] + (shine * things.gloss * chance.uniform(0, 0.9))[..., None]
    glass = things.alpha * (chance.uniform(0.45, 0.85) if chance.random() < 0.06 else 1.0)
    return ground * (1 - glass[..., None]) + body * glass[..., None]


def _mirror(chance: Chance, stage: Place, things: _Layers, ground: Map) -> Map:
    """A glossy floor shows the product upside down."""
    if stage.above or chance.random() > 0.25:
        return ground
    height, width = things.alpha.shape
    base = stage.foot * width + height / 2
    flip = np.array([[1, 0, 0], [0, -1, 2 * base]], np.float32)
    fade = np.exp(-np.maximum(np.arange(height) - base, 0) / (0.15 * width)).astype(np.float32)[:, None]
    share = cv2.warpAffine(things.alpha, flip, (width, height)) * fade * stage.floor * chance.uniform(0.08, 0.45)
    image = cv2.warpAffine(things.albedo, flip, (width, height))
    soft = chance.uniform(0.5, 4)
    share, image = cv2.GaussianBlur(share, (0, 0), soft), cv2.GaussianBlur(image, (0, 0), soft)
    return ground * (1 - share[..., None]) + image * share[..., None]


def _blurred(chance: Chance, ground: Map, stage: Place) -> Map:
    """What is far from the product lies out of focus; other things always do, or nobody could tell what is for sale."""
    nearness = stage.nearness
    aperture = chance.uniform(0.007 if stage.furnished else 0.0, 0.035)
    width, levels = ground.shape[1], (0.0, 0.25, 0.5, 1.0)
    blur = np.clip(np.abs(1 - nearness), 0, 1)
    soft = [ground, *(cv2.GaussianBlur(ground, (0, 0), max(width * aperture * level, 0.2)) for level in levels[1:])]
    out = ground
    for below, (low, high) in enumerate(pairwise(levels)):
        share = np.clip((blur - low) / (high - low), 0, 1)[..., None]
        out = out + (soft[below + 1] - out) * share
    return out


def _exposed(chance: Chance, lit: Map) -> Map:
    """What a camera makes of it: white balance, exposure, curve, vignette, noise."""
    height, width = lit.shape[:2]
    x, y = grid(width, height)
    if chance.random() < 0.12:
        lit = lit * hsv(chance.random(), chance.uniform(0.2, 0.8), 1.0)  # coloured lamps
    exposure = chance.uniform(0.15, 0.45) if chance.random() < 0.1 else chance.uniform(0.75, 1.5)
    vignette = 1 - chance.uniform(0, 0.5) * (x**2 + y**2) * 2
    out = np.clip(lit * tint(chance, 0.12) * exposure * vignette[..., None], 0, 1) ** (1 / chance.uniform(1.6, 2.4))
    if chance.random() < 0.3:
        out = out * out * (3 - 2 * out)
    return np.clip(out * 255, 0, 255)


def _reduced(made: Example, width: int, height: int) -> Example:
    def small(part: Map) -> Map:
        return cv2.resize(part.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)

    return Example(
        np.clip(small(made.photo), 0, 255).astype(np.uint8),
        np.clip(small(made.matte), 0, 255).astype(np.uint8),
        small(made.nearness).astype(np.float16),
        np.clip(small(made.normal), -127, 127).astype(np.int8),
        np.clip(small(made.shadow), 0, 255).astype(np.uint8),
        small(made.relief).astype(np.float16),
        made.centre,
    )
