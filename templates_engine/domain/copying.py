"""How much of a line was already said in a source video: we learn how hits are told and repeat nobody's sentences.

The measure is containment: of the n-grams of the line, the share that one source line holds too (Broder 1997, "On the
resemblance and containment of documents"). Chinese is cut into pairs of characters, English into pairs of words.
Containment and not Jaccard, because a short line lifted out of a long sentence must count as a copy. Pairs that the
product's own facts hold are left out on both sides: a merchant may say of a cup what a hit said of the same cup. A line
with very few pairs of its own (下单吧, "Shop now") is common speech and is not judged.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MOST_ALIKE = 0.5
FEWEST_PAIRS = {"zh": 4, "en": 3}
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


@dataclass(frozen=True, eq=False)
class Sources:
    """The lines of the source videos, each pair with the numbers of the lines that hold it."""

    texts: tuple[str, ...]
    holders: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Sources":
        lines = tuple(texts)
        holders: dict[str, list[int]] = {}
        for place, text in enumerate(lines):
            for pair in pairs(text):
                holders.setdefault(pair, []).append(place)
        return cls(lines, {pair: tuple(places) for pair, places in holders.items()})

    def nearest(self, line: str, lang: str, own: frozenset[str] = frozenset()) -> tuple[float, str]:
        """(similarity 0..1, the source line) of the likeliest origin; ``own``: pairs of the facts, which do not count."""
        ours = pairs(line) - own
        if len(ours) < FEWEST_PAIRS[lang]:
            return 0.0, ""
        shared = Counter(place for pair in ours for place in self.holders.get(pair, ()))
        if not shared:
            return 0.0, ""
        place, count = max(shared.items(), key=lambda found: (found[1], -found[0]))
        return count / len(ours), self.texts[place]


NO_SOURCES = Sources((), {})


@lru_cache(maxsize=16)
def sources_of(texts: Sequence[str]) -> Sources:
    """``texts`` made ready for looking up; remembered, because every line of a script asks for the same."""
    return Sources.of(texts) if texts else NO_SOURCES


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters, and of neighbouring words in other scripts."""
    lower = text.lower().replace("’", "'")
    han = re.sub(r"[^\u3400-\u4dbf\u4e00-\u9fff]", "", lower)
    words = _WORD.findall(lower)
    return frozenset(
        [han[start : start + 2] for start in range(len(han) - 1)] + [f"{one} {two}" for one, two in pairwise(words)]
    )
