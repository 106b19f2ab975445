"""Tags and filters of the library's pages: charts as inline SVG, codes as words, shares as per cent."""

from collections.abc import Callable, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from creative.web import template_chart, template_words, words
from creative.web.template_chart import Bar, Chart
from templates_engine.domain.patterns import HookType, Pattern
from templates_engine.domain.search import openings
from templates_engine.domain.template import Engagement, ScriptTemplate

register = template.Library()
Mix = Sequence[tuple[str, float]]


@register.simple_tag
def timeline_row(bar: Bar, chart: Chart) -> SafeString:
    return template_chart.row_svg(bar, chart)


@register.simple_tag
def timeline_axis(chart: Chart) -> SafeString:
    return template_chart.axis_svg(chart)


@register.simple_tag
def timeline_mini(script: ScriptTemplate) -> SafeString:
    return template_chart.mini_svg(script)


@register.simple_tag
def interval(found: Engagement) -> SafeString:
    return template_chart.interval_svg(found)


@register.simple_tag
def mix(shares: Mix, kind: str) -> SafeString:
    """A divided bar with its parts in words, the largest first: ``kind`` is move, framing or hook."""
    word: Callable[[str], object] = {
        "move": template_words.move_word,
        "framing": template_words.framing_word,
        "hook": template_words.hook_word,
    }[kind]
    ordered = sorted(shares, key=lambda one: -one[1])
    told = [(min(number, 3), word(str(code)), percent(share)) for number, (code, share) in enumerate(ordered)]
    return format_html(
        '{}<span class="mix-words">{}</span>',
        template_chart.mix_svg([share for _, share in ordered]),
        format_html_join("", '<span class="mix-word mix-word-{}">{} {}</span>', told),
    )


@register.simple_tag
def sentence(pattern: Pattern) -> SafeString:
    """A sentence pattern with its holes marked, and what may be left out set apart."""
    pieces = [
        (f"{part.kind} maybe" if part.maybe else part.kind, part.text) for part in template_words.sentence(pattern)
    ]
    return format_html_join("", '<span class="say-{}">{}</span>', pieces)


@register.filter
def openings_of(script: ScriptTemplate) -> tuple[tuple[HookType, float], ...]:
    return openings(script)


@register.filter
def opening_word(script: ScriptTemplate) -> str:
    """How most of its ads open; empty where that is not known."""
    found = openings(script)
    return str(template_words.hook_word(found[0][0].value)) if found else ""


@register.filter
def lent_words(script: ScriptTemplate) -> list[words.Word]:
    return template_words.lent_words(script)


@register.filter
def grouped(count: int) -> str:
    """``252859`` as ``252,859``."""
    return f"{count:,}"


@register.filter
def percent(share: float) -> str:
    return f"{share:.0%}"


@register.filter
def seconds(milliseconds: float) -> str:
    """``12300`` as ``12.3``, ``12000`` as ``12``."""
    return f"{milliseconds / 1000:.1f}".removesuffix(".0")


@register.filter
def decimal(number: float) -> str:
    """One digit behind the point unless it is 0."""
    return f"{number:.1f}".removesuffix(".0")


@register.filter
def per_thousand(rate: float) -> str:
    """Orders per view as orders per 1,000 views, two digits that count."""
    return f"{rate * 1000:.2g}"


@register.filter
def times(ratio: float) -> str:
    return f"{ratio:.2g}"


def _filter(name: str, table: words.Words) -> None:
    def word(code: str) -> words.Word:
        return table.get(str(code), str(code))

    register.filter(name, word)


for _name, _table in {
    "source_word": template_words.SOURCES,
    "provenance_word": template_words.PROVENANCES,
    "caption_word": template_words.CAPTIONS,
    "position_word": template_words.POSITIONS,
    "mood_word": template_words.MOODS,
    "group_word": template_words.GROUPS,
    "platform_word": template_words.PLATFORMS,
}.items():
    _filter(_name, _table)
register.filter("category_word", template_words.category_word)
