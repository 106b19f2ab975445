"""What the language model is told: the beats with their room and their facts, as JSON, and the rules in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from templates_engine.domain.pace import DEFAULT_RATE
from templates_engine.domain.script import Script

SCHEMA: Mapping[str, object] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lines"],
    "properties": {
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["beat", "text", "facts"],
                "properties": {
                    "beat": {"type": "integer"},
                    "text": {"type": "string"},
                    "facts": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}
_RULES = {
    "zh": "你写短视频口播文案。只用给出的事实，不编数字、价格、日期、证书、奖项、销量、评价和亲身经历。"
    "不用绝对化用语，不说医疗功效，不贬低别家，不催促。每个 beat 写一句口语短句，念起来自然，不超过 most 个字，"
    "换一种说法，不照抄 draft。facts 写这句用到的事实的键。只回答 JSON。",
    "en": "You write spoken lines for a short video ad. Use only the facts given: invent no number, price, date, certificate, "
    "award, sales figure, review or personal story. No superlatives, no health claims, nothing against other makers, no "
    "pressure. For each beat write one short line that sounds natural aloud, at most `most` words, in other words than "
    "`draft`. In `facts` name the keys of the facts that the line uses. Answer with JSON only.",
}
_AGAIN = {
    "zh": "下面这些句子不能用，请按原因改写，只回答这些 beat：",
    "en": "These lines cannot be used. Rewrite them, minding the reasons, and answer with these beats only:",
}


@dataclass(frozen=True)
class Refused:
    """A line of the model that was not taken, and why, in the script's language."""

    beat: int
    text: str
    why: str


def opening(script: Script, facts: Mapping[int, Mapping[str, str]]) -> list[dict[str, str]]:
    """The first messages; ``facts``: for each beat its usable facts by path."""
    rate = DEFAULT_RATE[script.lang]
    beats = [
        {
            "beat": place,
            "role": beat.role.value,
            "most": max(4, int((beat.end_ms - beat.start_ms - 250) / 1000 * rate)),
            "facts": dict(facts[place]),
            "draft": beat.voice,
        }
        for place, beat in enumerate(script.beats)
    ]
    return [
        {"role": "system", "content": _RULES[script.lang]},
        {"role": "user", "content": json.dumps({"beats": beats}, ensure_ascii=False)},
    ]


def again(lang: str, refused: Sequence[Refused]) -> dict[str, str]:
    """The message that sends lines back."""
    lines = [{"beat": line.beat, "text": line.text, "reason": line.why} for line in refused]
    return {"role": "user", "content": _AGAIN[lang] + json.dumps(lines, ensure_ascii=False)}
