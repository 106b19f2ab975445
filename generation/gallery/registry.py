"""Contact sheets by part: each part is a module with ``sheets(studio)``; a new part is one more line in ``PARTS``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from PIL import Image

from generation.errors import CutRefused
from generation.gallery.studio import Studio

# Part -> its module, which has ``sheets(studio) -> Iterable[Sheet]``. Imported when asked for: drawing loads heavy packages.
PARTS: dict[str, str] = {
    "captions": "generation.gallery.captions",
    "transitions": "generation.gallery.transitions",
    "endcards": "generation.gallery.endcards",
    "overlays": "generation.gallery.overlays",
}


@dataclass(frozen=True)
class Sheet:
    """A picture that is drawn when it is wanted. ``name`` is its file's name without ``.png``."""

    name: str
    draw: Callable[[], Image.Image]


def sheets(studio: Studio, parts: tuple[str, ...] = ()) -> Iterator[Sheet]:
    """Those of the named parts, or of all, of what ``studio`` shows. Raises ``CutRefused`` for a part that does not exist."""
    for part in parts or tuple(PARTS):
        if part not in PARTS:
            raise CutRefused(f"the gallery has no part {part!r}: choose of {', '.join(PARTS)}")
        yield from import_module(PARTS[part]).sheets(studio)
