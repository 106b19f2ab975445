"""The declared table of open models (``declared.yaml``), read once and checked: what each can do, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generation.domain.engine_spec import EngineSpec, Mode, Move, Profile

Sizes = tuple[tuple[int, int], ...]
TABLE = Path(__file__).with_name("declared.yaml")
VERSION = "1"  # of the adapter: counts in the key of every clip, so raise it when the same plan gives other frames


@dataclass(frozen=True)
class Licence:
    """``switch``: what the operator must write into ACCEPTED_LICENCES first, "" for none; ``duty``: why."""

    name: str
    excluded_territories: tuple[str, ...] = ()
    switch: str = ""
    duty: str = ""


@dataclass(frozen=True)
class Text:
    """``length``: tokens that the encoder reads; ``embeds``: what ``encode_prompt`` returns, by the call's names."""

    length: int
    characters: int
    chinese: bool
    embeds: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """How one profile films. ``shift``: of the scheduler, 0 for the model's own; ``distilled``: with the LoRA."""

    profile: Profile
    shift: float = 0.0
    distilled: bool = False


@dataclass(frozen=True)
class Entry:
    """One model. ``pipelines``: the class that films each mode; ``index_facts`` and ``transformer_facts``: what the

    folder's configs must say for it to be this model ("any": something, "none": nothing). ``call``: fixed arguments.
    """

    id: str
    title_zh: str
    title_en: str
    repository: str
    licence: Licence
    pipelines: Mapping[Mode, str]
    index_names: tuple[str, ...]
    index_facts: Mapping[str, object]
    transformer_facts: Mapping[str, object]
    components: tuple[str, ...]
    packages: tuple[str, ...]
    fps: int
    frame_step: int
    frame_offset: int
    most_frames: int
    tail: int
    size_multiple: int
    sizes: Sizes
    text: Text
    call: Mapping[str, object]
    ways: tuple[Way, ...]
    otherwise: Mapping[str, Way]

    def ways_with(self, *, distilled: bool) -> tuple[Way, ...]:
        """What it films by, ``distilled``: with a few-step LoRA at hand."""
        return tuple(way if distilled or not way.distilled else self.otherwise[way.profile.name] for way in self.ways)

    def spec(self, weights: str, *, distilled: bool, demo: Sizes = ()) -> EngineSpec:
        """``demo``: the sizes of demo weights, which are nobody's but ours and need no GPU."""
        profiles = tuple(way.profile for way in self.ways_with(distilled=distilled))
        if demo:
            profiles = tuple(replace(profile, sizes=(), vram_gb=0.0) for profile in profiles)
        sizes = demo or self.sizes
        every = [*sizes, *(size for profile in profiles for size in profile.sizes)]
        return EngineSpec(
            id=self.id,
            version=VERSION,
            weights=weights,
            title_zh=f"{self.title_zh}·演示权重" if demo else self.title_zh,
            title_en=f"{self.title_en}, demo weights (noise)" if demo else self.title_en,
            moves=frozenset(Move),
            fps=self.fps,
            frame_step=self.frame_step,
            frame_offset=self.frame_offset,
            max_ms=-(-self.most_frames * 1000 // self.fps),
            size_multiple=self.size_multiple,
            max_pixels=max(width * height for width, height in every),
            sizes=sizes,
            modes=frozenset(self.pipelines),
            profiles=profiles,
            needs_gpu=not demo,
            licence="Apache-2.0" if demo else self.licence.name,
            excluded_territories=() if demo else self.licence.excluded_territories,
            prompt_chars=self.text.characters,
            reads_chinese=self.text.chinese,
            tail_frames=self.tail,
        )


@cache
def entries() -> Mapping[str, Entry]:
    """Id -> entry, in the order of the file. Raises ``KeyError`` or ``TypeError`` for a broken table."""
    return read(TABLE.read_text())


def read(text: str) -> Mapping[str, Entry]:
    table: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {id: _entry(id, dict(fields)) for id, fields in table["engines"].items()}


def _entry(id: str, fields: dict[str, Any]) -> Entry:
    frames, text, licence = fields.pop("frames"), fields.pop("text"), fields.pop("licence")
    profiles: dict[str, dict[str, Any]] = fields.pop("profiles")
    del fields["sources"]
    return Entry(
        id=id,
        licence=Licence(**(licence | {"excluded_territories": tuple(licence["excluded_territories"])})),
        pipelines={Mode(mode): name for mode, name in fields.pop("pipelines").items()},
        index_names=tuple(fields.pop("index_names")),
        index_facts=fields.pop("index_facts", {}),
        transformer_facts=fields.pop("transformer_facts", {}),
        components=tuple(fields.pop("components")),
        packages=tuple(fields.pop("packages")),
        frame_step=frames["step"],
        frame_offset=frames["offset"],
        most_frames=frames["most"],
        tail=fields.pop("tail", 0),
        sizes=_sizes(fields.pop("sizes")),
        text=Text(**(text | {"embeds": tuple(text["embeds"])})),
        ways=tuple(_way(name, parts) for name, parts in profiles.items()),
        otherwise={
            name: _way(name, parts | parts["otherwise"]) for name, parts in profiles.items() if "otherwise" in parts
        },
        **fields,
    )


def _way(name: str, parts: Mapping[str, Any]) -> Way:
    """``otherwise`` says what differs where there is no LoRA; the rest stays."""
    sizes = _sizes(parts.get("sizes", ()))
    profile = Profile(name, parts["steps"], parts["guidance"], parts["vram_gb"], sizes)
    return Way(profile, shift=parts.get("shift", 0.0), distilled=parts.get("distilled", False))


def _sizes(pairs: Any) -> Sizes:
    return tuple((int(width), int(height)) for width, height in pairs)
