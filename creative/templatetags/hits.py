"""Filters of the pages of hits."""

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from creative.domain.platforms import PLATFORMS
from creative.web import hit_words
from creative.web.words import LANGUAGES, Word, Words, chosen

register = template.Library()
FILTER_WORDS: Words = {"category": _("品类"), "lang": _("语言"), "platform": _("平台")}
# The look of a state, by the classes that ads have for theirs.
LOOKS = {"pending": "held", "working": "shooting", "done": "ready", "failed": "failed"}
TEN_THOUSAND = 10_000


@register.filter
def tool_word(part: str) -> Word:
    return hit_words.TOOLS[part]


@register.filter
def filter_word(name: str) -> Word:
    return FILTER_WORDS[name]


@register.filter
def known_word(value: str) -> Word:
    """A language or platform by its name; anything else, such as a category, as it is."""
    place = PLATFORMS.get(value)
    return chosen(place.zh, place.en) if place is not None else LANGUAGES.get(value, value)


@register.filter
def state_class(state: str) -> str:
    return LOOKS[state]


@register.filter
def big(number: int) -> str:
    """12000 as ``1.2万`` or ``12,000``."""
    plain = f"{number:,}"
    if number < TEN_THOUSAND:
        return plain
    return chosen(f"{number / TEN_THOUSAND:.1f}".removesuffix(".0") + "万", plain)


@register.filter
def share(part: float) -> str:
    """0.125 as ``13%`` (the nearest whole)."""
    return f"{round(100 * part)}%"


@register.filter
def right_of(x: float, by: int) -> str:
    """A place in a drawing, ``by`` units further right; with a point whatever the language."""
    return f"{x + by:.1f}"


@register.simple_tag(takes_context=True)
def page_query(context: Context, number: int) -> str:
    """The query of another page of the same list."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return str(query.urlencode())
