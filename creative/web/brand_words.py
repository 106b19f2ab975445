"""The words of the brand pages, as people read them."""

from django.utils.translation import gettext_lazy as _

from creative.web.words import chosen
from generation.domain.brand import CardLayout, Corner

LAYOUTS = {CardLayout.PHOTO.value: _("大图"), CardLayout.TYPE.value: _("大字")}
CORNERS = {
    Corner.TOP_LEFT.value: _("左上"),
    Corner.TOP_RIGHT.value: _("右上"),
    Corner.BOTTOM_LEFT.value: _("左下"),
    Corner.BOTTOM_RIGHT.value: _("右下"),
}
MOODS = {
    "warm": _("温暖"),
    "upbeat": _("欢快"),
    "bright": _("明亮"),
    "calm": _("安静"),
    "driving": _("紧凑"),
    "bold": _("豪迈"),
    "playful": _("俏皮"),
    "elegant": _("优雅"),
}


def style_words() -> list[tuple[str, str]]:
    """(name, word) of every caption style, in the reader's language."""
    from generation.render.palette import caption_styles  # the renderer, which other pages do not load

    return [(name, chosen(style.name_zh, style.name_en)) for name, style in caption_styles().items()]
