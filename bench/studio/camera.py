"""Camera, tone mapping and the finished picture."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from studio.stage import Stage
from studio.vec import Vec3, column, cross, normalize

_SHOULDER = 0.76  # brightness above which highlights are rolled off
_BUSY = 0.045  # difference to a neighbour above which a pixel gets more rays
_BATCH = 60_000  # rays followed at once: few enough to stay in the processor's cache


@dataclass(frozen=True)
class Camera:
    """A long lens on a tripod, aimed at `target`."""

    frame: float  # height of the picture at the target, in product heights
    target: Vec3 = (0.0, 0.5, 0.0)
    elevation: float = 8.0
    swing: float = 0.0
    distance: float = 6.5

    def rays(self, x: Tensor, y: Tensor, aspect: float) -> tuple[Tensor, Tensor]:
        """Rays for picture positions in [0, 1] x [0, 1], measured from the top left."""
        up, around = math.radians(self.elevation), math.radians(self.swing)
        target = column(self.target)
        out = column((math.cos(up) * math.sin(around), math.sin(up), math.cos(up) * math.cos(around)))
        eye = target + out * self.distance
        right = normalize(cross(column((0.0, 1.0, 0.0)), out))
        top = cross(out, right)
        across = (x - 0.5) * self.frame * aspect
        upward = (0.5 - y) * self.frame
        ray = normalize(right * across + top * upward - out * self.distance)
        return eye.expand_as(ray), ray


def develop(light: Tensor) -> Tensor:
    """Roll off highlights by their strongest channel so that colours keep their hue."""
    peak = light.amax(0).clamp_min(1e-6)
    room = 1.0 - _SHOULDER
    rolled = _SHOULDER + room * (1.0 - torch.exp(-(peak - _SHOULDER).clamp_min(0.0) / room))
    mapped = light * torch.where(peak > _SHOULDER, rolled / peak, torch.ones_like(peak))
    # Very bright spots lose saturation, as film and eyes have it.
    white = 1.0 - 1.0 / (1.0 + 0.22 * (peak - rolled).clamp_min(0.0))
    return mapped + (rolled - mapped) * torch.where(peak > _SHOULDER, white, 0.0)


def expose(stage: Stage, camera: Camera, width: int, height: int, samples: int, exposure: float) -> Tensor:
    """Tone-mapped picture (3, height, width).

    Every pixel gets `samples` x `samples` rays. Pixels that differ from their neighbours (edges,
    print, cloth) are taken again with twice as many per axis.
    """
    every = torch.arange(width * height)
    flat = _pixels(stage, camera, (width, height), every, samples, exposure)
    picture = flat.reshape(3, height, width)
    # The square root is close to how the eye weighs differences.
    seen = picture.clamp(0.0, 1.0).sqrt()[None]
    highest = torch.nn.functional.max_pool2d(seen, 3, 1, 1)
    lowest = -torch.nn.functional.max_pool2d(-seen, 3, 1, 1)
    busy = ((highest - lowest)[0].amax(0) > _BUSY).flatten().nonzero().squeeze(1)
    if busy.numel():
        flat[:, busy] = _pixels(stage, camera, (width, height), busy, 2 * samples, exposure)
    return picture


def _pixels(
    stage: Stage,
    camera: Camera,
    size: tuple[int, int],
    chosen: Tensor,
    samples: int,
    exposure: float,
) -> Tensor:
    """Tone-mapped colour of the chosen pixels (row-major numbers): (3, N)."""
    width, height = size
    offsets = (torch.arange(samples) + 0.5) / samples
    down, right = (v.flatten() for v in torch.meshgrid(offsets, offsets, indexing="ij"))
    result = torch.empty(3, chosen.numel())
    batch = max(1, _BATCH // samples**2)
    for first in range(0, chosen.numel(), batch):
        pixel = chosen[first : first + batch]
        y = ((pixel // width)[:, None] + down).flatten() / height
        x = ((pixel % width)[:, None] + right).flatten() / width
        origin, ray = camera.rays(x, y, width / height)
        light = develop(stage.radiance(origin, ray) * exposure)
        # Averaging after tone mapping keeps the edges of bright highlights smooth.
        result[:, first : first + batch] = light.reshape(3, pixel.numel(), -1).mean(2)
    return result


def finish(picture: Tensor) -> Image.Image:
    """Vignette, gamma and dither."""
    linear = picture.double().numpy()
    _, height, width = linear.shape
    y = (np.arange(height)[:, None] + 0.5) / height - 0.5
    x = (np.arange(width)[None, :] + 0.5) / width - 0.5
    linear = linear * (1.0 - 0.4 * (x * x + y * y))
    linear = np.clip(linear, 0.0, 1.0)
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    noise = np.random.default_rng(7)
    # Triangular dither of one step hides the bands an 8-bit gradient would show.
    dither = noise.random(coded.shape) - noise.random(coded.shape)
    levels = np.clip(np.rint(coded * 255.0 + dither), 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(levels.transpose(1, 2, 0)), "RGB")


def to_jpeg(image: Image.Image, limit: int = 350_000) -> bytes:
    """The best quality from 92 downwards that stays below `limit` bytes."""
    data = b""
    for quality in range(92, 70, -2):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, subsampling=0, optimize=True)
        data = buffer.getvalue()
        if len(data) <= limit:
            break
    return data
