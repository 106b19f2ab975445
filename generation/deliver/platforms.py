"""What platforms take of a file, read from platforms.yaml: every figure with its source, its date and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generation.deliver.safe_zones import SafeZone, safe_zone
from generation.errors import CutRefused

_FILE = Path(__file__).with_name("platforms.yaml")
MEGABYTE = 1_000_000
Span = tuple[float | None, float | None]  # least, most; None is no known limit


@dataclass(frozen=True)
class Source:
    where: str
    read: str  # day, YYYY-MM-DD
    confidence: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.where}, {self.read}, {self.confidence}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True)
class Listed:
    """Values that a platform takes; none of them known where ``values`` is empty."""

    values: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class Limits:
    """``span`` is None where nothing is known."""

    span: Span | None
    source: Source


@dataclass(frozen=True)
class Shape:
    """An aspect that a platform takes. Sizes are (width, height); None is no known limit. ``most_bytes``: of this aspect."""

    aspect: str
    least: tuple[int, int] | None
    most: tuple[int, int] | None
    most_bytes: int | None
    source: Source


@dataclass(frozen=True)
class CoverSize:
    aspect: str
    size: tuple[int, int] | None  # width, height; None where no size is known
    most_bytes: int | None
    source: Source


@dataclass(frozen=True)
class Platform:
    """Frame rates are pictures a second, ``lufs`` an integrated loudness (BS.1770), ``zones`` aspect -> safe zone."""

    code: str
    zh: str
    en: str
    shapes: tuple[Shape, ...]
    containers: Listed
    video_codecs: Listed
    audio_codecs: Listed
    seconds: Limits
    fps: Limits
    lufs: Limits
    size: Limits  # megabytes of every aspect
    zones: Mapping[str, str]
    covers: tuple[CoverSize, ...]

    def zone(self, aspect: str) -> SafeZone:
        """Raises ``CutRefused`` for an aspect that the platform does not take."""
        if aspect not in self.zones:
            raise CutRefused(f"{self.en} takes {', '.join(self.zones)}, not {aspect}")
        return safe_zone(aspect, self.zones[aspect])


def platforms() -> tuple[Platform, ...]:
    return _read()[1]


def version() -> int:
    """Of the figures; kept beside every verdict."""
    return _read()[0]


def platform(code: str) -> Platform:
    """Raises ``CutRefused`` for a platform that we have no figures of."""
    for found in platforms():
        if found.code == code:
            return found
    known = ", ".join(found.code for found in platforms())
    raise CutRefused(f"there are no figures of a platform {code!r}: choose one of {known}")


@cache
def _read() -> tuple[int, tuple[Platform, ...]]:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    sources = {
        name: Source(item["where"], str(item["read"]), item["confidence"]) for name, item in data["sources"].items()
    }
    return data["version"], tuple(_platform(item, sources) for item in data["platforms"])


def _platform(item: dict[str, Any], sources: Mapping[str, Source]) -> Platform:
    size = item.get("megabytes", {"from": "unknown"})
    most = size.get("value")
    return Platform(
        code=item["code"],
        zh=item["zh"],
        en=item["en"],
        shapes=tuple(_shape(shape, sources) for shape in item["shapes"]),
        containers=_listed(item["containers"], sources),
        video_codecs=_listed(item["video_codecs"], sources),
        audio_codecs=_listed(item["audio_codecs"], sources),
        seconds=_limits(item["seconds"], sources),
        fps=_limits(item["fps"], sources),
        lufs=_limits(item["lufs"], sources),
        size=Limits(None if most is None else (None, most), _source(size, sources)),
        zones=item["zones"],
        covers=tuple(_cover(cover, sources) for cover in item["covers"]),
    )


def _listed(item: dict[str, Any], sources: Mapping[str, Source]) -> Listed:
    return Listed(tuple(item.get("value", ())), _source(item, sources))


def _limits(item: dict[str, Any], sources: Mapping[str, Source]) -> Limits:
    return Limits(_span(item), _source(item, sources))


def _shape(item: dict[str, Any], sources: Mapping[str, Source]) -> Shape:
    return Shape(
        item["aspect"], _pair(item.get("least")), _pair(item.get("most")), _bytes(item), _source(item, sources)
    )


def _cover(item: dict[str, Any], sources: Mapping[str, Source]) -> CoverSize:
    return CoverSize(item["aspect"], _pair(item.get("size")), _bytes(item), _source(item, sources))


def _bytes(item: dict[str, Any]) -> int | None:
    return item["megabytes"] * MEGABYTE if "megabytes" in item else None


def _pair(value: list[int] | None) -> tuple[int, int] | None:
    return None if value is None else (value[0], value[1])


def _span(item: dict[str, Any]) -> Span | None:
    value = item.get("value")
    return None if value is None else (value[0], value[1])


def _source(item: dict[str, Any], sources: Mapping[str, Source]) -> Source:
    source = sources[item["from"]]
    return Source(source.where, source.read, source.confidence, item.get("note", ""))
