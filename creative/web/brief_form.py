"""The order form: language, length, shapes, look. ``creative.brief.check`` holds the rules; this only asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from creative import brief
from creative.models import MusicTrack
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


class Tracks(forms.RadioSelect):
    """Our own music first, then each track with its rights, its tempo and a way to listen."""

    template_name = "creative/_track_picker.html"


@dataclass(frozen=True)
class Shape:
    """What one ad and a whole campaign have in common. ``track``: public id of the merchant's music, empty for ours."""

    seconds: int
    aspects: tuple[str, ...]
    theme: str
    music: bool
    track: str
    spoken: bool


class ShapeForm(forms.Form):
    """Asks for a ``Shape``. ``tracks`` are the merchant's; without a ``voice`` nobody is asked whether lines are spoken."""

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
    track = forms.ChoiceField(label=_("用哪首"), required=False, widget=Tracks)
    spoken = forms.ChoiceField(
        label=_("配音"),
        help_text=_("每句台词由配音念出来，镜头长短跟着声音走。第一次要等配音录完，之后同一句不用再等。"),
        choices=[("no", _("不要")), ("yes", _("要"))],
        initial="no",
        required=False,
        widget=Pills,
    )

    def __init__(
        self,
        data: object = None,
        *,
        tracks: Sequence[MusicTrack] = (),
        voice: bool = False,
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        if tracks:
            ours = [("", _("为这支广告作的曲，不用授权"))]
            self.fields["track"].choices = [*ours, *((one.public_id, one) for one in tracks)]  # type: ignore[attr-defined]
        else:
            del self.fields["track"]
        if not voice:
            del self.fields["spoken"]

    def shape(self) -> Shape:
        given = self.cleaned_data
        music = given["music"] == "yes"
        return Shape(
            given["seconds"],
            tuple(given["aspects"]),
            given["theme"],
            music,
            given.get("track", "") if music else "",
            given.get("spoken") == "yes",
        )


class BriefForm(ShapeForm):
    """``lang`` offers the languages in which the product has facts."""

    field_order = ("lang", "seconds", "aspects", "theme", "music", "track", "spoken", "seed", "pick")
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

    def __init__(
        self, data: object = None, *, langs: list[str], tracks: Sequence[MusicTrack] = (), voice: bool = False
    ) -> None:
        super().__init__(data, tracks=tracks, voice=voice, initial={"lang": langs[0] if langs else ""})
        self.fields["lang"].choices = [(lang, words.LANGUAGES[lang]) for lang in langs]  # type: ignore[attr-defined]
