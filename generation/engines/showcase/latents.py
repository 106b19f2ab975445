"""What the DiT denoises: the layers of a scene as numbers of about unit size, and back.

Per picture of h x w pixels (both multiples of 16): ``outline`` 1 x h/2 x w/2, the product's matte; ``layout`` 4 x h/4 x w/4,
nearness of the background, normal (x, y), shadow; ``motion`` KEYS x 6, the product's small affine change per key pose.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

KEYS = 8
MOTION = 6
LAYOUT = 4
SIDE = 128  # of a square picture; other shapes have about as many pixels
STEP = 16
MOTION_SCALE = 120.0  # the product's change is some thousandths of its size


@dataclass
class Latents:
    """A batch: B x 1 x h/2 x w/2, B x 4 x h/4 x w/4, B x KEYS x 6; all around -1..1."""

    outline: Tensor
    layout: Tensor
    motion: Tensor

    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        return iter((self.outline, self.layout, self.motion))

    def mixed(self, other: "Latents", share: Tensor | float) -> "Latents":
        """``other`` with ``share`` (B or one number), this one with the rest."""
        return Latents(*(_mix(a, b, share) for a, b in zip(self, other, strict=True)))


def _mix(a: Tensor, b: Tensor, share: Tensor | float) -> Tensor:
    if isinstance(share, Tensor):
        share = share.view(-1, *([1] * (a.dim() - 1))).to(a.dtype)
    return a + (b - a) * share


def noise_like(width: int, height: int, batch: int, generator: torch.Generator) -> Latents:
    """Standard normal latents for pictures of ``width`` x ``height`` pixels; drawn on the CPU, equal on every device."""

    def drawn(*shape: int) -> Tensor:
        return torch.randn(batch, *shape, generator=generator)

    return Latents(drawn(1, height // 2, width // 2), drawn(LAYOUT, height // 4, width // 4), drawn(KEYS, MOTION))


def encoded(matte: Tensor, nearness: Tensor, normal: Tensor, shadow: Tensor, motion: Tensor) -> Latents:
    """From natural units: B x h x w maps (``normal`` B x 2 x h x w), ``motion`` B x KEYS x 6."""
    outline = torch.nn.functional.avg_pool2d(matte[:, None], 2) * 2 - 1
    layout = torch.cat((nearness[:, None] * 2 - 1, normal, shadow[:, None] * 2 - 1), 1)
    return Latents(outline, torch.nn.functional.avg_pool2d(layout, 4), motion * MOTION_SCALE)


def decoded(latents: Latents) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The inverse: matte at half, the others at a quarter of the picture's size, clamped to what they can be."""
    matte = ((latents.outline[:, 0] + 1) / 2).clamp(0, 1)
    nearness = ((latents.layout[:, 0] + 1) / 2).clamp(0.02, 1.4)
    normal = latents.layout[:, 1:3].clamp(-1, 1)
    shadow = ((latents.layout[:, 3] + 1) / 2).clamp(0, 1)
    return matte, nearness, normal, shadow, latents.motion / MOTION_SCALE


def picture_size(width: int, height: int, side: int = SIDE) -> tuple[int, int]:
    """The size at which the DiT looks at a photo of this shape: about ``side`` x ``side`` pixels, in steps of STEP."""
    ratio = (width / height) ** 0.5
    limits = (side // 2, 2 * side)
    across, down = (round(min(max(side * part, limits[0]), limits[1]) / STEP) * STEP for part in (ratio, 1 / ratio))
    return across, down
