"""The ``Range`` header of a request for one part of a file (RFC 9110, section 14.1.2)."""

import re

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Unsatisfiable(ValueError):
    """The part that was asked for lies outside the file (416)."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte, both included; ``None`` = send the whole file.

    What is no single byte range (several parts, another unit, nonsense) may be ignored by a server, and is.
    """
    found = ONE_RANGE.fullmatch(header.strip())
    if found is None or found.group() == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable(header)
    return start, end


def _suffix(length: int, size: int) -> tuple[int, int]:
    if length == 0 or size == 0:
        raise Unsatisfiable(f"the last {length} bytes of {size}")
    return max(size - length, 0), size - 1
