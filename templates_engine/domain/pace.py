"""How long a line takes to say and to read.

Default rates follow our measurements of hit videos: Chinese 4.8 characters a second, English 2.8 words, and a short
breath at each pause. Where a synthetic voice exists, its measured length replaces this estimate.
"""

import re

DEFAULT_RATE = {"zh": 4.8, "en": 2.8}  # characters or words a second
PAUSE_MS = {"zh": 180, "en": 120}
# Reading is faster than speaking; the rates are those of careful subtitlers, the floor keeps a flash readable.
READING_RATE = {"zh": 8.0, "en": 4.0}
READING_FLOOR_MS = 800

# A comma or point inside a number is none, and neither is the colon of 3:1.
_PAUSES = re.compile(r"[，。！？；：、!?;…—|]+|[,.:](?!\d)")
_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_READ_ALOUD = {"%": 3, "℃": 3, "°": 1, "¥": 1, "$": 2, "+": 1, "×": 1, "&": 1}
_ZH_UNITS = {"ml": 2, "l": 1, "g": 1, "kg": 2, "mg": 2, "cm": 2, "mm": 2, "m": 1, "w": 1, "v": 1, "mah": 3, "h": 2}


def speech_ms(text: str, lang: str, per_second: float | None = None) -> int:
    """Milliseconds to say ``text``: syllables (zh) or words (en) over the rate, plus a breath at each inner pause."""
    units = _zh_syllables(text) if lang == "zh" else _en_words(text)
    pauses = len(phrases(text)) - 1
    return round(1000 * units / (per_second or DEFAULT_RATE[lang])) + PAUSE_MS[lang] * max(0, pauses)


def reading_ms(caption: str, lang: str) -> int:
    """Milliseconds that a viewer needs for a caption."""
    units = len(re.sub(r"[\s|]", "", caption)) if lang == "zh" else len(caption.replace("|", " ").split())
    return max(READING_FLOOR_MS, round(1000 * units / READING_RATE[lang])) if units else 0


def phrases(text: str) -> tuple[str, ...]:
    """``text`` cut at its pauses, without empty pieces: a decimal point or a thousands comma is no pause."""
    return tuple(piece.strip() for piece in _PAUSES.split(text) if piece.strip())


def _zh_syllables(text: str) -> int:
    rest = text
    count = 0
    for number in _NUMBER.finditer(text):
        count += _zh_digits(number[1].replace(",", "")) + (1 + len(number[2]) if number[2] else 0)
    rest = _NUMBER.sub(" ", rest)
    count += len(_HAN.findall(rest)) + sum(_READ_ALOUD.get(mark, 0) for mark in rest)
    return count + sum(_latin_syllables(word) for word in _LATIN.findall(rest))


def _zh_digits(digits: str) -> int:
    """Syllables of an integer read aloud in Chinese: 480 is 四百八十, 2026 and longer codes digit by digit."""
    if len(digits) > 5 or digits.startswith("0"):
        return len(digits)
    significant = digits.rstrip("0") or "0"
    inner_zeros = len(re.findall("0+", significant)) if significant != "0" else 0
    spoken = sum(1 for digit in significant if digit != "0") + inner_zeros
    scales = sum(1 for place, digit in enumerate(reversed(digits)) if place and digit != "0")
    ten = 1 if len(digits) == 2 and digits[0] == "1" else 0  # 12 is 十二, not 一十二
    return max(1, spoken + scales - ten)


def _latin_syllables(word: str) -> int:
    if word.lower() in _ZH_UNITS:
        return _ZH_UNITS[word.lower()]
    if word.isupper() and len(word) <= 4:  # an abbreviation is spelled
        return len(word)
    return max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))))


def _en_words(text: str) -> int:
    words = 0
    for number in _NUMBER.finditer(text):
        words += _en_number_words(number[1].replace(",", "")) + (len(number[2]) if number[2] else 0)
    rest = _NUMBER.sub(" ", text)
    return words + len(re.findall(r"[A-Za-z][A-Za-z'’]*|[%$€£¥&]", rest))


def _en_number_words(digits: str) -> int:
    """Words of an integer: 12 is one, 24 two, 480 (four hundred eighty) three."""
    groups = [int(digits[max(0, end - 3) : end]) for end in range(len(digits), 0, -3)]
    return max(1, sum(_en_group_words(group) + (1 if place and group else 0) for place, group in enumerate(groups)))


def _en_group_words(group: int) -> int:
    tens = group % 100
    return (2 if group >= 100 else 0) + (0 if not tens else 2 if tens > 20 and tens % 10 else 1)
