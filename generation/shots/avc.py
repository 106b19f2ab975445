"""H.264 as MP4 holds it: the parameter sets in the ``avcC`` box (ISO/IEC 14496-15, 5.3.3.1) and the kinds of NAL units.

Two encodings can stand in one track where each picture names its own parameter sets: the box then lists both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

SLICE_IDR, SPS, PPS = 5, 7, 8  # nal_unit_type, ITU-T H.264 table 7-1
LENGTH_BYTES = 4  # in front of each NAL unit, as nearly every writer has it
MOST_SPS = 31  # the box counts sequence parameter sets in five bits, and their ids end there as well


class NotAvc(ValueError):
    """The bytes are no ``avcC`` box, or one that cannot be added to."""


@dataclass(frozen=True)
class AvcConfig:
    """``profile``, ``compatibility`` and ``level`` as the box says; ``tail``: the chroma format and depths, if any."""

    profile: int
    compatibility: int
    level: int
    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    tail: bytes

    @property
    def ids(self) -> set[int]:
        """All ids in use, of sequence and of picture parameter sets."""
        return {parameter_id(unit) for unit in (*self.sps, *self.pps)}

    def free_ids(self) -> Iterator[int]:
        used = self.ids
        return (number for number in range(1, MOST_SPS + 1) if number not in used)

    def with_sets_of(self, other: "AvcConfig") -> "AvcConfig":
        """Both; what it says of profile and level holds for either. Raises ``NotAvc`` where an id is in use twice."""
        if self.ids & other.ids:
            raise NotAvc("two parameter sets have the same id")
        loudest = max(self, other, key=lambda one: one.profile)
        return AvcConfig(
            loudest.profile,
            loudest.compatibility,
            max(self.level, other.level),
            self.sps + other.sps,
            self.pps + other.pps,
            loudest.tail or self.tail or other.tail,
        )

    def written(self) -> bytes:
        head = bytes([1, self.profile, self.compatibility, self.level, 0xFC | (LENGTH_BYTES - 1), 0xE0 | len(self.sps)])
        return head + _listed(self.sps) + bytes([len(self.pps)]) + _listed(self.pps) + self.tail


def read_config(box: bytes | None) -> AvcConfig:
    """Raises ``NotAvc``."""
    if not box or len(box) < 8 or box[0] != 1:
        raise NotAvc("the track has no avcC box")
    if (box[4] & 3) + 1 != LENGTH_BYTES:
        raise NotAvc(f"its NAL units have lengths of {(box[4] & 3) + 1} bytes, not {LENGTH_BYTES}")
    try:
        sps, at = _sets(box, 5, box[5] & 31)
        pps, at = _sets(box, at, box[at])
        config = AvcConfig(box[1], box[2], box[3], sps, pps, box[at:])
        if not config.ids:
            raise NotAvc("its avcC box holds no parameter sets")
    except IndexError:
        raise NotAvc("its avcC box breaks off") from None
    return config


def nal_types(packet: bytes) -> list[int]:
    """Of the units of one packet. Raises ``NotAvc``."""
    found, at = [], 0
    while at < len(packet):
        size = int.from_bytes(packet[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES
        if not size or at + size > len(packet):
            raise NotAvc("a packet is not cut into NAL units")
        found.append(packet[at] & 31)
        at += size
    return found


def parameter_id(unit: bytes) -> int:
    """The id of a parameter set; it comes after one byte of header, in an SPS after three more of profile and level."""
    start = 4 if unit[0] & 31 == SPS else 1
    return _golomb(unit[start : start + 3])


def _golomb(data: bytes) -> int:
    """The first ue(v) of the bits (H.264, 9.1). Raises ``IndexError`` on nonsense."""
    bits = "".join(f"{byte:08b}" for byte in data)
    zeros = bits.index("1") if "1" in bits else len(bits)
    if 2 * zeros + 1 > len(bits):
        raise IndexError("no such number")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1


def _sets(box: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """``count`` parameter sets from ``at`` (the byte that counted them) on, and where they end."""
    at += 1
    found = []
    for _ in range(count):
        size = int.from_bytes(box[at : at + 2], "big")
        found.append(box[at + 2 : at + 2 + size])
        if len(found[-1]) != size or not size:
            raise IndexError("too short")
        at += 2 + size
    return tuple(found), at


def _listed(units: tuple[bytes, ...]) -> bytes:
    return b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)
