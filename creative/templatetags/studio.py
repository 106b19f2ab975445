"""Filters of the studio's pages: codes into words, milliseconds into seconds, fen into prices."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creative import previews
from creative.models import Asset
from creative.web import words
from templates_engine import versions

register = template.Library()
AIR = 1.08  # the product and a little around it
SIGNS = {"CNY": "¥", "JPY": "¥", "USD": "$", "HKD": "HK$", "SGD": "S$", "EUR": "€", "GBP": "£"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of ``icons.svg``; it says nothing by itself, so readers of the page by ear skip it."""
    sheet = static("creative/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sheet, name)


def _filter(name: str, table: words.Words) -> None:
    def word(code: str) -> words.Word:
        return table.get(str(code), str(code))

    register.filter(name, word)


for _name, _table in {
    "state_word": words.STATES,
    "campaign_word": words.CAMPAIGN_STATES,
    "job_word": words.JOBS,
    "role_word": words.ROLES,
    "lot_word": words.LOTS,
    "language_word": words.LANGUAGES,
}.items():
    _filter(_name, _table)


@register.filter
def beat_word(role: str) -> str:
    return words.chosen(*previews.ROLES.get(role, previews.ROLES["other"]))


@register.simple_tag(takes_context=True)
def template_name(context: Context, template_id: str) -> str:
    """The name of the script template of an ad, even of one that an agency has taken back; its id where there is none."""
    names: Mapping[str, str] = context["template_names"]
    if template_id in names or not template_id:
        return names.get(template_id) or _("最合适的剧本")
    name = versions.recorded_name(template_id)
    return template_id if name is None else words.chosen(name.zh, name.en)


@register.simple_tag
def still(asset: Asset, aspect: str = "9:16") -> SafeString:
    """A photo as the camera sees it: cut to ``aspect`` around the product, on a soft backdrop if that would cut it.

    An SVG view box does it, since the content security policy allows no inline style."""
    x, y, width, height = window(asset, aspect)
    return format_html(
        '<svg class="still" viewBox="{x} {y} {width} {height}" aria-hidden="true"><image class="backdrop" href="{href}"'
        ' x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice"/>'
        '<image href="{href}" width="{photo_width}" height="{photo_height}"/></svg>',
        x=x,
        y=y,
        width=width,
        height=height,
        href=reverse("media-thumb", args=[asset.public_id]),
        photo_width=asset.width,
        photo_height=asset.height,
    )


def window(asset: Asset, aspect: str) -> tuple[int, int, int, int]:
    """x, y, width, height in pixels: the largest window in the photo, larger only if the product needs it."""
    across, down = (int(part) for part in aspect.split(":"))
    x0, y0, x1, y1 = asset.subject or (0.0, 0.0, 1.0, 1.0)
    needed = min(1.0, (x1 - x0) * AIR) * asset.width, min(1.0, (y1 - y0) * AIR) * asset.height
    unit = min(asset.width / across, asset.height / down)
    unit = max(unit, needed[0] / across, needed[1] / down)
    width, height = round(across * unit), round(down * unit)
    x = _placed((x0 + x1) / 2 * asset.width, width, asset.width)
    y = _placed((y0 + y1) / 2 * asset.height, height, asset.height)
    return x, y, width, height


def _placed(middle: float, size: int, whole: int) -> int:
    """Where a span of ``size`` begins: around ``middle``, inside of ``whole``; centred on it if it is larger."""
    if size >= whole:
        return (whole - size) // 2
    return max(0, min(round(middle - size / 2), whole - size))


@register.filter
def in_language(thing: object, name: str = "") -> str:
    """The Chinese or English one of a pair: attributes or keys ``zh``/``en``, or ``<name>_zh``/``<name>_en``."""
    ends = [f"{name}_{lang}" if name else lang for lang in ("zh", "en")]
    if isinstance(thing, Mapping):
        return words.chosen(*(str(thing.get(end, "")) for end in ends))
    return words.chosen(*(str(getattr(thing, end, "")) for end in ends))


@register.filter
def clock(milliseconds: int) -> str:
    """``2400`` as ``2.4``."""
    return f"{milliseconds / 1000:.1f}"


@register.filter
def money(fen: int, currency: str = "CNY") -> str:
    """``12900`` as ``¥129``, ``12950`` as ``¥129.50``."""
    amount = Decimal(fen) / 100
    text = f"{amount:,.0f}" if fen % 100 == 0 else f"{amount:,.2f}"
    return f"{SIGNS.get(currency, currency + ' ')}{text}"


@register.filter
def signed(credits: int) -> str:
    """``+660``, ``−40`` with a true minus, ``0``."""
    return f"+{credits}" if credits > 0 else f"−{-credits}" if credits < 0 else "0"


@register.filter
def shape(aspect: str) -> str:
    """``9:16`` as ``9x16``, for class names."""
    return aspect.replace(":", "x")


@register.filter
def about(seconds: int) -> str:
    """How long something will still take, in round words."""
    if seconds < 60:
        rounded = max(5, -(-seconds // 5) * 5)
        return _("大约还要 %(n)d 秒，") % {"n": rounded}
    minutes = -(-seconds // 60)
    return ngettext("大约还要 %(n)d 分钟，", "大约还要 %(n)d 分钟，", minutes) % {"n": minutes}
