"""The filters of the credit statement and of usage."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Organization
from creative import usage
from creative.models import Campaign, Product
from creative.statement import Asked
from creative.web.words import ENTRIES


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class StatementForm(forms.Form):
    """An address with nonsense in it shows everything, and the field says what is wrong."""

    kind = forms.ChoiceField(label=_("事项"), required=False)
    first = _day(_("从"))
    last = _day(_("到"))
    product = forms.ChoiceField(label=_("商品"), required=False)
    campaign = forms.ChoiceField(label=_("批次"), required=False)

    def __init__(self, data: Mapping[str, Any], organization: Organization) -> None:
        super().__init__(data)
        products = Product.objects.of(organization).prefetch_related("texts").order_by("-id")[:200]
        campaigns = Campaign.objects.of(organization).order_by("-id")[:200]
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": list(ENTRIES.items()),
            "product": [(row.public_id, str(row)) for row in products],
            "campaign": [(row.public_id, row.name) for row in campaigns],
        }
        for name, found in choices.items():
            self.fields[name].choices = [("", _("全部")), *found]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data) if self.is_valid() else Asked()


class DaysForm(forms.Form):
    """The days that usage is shown for; the last 30 where nothing (or nonsense) is asked."""

    first = _day(_("从"))
    last = _day(_("到"))

    def days(self) -> tuple[date, date]:
        given = self.cleaned_data if self.is_valid() else {}
        return usage.span(given.get("first"), given.get("last"))
