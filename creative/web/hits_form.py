"""The form that goes with uploaded hits: what is known of all of them. ``creative.hits.about`` holds the rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from creative import hits
from creative.domain.platforms import PLATFORMS
from creative.errors import BriefRefused
from creative.web import hit_words, words
from creative.web.brief_form import Pills
from templates_engine.hit_intake import About

CATEGORIES = ("厨房", "家居", "食品", "美妆", "服饰", "数码", "母婴", "宠物", "运动")


class HitsForm(forms.Form):
    """After ``is_valid`` what was said is in ``about``."""

    about: About

    category = forms.CharField(
        label=_("品类"),
        max_length=hits.LONGEST["category"],
        help_text=_("同一品类、同一语言的放在一起学，写法要一致。"),
        widget=forms.TextInput(attrs={"list": "categories", "placeholder": _("如 厨房"), "autocomplete": "off"}),
    )
    platform = forms.ChoiceField(label=_("平台"), required=False)
    campaign = forms.CharField(
        label=_("活动"), required=False, max_length=hits.LONGEST["campaign"],
        widget=forms.TextInput(attrs={"placeholder": _("可不填，如 双十一")}),
    )  # fmt: skip
    lang = forms.ChoiceField(
        label=_("语言"), required=False, choices=[("", hit_words.AUTO_LANGUAGE), *words.LANGUAGES.items()], widget=Pills
    )
    rights = forms.ChoiceField(
        label=_("使用权"),
        choices=list(hit_words.RIGHTS_LONG.items()),
        help_text=_("只学结构和数字，任何一句原话、一帧画面都不会进入你的广告。"),
        widget=Pills,
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        platforms = [(place.code, words.chosen(place.zh, place.en)) for place in PLATFORMS.values()]
        self.fields["platform"].choices = [("", _("不限")), *platforms]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        if not self.errors:
            try:
                self.about = hits.about(**said)
            except BriefRefused as refusal:
                self.add_error(None, words.chosen(refusal.zh, refusal.en))
        return said
