"""Which version of a file lies at a path, for what is remembered about its content."""

from pathlib import Path


def version_of(path: Path) -> tuple[int, int]:
    """(bytes, nanoseconds of its last change); (-1, 0) for a file that cannot be asked, which its reader will say."""
    try:
        file = path.stat()
    except OSError:
        return -1, 0
    return file.st_size, file.st_mtime_ns
