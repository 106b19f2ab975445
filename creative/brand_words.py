"""Words that a brand never uses: looked for in every line that is filled in or edited."""

from collections.abc import Callable, Sequence

from billing.models import Organization
from creative.models import BrandKit
from templates_engine.domain.ad_rules import Advice, Category, Verdict
from templates_engine.domain.claims import Finding, LineVerdict
from templates_engine.domain.script import Script

Judged = Callable[[str], LineVerdict]
_WHY = Advice("品牌不用这个词", "the brand does not use this word")
_INSTEAD = Advice("换个说法", "say it in other words")


def forbidden_in(owner: Organization | None) -> tuple[str, ...]:
    """The forbidden words of the kit that ``owner`` keeps; none without a kit."""
    if owner is None:
        return ()
    kit = BrandKit.objects.of(owner).first()
    return tuple(kit.forbidden_words) if kit is not None else ()


def watched(judged: Judged, words: Sequence[str]) -> Judged:
    """The same judge, who also minds the brand's words."""
    if not words:
        return judged

    def both(text: str) -> LineVerdict:
        found = said(text, words)
        verdict = judged(text)
        if not found:
            return verdict
        return LineVerdict((*verdict.findings, Finding(Category.BRAND, Verdict.BLOCK, found, _WHY, _INSTEAD)))

    return both


def said(text: str, words: Sequence[str]) -> tuple[str, ...]:
    """Which of the words ``text`` holds; Latin ones only whole, whatever their capitals, phrase breaks do not hide any."""
    plain = text.replace("|", "").casefold()
    return tuple(word for word in words if _inside(word.casefold(), plain))


def said_in(script: Script, words: Sequence[str]) -> tuple[str, ...]:
    """Which of the words a whole script uses, end card included."""
    texts = [text for beat in script.beats for text in (beat.voice, beat.caption)]
    texts += [script.headline, script.call_to_action]
    return tuple(dict.fromkeys(word for text in texts for word in said(text, words)))


def _inside(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not (_joins(before, word[0]) or _joins(word[-1], after)):
            return True
        at = text.find(word, at + 1)
    return False


def _joins(one: str, other: str) -> bool:
    """Two Latin letters side by side belong to one word; Chinese has no such ends."""
    return bool(one and other) and all(char.isascii() and char.isalnum() for char in (one, other))
