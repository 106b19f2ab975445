"""The implicit AI label: GB 45438-2025 section 6 and Appendix E, in MP4 as TC260-PG-20257A lays it down.

Exactly one item with the key ``AIGC`` in moov/udta/meta (or moov/meta), its value JSON with seven fields of printable
single-byte characters. We write it while muxing and read it back with our own parser from the finished bytes.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.errors import CutRefused, DeliverableRefused

KEY = "AIGC"
IS_GENERATED = "1"  # "2" may be, "3" suspected
FIELDS = (
    "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
)  # fmt: skip
_PRINTABLE = re.compile(r"^[!#-\[\]-~]*$")  # 0x21..0x7E without " and \
# TC260-PG-20252A: 00, 11, the 18 characters of the unified social credit code, 1 (makes), 4 of the operator's own.
_PROVIDER = re.compile(r"^0011([0-9A-HJ-NPQRTUWXY]{18})1[0-9A-Za-z]{4}$")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CONTAINERS = {b"moov", b"udta", b"meta", b"ilst"}
_DEEPEST = 8  # containers in each other; a real file has two


def aigc_value(provider_code: str, produce_id: str, integrity: str) -> str:
    """The JSON text. On the first writing the propagator is the producer, so both reserved codes are our ``integrity``.

    Raises ``CutRefused`` for a value with other characters.
    """
    values = [IS_GENERATED, provider_code, produce_id, integrity, provider_code, produce_id, integrity]
    for name, value in zip(FIELDS, values, strict=True):
        if not value or not _PRINTABLE.match(value):
            raise CutRefused(
                f"AIGC label: {name} {value!r} must be printable ASCII without spaces, quotes or backslash"
            )
    return json.dumps(dict(zip(FIELDS, values, strict=True)), separators=(",", ":"))


def is_registered_form(provider_code: str) -> bool:
    """Whether a provider code is built as the guide says; a development code is not."""
    match = _PROVIDER.match(provider_code)
    return match is not None and _credit_code_holds(match[1])


def read_aigc(path: Path) -> Mapping[str, str]:
    """The one AIGC label in the finished bytes. Raises ``DeliverableRefused`` when it is not exactly as it must be."""
    found = [value for key, value in metadata_items(path.read_bytes()) if KEY in key]
    if len(found) != 1:
        raise DeliverableRefused(f"the file holds {len(found)} AIGC labels instead of one: cut it again")
    try:
        label = json.loads(found[0])
    except ValueError as error:
        raise DeliverableRefused("the AIGC label of the file is no JSON: cut it again") from error
    if not isinstance(label, dict) or tuple(label) != FIELDS or label["Label"] != IS_GENERATED:
        raise DeliverableRefused("the AIGC label of the file lacks fields of Appendix E: cut it again")
    if not all(isinstance(value, str) and _PRINTABLE.match(value) for value in label.values()):
        raise DeliverableRefused("the AIGC label of the file holds characters outside 0x21 to 0x7E: cut it again")
    return label


@dataclass(frozen=True)
class Box:
    """A box of ISO 14496-12: its type and where its content lies in the file."""

    kind: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes side by side between two offsets. Raises ``DeliverableRefused`` for a broken size."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= end:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        size = size or end - start
        if size < head or start + size > end:
            raise DeliverableRefused(f"the MP4 box {kind!r} at byte {start} has a broken size: cut the ad again")
        yield Box(kind, start + head, start + size)
        start += size


def metadata_items(data: bytes) -> Iterator[tuple[str, str]]:
    """(key, value) of every ``mdta`` item in every meta box under moov."""
    for moov in boxes(data):
        if moov.kind == b"moov":
            for meta in _metas(data, moov):
                yield from _items(data, meta)


def _metas(data: bytes, parent: Box, depth: int = 1) -> Iterator[Box]:
    if depth > _DEEPEST:
        raise DeliverableRefused("the MP4 boxes of the file lie too deep in each other: cut the ad again")
    for box in boxes(data, parent.start, parent.end):
        if box.kind == b"meta":
            yield box
        elif box.kind in _CONTAINERS:
            yield from _metas(data, box, depth + 1)


def _items(data: bytes, meta: Box) -> Iterator[tuple[str, str]]:
    # In MP4 a meta box starts with version and flags, in QuickTime it does not: there its first child comes at once.
    skip = 4 if data[meta.start + 4 : meta.start + 8] != b"hdlr" else 0
    inside = list(boxes(data, meta.start + skip, meta.end))
    keys = [key for box in inside if box.kind == b"keys" for key in _keys(data, box)]
    for ilst in (box for box in inside if box.kind == b"ilst"):
        for item in boxes(data, ilst.start, ilst.end):
            number = int.from_bytes(item.kind, "big")
            if 1 <= number <= len(keys):
                yield from ((keys[number - 1], value) for value in _values(data, item))


def _keys(data: bytes, box: Box) -> Iterator[str]:
    at, count = box.start + 8, int.from_bytes(data[box.start + 4 : min(box.start + 8, box.end)], "big")
    for _ in range(count):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > box.end:
            raise DeliverableRefused("the metadata keys of the file are broken: cut the ad again")
        yield data[at + 8 : at + size].decode("utf-8", "replace")
        at += size


def _values(data: bytes, item: Box) -> Iterator[str]:
    for box in boxes(data, item.start, item.end):
        if box.kind == b"data":
            yield data[box.start + 8 : box.end].decode("utf-8", "replace")


def _credit_code_holds(code: str) -> bool:
    """The check character of GB 32100-2015: powers of 3, modulo 31."""
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17]
