"""Photos for tests: small, natural enough, and every way in which a file can be wrong."""

import io
from functools import cache

import numpy as np
from PIL import Image


def picture(width: int = 640, height: int = 480, seed: int = 1) -> Image.Image:
    """A bright thing on a soft gradient with a little grain."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width]
    ground = 90 + 60 * down / height + 30 * across / width
    pixels = np.stack([ground, ground + 10 * (seed % 5), ground + 20], axis=2)
    inside = (abs(across / width - 0.5) < 0.18) & (abs(down / height - 0.5) < 0.3)
    pixels[inside] = (200, 60 + 20 * (seed % 7), 40)
    pixels += rng.normal(0, 2, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


@cache
def jpeg(width: int = 640, height: int = 480, seed: int = 1) -> bytes:
    return encoded(picture(width, height, seed), quality=88)
