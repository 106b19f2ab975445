"""A new video is there whole or not at all, and never in the place of the one that it is made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generation.errors import CutRefused

CONTAINERS = {".mp4": "mp4", ".mov": "mov"}


def check_out(out: Path, source: Path, endings: tuple[str, ...] = tuple(CONTAINERS)) -> None:
    """Raises ``CutRefused``."""
    if out.suffix.lower() not in endings:
        raise CutRefused(f"the new file must end in {' or '.join(endings)}, not {out.suffix or 'nothing'!r}")
    if out.exists() and out.samefile(source):
        raise CutRefused("the new file may not be the old one: give another name")
    if not out.absolute().parent.is_dir():
        raise CutRefused(f"there is no folder {out.absolute().parent}: make it first")


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """A name beside ``out`` to write to; it becomes ``out`` at the end of the block, or is removed."""
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        yield part
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
