"""Forms of ties: an offer with its terms, and the cap of one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.links import MAX_CAP, Terms
from billing.models import Organization, OrgLink
from creative.web.brief_form import Pills
from creative.web.team_words import PAYERS

CAP_HELP = _("每个自然月最多用机构账户多少点；用完就停，不会超出。")


class TiesForm(forms.Form):
    number = forms.CharField(
        label=_("对方的编号"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "org_…", "autocomplete": "off"}),
    )
    payer = forms.ChoiceField(
        label=_("谁付费"),
        initial=OrgLink.Payer.AGENCY,
        choices=[(code, PAYERS[code]) for code in OrgLink.Payer.values],
        widget=Pills,
    )
    cap = forms.IntegerField(
        label=_("每月额度（点）"), min_value=0, max_value=MAX_CAP, required=False, help_text=CAP_HELP
    )

    def __init__(self, data: object = None, *, own: Organization) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        of_agency = own.kind == Organization.Kind.AGENCY
        self.fields["number"].label = _("商家的编号") if of_agency else _("机构的编号")

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("payer") == OrgLink.Payer.AGENCY and given.get("cap") is None and "cap" not in self.errors:
            self.add_error("cap", _("机构付费时要定每月额度。"))
        return given

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(given["payer"], given["cap"] if given["payer"] == OrgLink.Payer.AGENCY else 0)


class CapForm(forms.Form):
    cap = forms.IntegerField(label=_("每月额度（点）"), min_value=0, max_value=MAX_CAP, help_text=CAP_HELP)
