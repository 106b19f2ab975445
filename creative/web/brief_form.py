"""The order form: language, length, shapes, look. ``creative.brief.check`` holds the rules; this only asks."""

from dataclasses import dataclass

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from creative import brief
from creative.web import words

SECONDS = (12, 15, 20, 25, 30)
WORDINGS = (1, 2, 3, 4)  # seeds: the same script in other words
ASPECTS = {
    "9:16": _("9:16 竖屏"),
    "1:1": _("1:1 方形"),
    "16:9": _("16:9 横屏"),
    "3:4": _("3:4"),
    "4:5": _("4:5"),
}


class Pills(forms.RadioSelect):
    template_name = "creative/_pills.html"


class ManyPills(forms.CheckboxSelectMultiple):
    template_name = "creative/_pills.html"


@dataclass(frozen=True)
class Shape:
    """What one ad and a whole campaign have in common."""

    seconds: int
    aspects: tuple[str, ...]
    theme: str
    music: bool


class ShapeForm(forms.Form):
    """Asks for a ``Shape``."""

    seconds = forms.TypedChoiceField(
        label=_("时长"),
        choices=[(n, format_lazy(_("{n} 秒"), n=n)) for n in SECONDS],
        coerce=int,
        initial=15,
        widget=Pills,
    )
    aspects = forms.MultipleChoiceField(
        label=_("画幅"),
        help_text=_("第一个是拍摄画幅，其余从同一批镜头重新排版，不另收费。"),
        choices=list(ASPECTS.items()),
        initial=["9:16"],
        widget=ManyPills,
    )
    theme = forms.ChoiceField(
        label=_("配色"), choices=[(code, words.THEMES[code]) for code in brief.THEMES], initial="ember", widget=Pills
    )
    music = forms.ChoiceField(
        label=_("配乐"), choices=[("yes", _("要")), ("no", _("不要"))], initial="yes", widget=Pills
    )

    def shape(self) -> Shape:
        given = self.cleaned_data
        return Shape(given["seconds"], tuple(given["aspects"]), given["theme"], given["music"] == "yes")


class BriefForm(ShapeForm):
    """``lang`` offers the languages in which the product has facts."""

    field_order = ("lang", "seconds", "aspects", "theme", "music", "seed", "pick")
    lang = forms.ChoiceField(label=_("广告语言"), widget=Pills)
    seed = forms.ChoiceField(
        label=_("措辞"),
        choices=[(str(n), format_lazy(_("第 {n} 版"), n=n)) for n in WORDINGS],
        initial="1",
        widget=Pills,
    )
    pick = forms.ChoiceField(
        label=_("推荐剧本时"),
        help_text=_(
            "按你报过的投放效果来排：多尝试会时不时换换没试够的剧本，求稳只推把握最大的。还没有效果数据时没有区别。"
        ),
        choices=[("explore", _("多尝试")), ("safest", _("求稳"))],
        initial="explore",
        required=False,
        widget=Pills,
    )

    def clean_pick(self) -> str:
        """Addresses from before there was a choice do not carry it."""
        return self.cleaned_data["pick"] or "explore"

    def __init__(self, data: object = None, *, langs: list[str]) -> None:
        super().__init__(data, initial={"lang": langs[0] if langs else ""})  # type: ignore[arg-type]
        self.fields["lang"].choices = [(lang, words.LANGUAGES[lang]) for lang in langs]  # type: ignore[attr-defined]
