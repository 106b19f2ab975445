"""Our own seed templates: short YAML for people, expanded to the full document of the schema."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from templates_engine.domain.documents import UNREADABLE, items, mapping, text
from templates_engine.domain.errors import TemplateInvalid
from templates_engine.domain.patterns import HookType, Pattern
from templates_engine.domain.template import SCHEMA, ScriptTemplate
from templates_engine.domain.template_json import from_dict, pattern_to_dict

SEEDS = Path(__file__).parent / "seeds"
CREATED = date(2026, 11, 23)
# What we measured in hit videos with timed lines (characters or words a second).
PACE = {
    "zh": {"unit": "char_per_s", "p10": 4.0, "p50": 4.8, "p90": 5.8},
    "en": {"unit": "word_per_s", "p10": 2.0, "p50": 2.8, "p90": 4.2},
}
PLATFORMS = {"zh": ["douyin", "kuaishou", "xiaohongshu", "taobao"], "en": ["tiktok", "reels", "shorts"]}


@cache
def seeds() -> tuple[ScriptTemplate, ...]:
    """Every seed, in the order of its file name. Raises TemplateInvalid, naming the file."""
    return tuple(_read(path) for path in sorted(SEEDS.glob("*.yaml")))


def _read(path: Path) -> ScriptTemplate:
    try:
        return from_dict(_expanded(mapping(yaml.safe_load(path.read_text(encoding="utf-8")))))
    except (TemplateInvalid, yaml.YAMLError, *UNREADABLE) as error:
        raise TemplateInvalid(f"seed {path.name}: {error}") from error


def _expanded(seed: Mapping[str, object]) -> dict[str, object]:
    lang = text(seed["lang"])
    return dict(seed) | {
        "schema": SCHEMA,
        "duration_ms": _spread(seed["duration_ms"]),
        "pace": PACE[lang],
        "platform": PLATFORMS[lang],
        "beats": [_beat(mapping(beat)) for beat in items(seed["beats"])],
        "provenance": {
            "builder": "hitsmith/1",
            "source": "seed",
            "rights": "written for Hitsmith, Apache-2.0",
            "created": CREATED.isoformat(),
        },
        "engagement": None,
        "stability": None,
        "members": [],
    }


def _beat(beat: Mapping[str, object]) -> dict[str, object]:
    return (
        {"also": [], "optional": False}
        | dict(beat)
        | {
            "share": _spread(beat["share"]),
            "shots": _spread(beat["shots"]),
            "shot_len_ms": _spread(beat["shot_len_ms"]),
            "patterns": [_pattern(pattern) for pattern in items(beat["patterns"])],
        }
    )


def _pattern(seed: object) -> dict[str, object]:
    """A plain line, or a mapping with ``text`` and ``hook_type`` or ``caption``."""
    if isinstance(seed, str):
        return pattern_to_dict(Pattern.parse(seed))
    fields = mapping(seed)
    hook_type = HookType(text(fields["hook_type"])) if "hook_type" in fields else None
    return pattern_to_dict(
        Pattern.parse(text(fields["text"]), caption=text(fields.get("caption", "")), hook_type=hook_type)
    )


def _spread(value: object) -> dict[str, object]:
    p10, p50, p90 = items(value)
    return {"p10": p10, "p50": p50, "p90": p90}
