"""Number words in Chinese and English, as values."""

from fractions import Fraction

ZH_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
ZH_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
ZH_NUMERAL = f"[{''.join(ZH_DIGITS)}{''.join(ZH_SCALES)}半]"

EN_NUMBERS = {
    word: Fraction(value)
    for value, words in {
        0: "zero", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight",
        9: "nine", 10: "ten tens", 11: "eleven", 12: "twelve dozen dozens", 13: "thirteen", 14: "fourteen",
        15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
        40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred hundreds",
        1000: "thousand thousands", 10**6: "million millions",
    }.items()
    for word in words.split()
} | {"half": Fraction(1, 2)}  # fmt: skip


def zh_value(numeral: str) -> Fraction:
    """The value of a Chinese numeral: 三百二 is 320, 二〇二六 is 2026, 一亿两千万 is 120000000, 半 a half."""
    if numeral in ("半", "一半"):
        return Fraction(1, 2)
    half = Fraction(1, 2) if numeral.endswith("半") else Fraction(0)
    body = numeral.replace("半", "")
    if not set(body) & set(ZH_SCALES):
        return Fraction(int("".join(str(ZH_DIGITS[mark]) for mark in body) or 0)) + half
    total, section, digit, last_scale = 0, 0, 0, 1
    for mark in body:
        if mark in ZH_DIGITS:
            digit = ZH_DIGITS[mark]
            last_scale = last_scale if digit else 1  # after a zero no colloquial tail: 一百零五
            continue
        last_scale = ZH_SCALES[mark]
        if mark == "亿":
            total, section = (total + section + digit or 1) * last_scale, 0
        elif mark == "万":
            total, section = total + (section + digit or 1) * last_scale, 0
        else:
            section += (digit or 1) * last_scale
        digit = 0
    tail = digit * (last_scale // 10 if last_scale >= 100 else 1)  # 三百二: the tail counts tens
    return total + section + tail + half


def number_value(numeral: str) -> Fraction:
    """The value of an Arabic numeral (1,299 or 59.9) or of a Chinese one (三点五)."""
    if numeral[0].isdecimal():
        return Fraction(numeral.replace(",", ""))
    whole, _, decimals = numeral.partition("点")
    return zh_value(whole) + (zh_value(decimals) / 10 ** len(decimals) if decimals else 0)


def scaled(numeral: str, scale: str) -> Fraction:
    """``numeral`` times each scale word behind it: ("3", "万") is 30000."""
    value = number_value(numeral)
    for mark in scale:
        value *= ZH_SCALES[mark]
    return value
