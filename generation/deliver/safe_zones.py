"""The platforms' safe boxes, read from safe_zones.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from generation.domain.geometry import Box
from generation.errors import CutRefused

_FILE = Path(__file__).with_name("safe_zones.yaml")


@dataclass(frozen=True)
class SafeZone:
    id: str
    aspect: str
    box: Box
    source: str
    read: str
    confidence: str


@cache
def safe_zones() -> tuple[SafeZone, ...]:
    zones = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["zones"]
    return tuple(SafeZone(**{**zone, "box": Box(*zone["box"]), "read": str(zone["read"])}) for zone in zones)


def safe_zone(aspect: str, zone_id: str = "feed") -> SafeZone:
    """``feed`` is clear of the buttons of a vertical feed; for 9:16 ``union`` clears every platform that we know.

    Raises ``CutRefused`` for an unknown aspect or zone.
    """
    for zone in safe_zones():
        if (zone.aspect, zone.id) == (aspect, zone_id):
            return zone
    raise CutRefused(f"there is no safe zone {zone_id!r} for {aspect!r}: see generation/deliver/safe_zones.yaml")
