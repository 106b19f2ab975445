"""Where a finished ad was published: what its page shows and asks."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creative.models import Ad, PublishedAd
from creative.web.results_ads import platform_word
from creative.web.results_form import platform_choices


@dataclass(frozen=True)
class Noted:
    row: PublishedAd
    platform: str


class PublishedForm(forms.Form):
    platform = forms.ChoiceField(label=gettext_lazy("平台"))
    video_id = forms.CharField(
        label=gettext_lazy("平台作品编号"),
        help_text=gettext_lazy("数据表里编号一栏的那个数。"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("发布地址"),
        max_length=400,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    published_at = forms.DateTimeField(
        label=gettext_lazy("发布时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = platform_choices(_("请选择"))  # type: ignore[attr-defined]


def published_of(ad: Ad) -> dict[str, object]:
    """The context of ``results/_published.html``."""
    return {
        "published": [Noted(row, platform_word(row.platform)) for row in ad.published.all()],
        "published_form": PublishedForm(auto_id="published_%s"),
    }
