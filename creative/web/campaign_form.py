"""The order form of a batch: which products, which scripts, which languages."""

from collections.abc import Iterator, Sequence

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from creative.models import MusicTrack, Product
from creative.web import words
from creative.web.brief_form import ManyPills, ShapeForm
from templates_engine.domain.template import ScriptTemplate


class Picks(forms.CheckboxSelectMultiple):
    template_name = "creative/_picks.html"


class CampaignForm(ShapeForm):
    """``products`` and ``scripts`` are what the organization has; no script ticked means the best fitting one."""

    name = forms.CharField(
        label=_("批次名称"), max_length=120, widget=forms.TextInput(attrs={"placeholder": _("双十一 · 第一批")})
    )
    products = forms.MultipleChoiceField(label=_("商品"), widget=Picks)
    langs = forms.MultipleChoiceField(
        label=_("语言"),
        choices=list(words.LANGUAGES.items()),
        initial=["zh"],
        help_text=_("没有那种语言资料的商品会列在报价单下面，不影响其他。"),
        widget=ManyPills,
    )
    scripts = forms.MultipleChoiceField(
        label=_("剧本"), required=False, help_text=_("不勾就为每件商品自动选最合适的一个。"), widget=Picks
    )

    def __init__(
        self,
        data: object = None,
        *,
        products: list[Product],
        scripts: tuple[ScriptTemplate, ...],
        tracks: Sequence[MusicTrack] = (),
        voice: bool = False,
    ) -> None:
        super().__init__(data, tracks=tracks, voice=voice)
        self.fields["products"].choices = [(row.public_id, str(row)) for row in products]  # type: ignore[attr-defined]
        self.fields["scripts"].choices = [  # type: ignore[attr-defined]
            (script.id, f"{words.chosen(script.name.zh, script.name.en)} · {words.LANGUAGES[script.lang]}")
            for script in scripts
        ]

    @property
    def picks(self) -> Iterator[BoundField]:
        asked = ("products", "langs", "scripts", "seconds", "aspects", "theme", "music", "track", "spoken")
        return (self[name] for name in asked if name in self.fields)
