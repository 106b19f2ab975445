"""Text in the pieces that a reader sees as one sign: grapheme clusters.

A reduced form of Unicode Standard Annex #29, section 3.1.1, that may join a little more but never splits what belongs
together: combining marks, emoji with skin tones, joined emoji (ZWJ), flags (pairs and tag sequences), keycaps, Hangul jamo.
"""

from unicodedata import category

JOINER = "\u200d"
TEXT_SHAPE, EMOJI_SHAPE = "\ufe0e", "\ufe0f"
KEYCAP = "\u20e3"
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_CLINGING = frozenset((JOINER, TEXT_SHAPE, EMOJI_SHAPE, KEYCAP, "\u200c"))
_MARKS = frozenset(("Mn", "Me", "Mc"))
_PICTURE_KINDS = frozenset(("So", "Sk", "Cn", "Sm", "Po"))


def clusters(text: str) -> tuple[str, ...]:
    """The text cut into grapheme clusters; put together they are the text again."""
    found: list[str] = []
    for char in text:
        if found and _belongs(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)


def is_pictograph(cluster: str) -> bool:
    """True for what asks to be drawn as a colour picture: emoji planes, keycaps, anything with the emoji shape sign."""
    return EMOJI_SHAPE in cluster or KEYCAP in cluster or "\U0001f000" <= cluster[0] <= "\U0001faff"


def without_tone(cluster: str) -> str:
    """The same emoji in its neutral colour."""
    return "".join(char for char in cluster if char not in SKIN_TONES)


def _belongs(before: str, char: str) -> bool:
    last = before[-1]
    if category(last) in ("Cc", "Zl", "Zp"):
        return (last, char) == ("\r", "\n")
    if _clings(char):
        return True
    if _is_regional(char):
        return len(before) == 1 and _is_regional(before)
    joined = last == JOINER and _is_picture(before[0]) and _is_picture(char)
    return joined or _is_jamo(last, char)


def _clings(char: str) -> bool:
    """True for what changes the sign before it and never stands alone: marks, joiners, shapes, tones, tags."""
    tag = "\U000e0020" <= char <= "\U000e007f"  # of the flags of regions
    return tag or char in SKIN_TONES or char in _CLINGING or category(char) in _MARKS


def _is_picture(char: str) -> bool:
    return category(char) in _PICTURE_KINDS and not _is_regional(char) and not char.isascii()


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char[0] <= "\U0001f1ff"


def _is_jamo(last: str, char: str) -> bool:
    """Leading consonants take vowels, vowels and syllables take trailing consonants; joining all of them is enough."""
    hangul = "\u1100" <= last <= "\u11ff" or "\uac00" <= last <= "\ud7fb" or "\ua960" <= last <= "\ua97c"
    trailing = "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7fb"
    syllable_after_leading = ("\u1100" <= last <= "\u115f" or "\ua960" <= last <= "\ua97c") and (
        "\u1100" <= char <= "\u115f" or "\uac00" <= char <= "\ud7a3" or "\ua960" <= char <= "\ua97c"
    )
    return (hangul and trailing) or syllable_after_leading
