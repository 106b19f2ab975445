"""What the analysis sees of a video file.

This app opens no media: the setting ``TEMPLATES_FOOTAGE`` names the function that does, so that every file of the house
is read behind one whitelist of formats and protocols. ``TEMPLATES_PHOTO`` names the one for photos.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

Picture = NDArray[Any]  # uint8, height x width x 3, BGR
Samples = NDArray[Any]  # float32, mono, full scale 1.0


class Frame(Protocol):
    """One picture as shown (already turned upright); ``full`` is to be asked for before the next frame is."""

    @property
    def at_ms(self) -> int: ...

    @property
    def small(self) -> Picture: ...

    def full(self) -> Picture:
        """The picture at its own size, or smaller where that is huge."""
        ...


class Footage(Protocol):
    """An opened video. ``width`` and ``height`` in pixels as shown; ``fps`` is the mean rate."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def fps(self) -> float: ...

    @property
    def duration_ms(self) -> int:
        """What the file says; the frames tell better."""
        ...

    def frames(self, side: int) -> Iterator[Frame]:
        """Every frame in order, at most some thirty a second, ``small`` with ``side`` as its longer side.

        Raises VideoRefused, also in the middle: for a file that breaks off, never ends or takes too long.
        """
        ...

    def sound(self, rate: int) -> Samples | None:
        """The first sound stream at ``rate`` samples a second, in step with the frames; None without one."""
        ...


def opened(path: Path) -> AbstractContextManager[Footage]:
    """Raises VideoRefused, when it is entered, for what is no video or not one that we take."""
    return cast(AbstractContextManager[Footage], import_string(settings.TEMPLATES_FOOTAGE)(path))


def photo(path: Path) -> Picture:
    """A product photo. Raises VideoRefused."""
    return cast(Picture, import_string(settings.TEMPLATES_PHOTO)(path))
