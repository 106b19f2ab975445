"""A small copy of each photo for pages: a grid of photos must not cost tens of megabytes."""

import io

from PIL import Image

SIDE = 640


def thumbnail_name(file: str) -> str:
    """The storage name that lies beside the photo's own."""
    return file.removesuffix(".jpg") + "_thumb.jpg"


def thumbnail(jpeg: bytes) -> bytes:
    """JPEG bytes with a longer side of at most ``SIDE`` pixels."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("RGB", (SIDE, SIDE))
        image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=82)
    return out.getvalue()
