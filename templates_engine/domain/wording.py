"""Making a merchant's words speakable, and pieces of text one clean line."""

import re
import unicodedata
from datetime import date

from templates_engine.domain.facts import Price
from templates_engine.domain.units import MONTH_NAMES

_EDGE = " \t，。、；：·,.;:!！?？…~～-—|/"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_UNSPEAKABLE = frozenset({"So", "Cc", "Cf", "Cs", "Co", "Cn", "Sk"})
# After these a new screen line begins, however short the last one.
_ENDS = ("？", "！", "。", "? ", "! ", ". ", "|")
# Text up to and with a pause; the comma of 1,299 and the points of $24.99 and 3:1 are none, nor is 、.
_PIECE = re.compile(r".+?(?:[，。！？；：…—|!?;]+|[,.:]+(?=\s|$)|$)\s*")
_KEPT_SIGNS = "℃℉°"
_SYMBOL = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_ZH_CURRENCY = {"USD": "美元", "EUR": "欧元", "GBP": "英镑"}


def clean(text: str, lang: str) -> str:
    """A fact as it can stand inside a sentence: no emoji, no marks of our own grammar, no punctuation at its ends."""
    plain = re.sub(r"[{}\[\]|<>【】\s]+", " ", text)
    plain = "".join(mark if _is_speakable(mark) else " " for mark in plain)
    if lang == "zh":
        plain = re.sub(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])", "，", plain)
        plain = re.sub(rf"(?<![0-9]),\s*|,\s*(?![0-9])|(?<=[{_HAN}])\s*;\s*", "，", plain)
    plain = re.sub(r"\s*([，。、；：！？])\s*", r"\1", plain)
    plain = re.sub(r"([，。、；：！？,.;:!?])(?:\s*[，。、；：！？,.;:!?])+", r"\1", plain)
    return re.sub(r"\s+", " ", plain).strip(_EDGE)


def _is_speakable(mark: str) -> bool:
    return mark in _KEPT_SIGNS or unicodedata.category(mark) not in _UNSPEAKABLE


def voice(text: str, lang: str) -> str:
    """A filled pattern as one spoken line."""
    return re.sub(r"\s+", " ", _sentences(text, lang).replace("|", " " if lang == "en" else "")).strip()


def caption(text: str, lang: str) -> str:
    """A filled pattern as screen lines joined by ``|``: no punctuation at line ends except ? and !."""
    lines: list[str] = []
    for piece in _PIECE.findall(_sentences(text, lang)):
        if lines and not lines[-1].endswith(_ENDS) and (_is_scrap(lines[-1], lang) or _is_scrap(piece, lang)):
            lines[-1] += piece
        else:
            lines.append(piece)
    return "|".join(re.sub(r"[，。、；：,.;:|—\s]+$", "", line).strip() for line in lines)


def _is_scrap(piece: str, lang: str) -> bool:
    """Too little for a screen line of its own: 而且, or "too"."""
    return len(re.sub(r"\W", "", piece)) <= 2 if lang == "zh" else len(piece.split()) <= 1


def _sentences(text: str, lang: str) -> str:
    """English sentences capitalised; "iPhone" keeps its shape, only an all-lowercase word is raised."""
    if lang == "zh":
        return text.strip()
    start = r"(?:^\s*|(?<=[.?!])\s+)[a-z][a-z'’]*(?![A-Za-z0-9])"
    closed = re.sub(r"\s+([.,!?;:])(?=\s|$)", r"\1", text)  # a clause left out leaves its space behind
    return re.sub(start, lambda word: _raised(word[0]), closed).strip()


def _raised(word: str) -> str:
    gap = len(word) - len(word.lstrip())
    return word[:gap] + word[gap].upper() + word[gap + 1 :]


def money(price: int, currency: str) -> str:
    """An amount as it is written: ¥59.9, $24.99, 120 SGD."""
    whole, cents = divmod(price, 100)
    digits = f"{whole}.{cents:02d}" if cents else str(whole)
    if currency == "CNY":
        digits = digits.rstrip("0") if cents else digits
    return f"{_SYMBOL[currency]}{digits}" if currency in _SYMBOL else f"{digits} {currency}"


def spoken_money(price: Price, amount: int, lang: str) -> str:
    """An amount as people say it: 59块9, 59元, 24.99美元, $24.99, 59.9 yuan."""
    if lang == "en":
        return f"{money(amount, 'CNY')[1:]} yuan" if price.currency == "CNY" else money(amount, price.currency)
    whole, cents = divmod(amount, 100)
    if price.currency == "CNY":
        mao, fen = divmod(cents, 10)
        if not cents or not whole or (fen and not mao):
            return f"{money(amount, 'CNY')[1:]}元"
        return f"{whole}块{mao}" + (f"毛{fen}" if fen else "")
    digits = f"{whole}.{cents:02d}" if cents else str(whole)
    return f"{digits}{_ZH_CURRENCY.get(price.currency, price.currency)}"


def day(moment: date, lang: str) -> str:
    """11月30日 or November 30."""
    return f"{moment.month}月{moment.day}日" if lang == "zh" else f"{MONTH_NAMES[moment.month - 1]} {moment.day}"
