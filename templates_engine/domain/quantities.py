"""Numbers that a text states, with their units: "8块9" is 8.9 CNY, "九十九元" 99 CNY, "半价" 5 折, "12h" 12 hours."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from templates_engine.domain.numerals import EN_NUMBERS, ZH_NUMERAL, ZH_SCALES, number_value, scaled
from templates_engine.domain.units import ARTICLE_UNITS, CANONICAL, IDIOMS, MONTHS

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ANY = rf"{_ARABIC}|{ZH_NUMERAL}+"
_ZH_UNITS = "|".join(re.escape(unit) for unit in sorted(CANONICAL, key=len, reverse=True) if not unit.isascii())
_MONTH = "|".join(MONTHS)
_TOKEN = re.compile(
    rf"""
      (?P<month>\b(?:{_MONTH})(?=\.?\s\d) | (?<=\d\s)(?:{_MONTH})\b | (?<=\d(?:st|nd|rd|th)\s)(?:{_MONTH})\b)
    | (?P<model>(?<![a-z])(?!(?:rmb|cny|usd|eur|gbp|no)\d)[a-z]+-?\d[a-z0-9]*)
    | 百分之(?P<per>{_ANY}) | (?P<hundred>百分百) | (?P<halfprice>半价)
    | (?P<sign>[¥$€£]|rmb|cny|usd|eur|gbp)\s?(?P<money>{_ARABIC})(?P<moneyscale>[万亿]?)
    | (?P<yuan>{_ANY})[块元](?P<mao>\d{{1,2}}(?!\d)|{ZH_NUMERAL}(?=[毛角分]|\W|$))
      (?:[毛角](?P<fen>[\d一二三四五六七八九](?![\d.]))?)?
    | (?P<number>{_ARABIC})(?P<scale>[万亿千百]*)
    | (?P<zhpoint>{ZH_NUMERAL}+点[零〇一二三四五六七八九]+)
    | (?P<about>(?<=[过上破近数几超成])[百千万亿]+(?!能|一|物))
    | (?P<rank>第一) | (?P<zh>{ZH_NUMERAL}+)
    | \b(?P<fold>twice|thrice)\b | \b(?P<word>{"|".join(EN_NUMBERS)})\b
    """,
    re.VERBOSE,
)
_AFTER = re.compile(rf"(?!包邮)(?:{_ZH_UNITS}|%|°c|[\s-]?[a-z]+|[\u4e00-\u9fff])")


@dataclass(frozen=True)
class Quantity:
    """A number as written, its value, and its unit's one name ("" for none; ``known`` tells it from any next word).

    A model word such as "x200" has no value: the word itself is the unit.
    """

    surface: str
    value: Fraction | None
    unit: str = ""
    known: bool = True


@lru_cache(maxsize=8192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number that ``text`` states, in order. Set phrases (一下, 第一眼, 十分) state none."""
    plain = IDIOMS.sub(" ", re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).lower()))
    return tuple(_scan(plain))


def _scan(text: str) -> Iterator[Quantity]:
    for token in _TOKEN.finditer(text):
        own = next((read for name, read in _WITH_OWN_UNIT.items() if token[name]), None)
        found = own(token) if own else _counted(token, text)
        if found is not None:
            yield found


def _yuan(token: re.Match[str]) -> Fraction:
    """8块9 is 8.9, 8块9毛9 is 8.99, 12块50 is 12.5."""
    mao, fen = token["mao"], token["fen"]
    tenths = number_value(mao) / (100 if mao.isdecimal() and len(mao) == 2 else 10)
    return number_value(token["yuan"]) + tenths + (number_value(fen) / 100 if fen else Fraction(0))


_WITH_OWN_UNIT: dict[str, Callable[[re.Match[str]], Quantity]] = {
    "month": lambda token: Quantity(token[0], Fraction(MONTHS[token[0]]), "calendar month"),
    "model": lambda token: Quantity(token[0], None, token[0].replace("-", "")),
    "per": lambda token: Quantity(token[0], number_value(token["per"]), "%"),
    "hundred": lambda token: Quantity(token[0], Fraction(100), "%"),
    "halfprice": lambda token: Quantity(token[0], Fraction(5), "off"),
    "money": lambda token: Quantity(token[0], scaled(token["money"], token["moneyscale"]), CANONICAL[token["sign"]]),
    "yuan": lambda token: Quantity(token[0], _yuan(token), "CNY"),
    "rank": lambda token: Quantity(token[0], Fraction(1), "rank"),
    "fold": lambda token: Quantity(token[0], Fraction(2 if token[0] == "twice" else 3), "times"),
}


def _counted(token: re.Match[str], text: str) -> Quantity | None:
    """A number whose unit is whatever stands behind it; None for a word that only looks like one."""
    unit, known, end = _unit_after(text, token)
    measures = known and unit != ""
    article = not measures or unit in ARTICLE_UNITS
    word, numeral = token["word"], token["zh"]
    # "one" and 一 count only when they measure (one year, 一年); a lone 百, 千, 万 without a unit is part of a word.
    if article and (word == "one" or numeral == "一"):
        return None
    if numeral in ZH_SCALES and numeral != "十" and not measures:
        return None
    if token["number"]:
        value = scaled(token["number"], token["scale"])
    else:
        value = EN_NUMBERS[word] if word else number_value(token["zhpoint"] or token["about"] or numeral)
    if unit == "off" and 10 <= value < 100:
        value /= 10  # 85折 is 8.5折
    return Quantity(text[token.start() : end], value, unit, known)


def _unit_after(text: str, token: re.Match[str]) -> tuple[str, bool, int]:
    """(canonical unit or the raw next word, is it a unit we know?, where its text ends)"""
    before = text[: token.start()].rstrip(" .")
    after = _AFTER.match(text, token.end())
    word = after[0].strip(" -") if after else ""
    if re.search(rf"\b(?:{_MONTH})$", before) or word in MONTHS or word in ("st", "nd", "rd", "th"):
        return "calendar day", True, token.end()
    if after is None:
        return "", True, token.end()
    unit = CANONICAL.get(word) or CANONICAL.get(word.removesuffix("s"))
    return (unit, True, after.end()) if unit else (word, False, token.end())
