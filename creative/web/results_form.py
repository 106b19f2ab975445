"""The two ways to bring results: a sheet, or the numbers of one ad typed in."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from creative.domain.platforms import PLATFORMS
from creative.models import Ad
from creative.results import Reported
from creative.web.words import chosen
from templates_engine import metrics_columns
from templates_engine.domain.analysis import Observation
from templates_engine.metrics_columns import Unreadable

CURRENCIES = ("CNY", "USD", "EUR", "GBP")


def platform_choices(empty: object) -> list[tuple[str, Any]]:
    return [("", empty), *((place.code, chosen(place.zh, place.en)) for place in PLATFORMS.values())]


class SheetForm(forms.Form):
    prefix = "sheet"  # beside the other form on the page
    sheet = forms.FileField(
        label=_("表格"),
        help_text=_("CSV 或 JSON，编号一栏填广告编号（ad_ 开头），或先在广告页记下的平台作品编号。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.txt,text/csv,application/json"}),
    )
    platform = forms.ChoiceField(label=_("平台"), required=False, help_text=_("表格里没有平台一栏时按这个算。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = platform_choices(_("看表格里写的"))  # type: ignore[attr-defined]


class NumberField(forms.CharField):
    """A cell as people write it (1.2万, 45%), read by ``parse`` as in a sheet."""

    def __init__(self, parse: Callable[[str], object], **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=24, **kwargs)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        if not text:
            return None
        try:
            return self.parse(text)
        except Unreadable as error:
            raise ValidationError(chosen(error.zh, f"It {error}.")) from error


def share(text: str) -> float:
    """``45%``, ``45`` and ``0.45`` alike: nobody types a share below one percent here without its sign."""
    plain = text.strip()
    percent = not plain.endswith(("%", "％")) and not plain.startswith(("0", "."))
    return metrics_columns.share(plain, "%" if percent else "")


def money(text: str) -> int:
    return metrics_columns.money(text, "")[0]


class NumbersForm(forms.Form):
    """The numbers of one ad at one age. ``ads`` are what can have been published."""

    ad = forms.ChoiceField(label=_("广告"))
    platform = forms.ChoiceField(label=_("平台"))
    age_h = NumberField(
        metrics_columns.count,
        label=_("发布后多少小时"),
        help_text=_("满 18 小时才算数；24、72、168 小时各报一次最好。"),
    )
    views = NumberField(metrics_columns.count, label=_("播放"))
    orders = NumberField(metrics_columns.count, label=_("订单"), required=False)
    clicks = NumberField(metrics_columns.count, label=_("商品点击"), required=False)
    hold_3s = NumberField(share, label=_("3 秒留存（%）"), required=False)
    completion = NumberField(share, label=_("完播率（%）"), required=False)
    likes = NumberField(metrics_columns.count, label=_("点赞"), required=False)
    comments = NumberField(metrics_columns.count, label=_("评论"), required=False)
    shares = NumberField(metrics_columns.count, label=_("分享"), required=False)
    spend = NumberField(money, label=_("推广花费（元）"), required=False, help_text=_("没花钱推就空着。"))
    currency = forms.ChoiceField(label=_("币种"), choices=[(code, code) for code in CURRENCIES], initial="CNY")

    def __init__(self, *args: Any, ads: Iterable[Ad], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(ad.public_id, f"{ad.product} · {ad.public_id} · {ad.finished_at:%m-%d}") for ad in ads]
        self.fields["ad"].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]
        self.fields["platform"].choices = platform_choices(_("请选择"))  # type: ignore[attr-defined]

    @property
    def reported(self) -> Reported:
        given = self.cleaned_data
        fields = ("age_h", "views", "hold_3s", "completion", "likes", "comments", "shares", "clicks", "orders")
        numbers = {name: given[name] for name in fields}
        spent = {"spend_fen": given["spend"], "currency": given["currency"]}
        return Reported(given["ad"], Observation(platform=given["platform"], **numbers, **spent))
