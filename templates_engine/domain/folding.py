"""One plain reading of a text: full width, separators inside words, traditional forms and known disguises undone.

Only for looking: the folded text is matched against rules and never shown or spoken.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_WIDE = re.compile(r"(?<![0-9])[,!?;:]|[,!?;:](?![0-9])")
_TO_WIDE = str.maketrans(",!?;:", "，！？；：")
# Between two Chinese characters none of these is a pause: it only hides the word. Real pauses (，。！？；：、) stay.
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])(?:[^{_HAN}\w，。！？；：、,!?;:()（）%￥¥$]|_)+(?=[{_HAN}])")
# 最、低、价 and 最，低，价: single characters with the same mark between them.
_SINGLE_HAN = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:([，。、,])[{_HAN}])(?:\1[{_HAN}])+(?![{_HAN}])")
_SPELLED = re.compile(r"(?<![a-z0-9])[a-z0-9@$]([ .\-_*·|/])[a-z0-9@$](?:\1[a-z0-9@$](?![a-z0-9@$]))+")
_SPELLED_MARKS = re.compile(r"[ .\-_*·|/]")
_INSIDE_LATIN = re.compile(r"(?<=[a-z])[*_·|]+(?=[a-z])")
_INSIDE_WORD = re.compile(r"(?<=[a-z])[.\-](?=[a-z])")
_LEET = {"@": "a", "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s", "!": "i"}
_LEET_MARK = re.compile(r"(?<=[a-z])[@0134 57$!](?=[a-z])".replace(" ", ""))
_DIGIT_O = re.compile(r"(?<=\d)o+(?=[%o\d]|$)|\bn0(?=\.?\s?1)")


@dataclass(frozen=True, eq=False)
class Disguises:
    """What stands for what: single characters, whole sayings, pinyin beside Chinese, and English spellings."""

    characters: Mapping[int, int]
    sayings: Mapping[str, str]
    pinyin: Mapping[str, str]
    english: Mapping[str, str]

    @cached_property
    def said(self) -> re.Pattern[str]:
        return any_of([*self.sayings, *self.english])

    @cached_property
    def spelled(self) -> re.Pattern[str]:
        latin = any_of(list(self.pinyin)).pattern
        return re.compile(rf"(?<=[{_HAN}])(?:{latin})(?![a-z0-9])|(?<![a-z0-9])(?:{latin})(?=[{_HAN}])")

    def plain(self, found: re.Match[str]) -> str:
        return self.sayings.get(found[0]) or self.english.get(found[0]) or self.pinyin[found[0]]


NO_DISGUISES = Disguises({}, {}, {}, {})


@lru_cache(maxsize=8192)
def fold(text: str, disguises: Disguises) -> str:
    """``text`` in lower case and half width, its disguises undone."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("|", " ")
    plain = "".join(_seen(mark) for mark in plain)
    if not plain.isascii():
        plain = _WIDE.sub(lambda found: found[0].translate(_TO_WIDE), plain)  # NFKC made the pauses narrow
    plain = plain.translate(disguises.characters).replace("’", "'")
    plain = _BETWEEN_HAN.sub("", plain)
    plain = _SINGLE_HAN.sub(lambda found: found[0].replace(found[1], ""), plain)
    if not plain.isascii():
        plain = disguises.spelled.sub(disguises.plain, plain)
    plain = _SPELLED.sub(lambda found: _SPELLED_MARKS.sub("", found[0]), plain)
    plain = _INSIDE_LATIN.sub("", plain)
    plain = _DIGIT_O.sub(lambda found: found[0].replace("o", "0") if found[0][0] == "o" else "no", plain)
    plain = _LEET_MARK.sub(lambda found: _LEET[found[0]], plain)
    plain = re.sub(r"[ \t]+", " ", disguises.said.sub(disguises.plain, plain))
    # cu.res and che-apest: read a second time without what may only split a word.
    joined = _INSIDE_WORD.sub("", plain)
    return plain if joined == plain else f"{plain}\n{joined}"


def _seen(mark: str) -> str:
    """``mark`` without what cannot be seen, and figures in circles as figures."""
    kind = unicodedata.category(mark)
    if kind == "No":
        value = unicodedata.numeric(mark)
        return str(int(value)) if value == int(value) else mark
    return "" if kind in ("Cf", "Mn", "Me", "Cc") and mark != "\n" else mark


def any_of(words: list[str]) -> re.Pattern[str]:
    """Matches any of ``words``, the longest first, or nothing at all where there are none."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)")
