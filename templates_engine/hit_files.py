"""The files of a hit in the storage: a folder of its own, the stranger's video until it is measured, our pictures of its shots.

The video is never given out. What a file is called decides nothing: the first bytes do (ISO/IEC 14496-12 for MP4 and MOV,
RFC 8794 for WebM), and after them the one reader of the house with its whitelist.
"""

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from templates_engine.models import Hit

log = logging.getLogger(__name__)
HEAD = 12  # bytes that tell what a file is
CHUNK = 1 << 20
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # with which MP4 and older MOV files begin
_EBML = b"\x1a\x45\xdf\xa3"


def kind(head: bytes) -> str:
    """The ending that fits the first bytes: ``.mp4`` (MOV too), ``.webm``; empty for what is no such video."""
    if head[4:8] in _BOXES:
        return ".mp4"
    return ".webm" if head.startswith(_EBML) else ""


def measured(file: IO[bytes], most: int) -> tuple[int, str]:
    """Bytes and SHA-256 of a file, read to at most ``most`` + 1 bytes; it is wound back."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while size <= most and (chunk := file.read(CHUNK)):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return size, digest.hexdigest()


def keep_video(hit: Hit, file: IO[bytes], suffix: str) -> str:
    """Puts the video into the hit's folder; its name in the storage."""
    return default_storage.save(f"{folder(hit)}/video{suffix}", File(file, name=f"video{suffix}"))


def keep_pictures(hit: Hit, made: list[Path]) -> None:
    """Puts the pictures of the shots into the hit's folder, in their order. An earlier attempt's give way."""
    for index, path in enumerate(made):
        name = picture_name(hit, index)
        default_storage.delete(name)
        with path.open("rb") as file:
            default_storage.save(name, File(file, name=path.name))


def picture_name(hit: Hit, index: int) -> str:
    return f"{folder(hit)}/{index:03}.jpg"


def folder(hit: Hit) -> str:
    return f"hits/{hit.organization_id}/{hit.public_id}"


@contextmanager
def local(name: str) -> Iterator[Path]:
    """The stored video as a path on this disk; a copy from a bucket lies in a temporary folder of its own."""
    with ExitStack() as stack:
        try:
            path = Path(default_storage.path(name))
        except NotImplementedError:
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="hitsmith-hit-"))
            path = Path(place) / Path(name).name
            with default_storage.open(name) as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink, CHUNK)
        yield path


def drop_video(hit: Hit) -> bool:
    """Deletes the stranger's file, and says whether it is gone. A storage that is away is tried again later."""
    if not hit.video:
        return True
    try:
        default_storage.delete(hit.video)
    except Exception:  # a bucket raises errors of its own; the periodic look comes back
        log.exception("the video of %s could not be deleted", hit.public_id)
        return False
    return True


def drop_all(hit: Hit, pictures: int) -> None:
    """Deletes everything of a hit: its video, ``pictures`` pictures and the folder."""
    drop_video(hit)
    with suppress(OSError):
        for index in range(pictures):
            default_storage.delete(picture_name(hit, index))
        default_storage.delete(folder(hit))
