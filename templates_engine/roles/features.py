"""What the role model looks at: the words of a line, hints of the lexicon, its place, and what its neighbours seem to be."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from templates_engine.domain.beats import Role

Features = dict[str, float]
Probabilities = NDArray[np.float64]  # lines x ROLES

ROLES = tuple(Role)
LEXICON = Path(__file__).parent / "lexicon.yaml"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ZH_MONEY = re.compile(r"(?:0|[一二两三四五六七八九十百千])\s*(?:块|元|毛|折|欧元|美元|英镑)|半价|[¥$€£]")
_EN_MONEY = re.compile(r"[$£€¥]\s?0|0\s?(?:dollars|bucks|pounds|quid|euros?|cents|p\b|%)")
_WORD = re.compile(r"[a-z']+|0|[?!$£€¥%]")
_QUESTION = re.compile(r"[?？吗呢]")
STEPS = 4  # the place in the script is told in so many steps
FAINT = 1e-3


def of_lines(texts: Sequence[str], lang: str) -> list[Features]:
    """First look: each line by itself, and where it stands."""
    return [_of_line(texts, place, lang) for place in range(len(texts))]


def of_neighbours(first: Probabilities) -> list[Features]:
    """Second look: what the first one says of a line, of those around it, and of all before and after it."""
    logs = (np.log(first + FAINT) - np.log(FAINT)) / -np.log(FAINT)
    count = len(first)
    found = []
    for place in range(count):
        features = _place(place, count, 1.0) | {"count": min(count, 20) / 20}
        for step in (-2, -1, 0, 1, 2):
            if 0 <= place + step < count:
                weight = 1.0 if step == 0 else 0.6
                features |= {f"at{step}:{role}": weight * float(logs[place + step][k]) for k, role in enumerate(ROLES)}
            else:
                features[f"at{step}:none"] = 1.0
        for side, others in (("before", first[:place]), ("after", first[place + 1 :])):
            if len(others):
                features |= {f"{side}:{role}": 0.7 * float(others[:, k].max()) for k, role in enumerate(ROLES)}
        found.append(features)
    return found


def hints(text: str, lang: str) -> dict[Role, int]:
    """How many words of the lexicon hint at each role; none left out."""
    plain = text.lower()
    padded = f" {plain} "
    found = {}
    for role, words in _lexicon()[lang].items():
        found[role] = sum(word in plain if lang == "zh" else f" {word}" in padded for word in words)
    return found


def _of_line(texts: Sequence[str], place: int, lang: str) -> Features:
    text = texts[place]
    plain = _NUMBER.sub("0", text.lower())
    grams = _zh_grams(plain) if lang == "zh" else _en_grams(plain)
    weight = 1 / max(1.0, len(grams)) ** 0.5
    features = dict.fromkeys(grams, weight)
    features |= {f"hint:{role}": 0.25 * min(count, 3) for role, count in hints(text, lang).items() if count}
    features |= _place(place, len(texts), 0.5)
    money = _ZH_MONEY if lang == "zh" else _EN_MONEY
    features |= {
        "is:long": 0.3 * min(len(text), 60) / 60,
        "is:number": 0.4 * ("0" in plain),
        "is:money": 0.5 * bool(money.search(plain)),
        "is:question": 0.4 * bool(_QUESTION.search(text)),
        "is:loud": 0.2 * bool(re.search("[!！]", text)),
        "is:open": 0.2 * text.rstrip().endswith((",", "，", "...", "…")),
    }
    return features


def _place(place: int, count: int, weight: float) -> Features:
    way = STEPS * place / max(1, count - 1)
    features = {f"place:{step}": weight * max(0.0, 1 - abs(way - step)) for step in range(STEPS + 1)}
    return features | {
        "place:first": weight * (place == 0),
        "place:second": weight * 0.6 * (place == 1),
        "place:last": weight * (place == count - 1),
    }


def _zh_grams(text: str) -> set[str]:
    """Runs of one to four characters, the line's ends among them."""
    line = "^" + re.sub(r"\s+", "", text) + "$"
    return {line[start : start + size] for size in (1, 2, 3, 4) for start in range(len(line) - size + 1)}


def _en_grams(text: str) -> set[str]:
    """Runs of one to three words, and of three to five letters."""
    words = ["^", *_WORD.findall(text), "$"]
    runs = {" ".join(words[start : start + size]) for size in (1, 2, 3) for start in range(len(words) - size + 1)}
    line = f" {' '.join(words)} "
    return runs | {"#" + line[start : start + size] for size in (3, 4, 5) for start in range(len(line) - size + 1)}


@cache
def _lexicon() -> Mapping[str, Mapping[Role, tuple[str, ...]]]:
    words = yaml.safe_load(LEXICON.read_text(encoding="utf-8"))
    return {
        lang: {Role(role): tuple(str(word) for word in found) for role, found in roles.items()}
        for lang, roles in words.items()
    }
