"""Files in the storage, under names made of their content, whole or not at all.

Works the same with a folder and with an S3 bucket. A name never gets other bytes, so writing it twice does no harm, and
the owner's number in it keeps one tenant's files apart from another's when they are given out or deleted.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from generation.errors import MediaBroken, MediaMissing, StorageDown

try:  # a bucket's troubles have classes of their own; the package is an extra
    from botocore.exceptions import BotoCoreError, ClientError

    TROUBLE: tuple[type[Exception], ...] = (OSError, BotoCoreError, ClientError)
except ImportError:
    TROUBLE = (OSError,)


def content_name(folder: str, tenant: int, key: str, suffix: str) -> str:
    """Such as ``clips/7/ab/abcdef….mp4``: the two-letter level keeps a folder's listing short."""
    return f"{folder}/{tenant}/{key[:2]}/{key}{suffix}"


def store(path: Path, name: str) -> str:
    """Put a local file into the storage under exactly this name. Raises ``StorageDown``."""
    try:
        _store(path, name)
    except TROUBLE as error:
        raise StorageDown(f"cannot write {name} to the storage ({error}): check its space and permissions") from error
    return name


def _store(path: Path, name: str) -> None:
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # a bucket: its PUT is atomic, and the same name is the same bytes
        with path.open("rb") as source:
            default_storage.save(name, File(source, name=name))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with path.open("rb") as source, part.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
            sink.flush()
            os.fsync(sink.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def local(name: str) -> Iterator[Path]:
    """A path on this machine's disk with the content of ``name``; a copy from a bucket is removed at the end.

    Raises ``MediaMissing`` or ``StorageDown``.
    """
    with contextlib.ExitStack() as stack:
        try:
            path = Path(default_storage.path(name))
        except NotImplementedError:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hitsmith-media-"))
            path = Path(folder) / f"file{Path(name).suffix}"
            _fetch(name, path)
        if not path.is_file():
            raise _missing(name)
        yield path


def _fetch(name: str, path: Path) -> None:
    try:
        with default_storage.open(name) as source, path.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    except FileNotFoundError as error:
        raise _missing(name) from error
    except TROUBLE as error:
        raise StorageDown(f"cannot read {name} from the storage ({error}): check that it is reachable") from error


def _missing(name: str) -> MediaMissing:
    return MediaMissing(f"the storage has no file {name!r}: upload the photo again, or film the shot again")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified(path: Path, sha256: str) -> Path:
    """``path``, if its bytes are those that were planned with. Raises ``MediaBroken``."""
    if sha256_of(path) != sha256:
        raise MediaBroken("the stored photo is not the one that this shot was planned with: upload it again")
    return path
