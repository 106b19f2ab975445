"""The forms of the desk's actions. Each knows its verb: ``attempt`` does it (also to look ahead), ``do`` is for good."""

import secrets
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils import timezone

from billing import catalogue, refunds
from billing.desk import deeds, wishes
from billing.desk.effects import Wish
from billing.errors import DeskRefused
from billing.models import FapiaoRequest, Organization, Payment, Purchase, Refund, StaffAction, StaffRequest

Kind = StaffAction.Kind
CREDITS = "点数 Credits"
DAYS = "有效天数 Days"


def new_key() -> str:
    """Names one sending of one form: sent twice, it acts once."""
    return secrets.token_hex(16)


class DeskForm(forms.Form):
    """``reason`` is kept with the action for good; ``subject`` is the public id of the row that it is about."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    subject = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label="原因 Reason", widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("credits", "days", "plan_code", "amount", "received_on", "reason")

    @classmethod
    def opening(cls, organization: Organization, subject: str) -> dict[str, object]:
        """What a fresh form shows."""
        return {"key": new_key(), "subject": subject}

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        raise NotImplementedError

    def do(self, organization: Organization, by: str) -> StaffAction | StaffRequest:
        return self.attempt(organization, by)

    def waits(self, organization: Organization, by: str) -> bool:
        """Whether a second person will be needed."""
        return False


class WishForm(DeskForm):
    kind: Kind

    def wish(self, organization: Organization) -> Wish:
        raise NotImplementedError

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        wishes.effects.check(self.wish(organization))
        data = self.cleaned_data
        return wishes.carry_out(self.wish(organization), reason=data["reason"], by=by, key=data["key"])

    def do(self, organization: Organization, by: str) -> StaffAction | StaffRequest:
        data = self.cleaned_data
        return wishes.propose(self.wish(organization), reason=data["reason"], by=by, key=data["key"])

    def waits(self, organization: Organization, by: str) -> bool:
        return wishes.needs_second(self.wish(organization), by)


class AdjustForm(WishForm):
    kind = Kind.ADJUST
    credits = forms.IntegerField(label=CREDITS, help_text="正数增加，负数扣减。Above 0 gives, below 0 takes.")
    days = forms.IntegerField(
        label=DAYS, min_value=0, max_value=3650, initial=0, help_text="0 = 永久；扣减时不用。0 = for ever."
    )

    def wish(self, organization: Organization) -> Wish:
        data = self.cleaned_data
        return Wish(organization, self.kind, credits=data["credits"], days=data["days"])


class BonusForm(AdjustForm):
    kind = Kind.BONUS
    credits = forms.IntegerField(label=CREDITS, min_value=1)
    days = forms.IntegerField(label=DAYS, min_value=1, max_value=3650, initial=30)


class MakegoodForm(BonusForm):
    kind = Kind.MAKEGOOD
    days = forms.IntegerField(label=DAYS, min_value=1, max_value=3650, initial=7)


class CompForm(WishForm):
    kind = Kind.COMP
    plan_code = forms.ChoiceField(label="会员 Plan")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        plans = [plan for plan in catalogue.plans_on_sale() if plan.credits]
        field = self.fields["plan_code"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(plan.code, f"{plan.code}：{plan.credits} 点 credits") for plan in plans]

    def wish(self, organization: Organization) -> Wish:
        return Wish(organization, self.kind, plan_code=self.cleaned_data["plan_code"])


class WriteOffForm(WishForm):
    kind = Kind.WRITE_OFF
    credits = forms.IntegerField(label=CREDITS, min_value=1)

    @classmethod
    def opening(cls, organization: Organization, subject: str) -> dict[str, object]:
        return {**super().opening(organization, subject), "credits": refunds.debts(organization) or None}

    def wish(self, organization: Organization) -> Wish:
        return Wish(organization, self.kind, credits=self.cleaned_data["credits"])


class MoneyField(forms.DecimalField):
    """Yuan as people type them; whole fen as we count them, as many as a column of the database holds."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=9, decimal_places=2, min_value=Decimal("0.01"), label="金额（元）Yuan", **kwargs)  # type: ignore[arg-type]

    def clean(self, value: object) -> int:
        return int(super().clean(value) * 100)


class RefundForm(WishForm):
    kind = Kind.REFUND
    amount = MoneyField()

    @classmethod
    def opening(cls, organization: Organization, subject: str) -> dict[str, object]:
        payment = Payment.objects.of(organization).select_related("purchase").filter(public_id=subject).first()
        fen = refunds.refundable(payment) if payment else 0
        return {**super().opening(organization, subject), "amount": Decimal(fen).scaleb(-2) if fen else None}

    def wish(self, organization: Organization) -> Wish:
        return Wish(
            organization, self.kind, amount_fen=self.cleaned_data["amount"], subject=self.cleaned_data["subject"]
        )


class SuspendForm(DeskForm):
    reason = forms.CharField(
        max_length=300,
        label="原因 Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="客户会在页面上看到这句话。The customer's pages say this.",
    )

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        return deeds.suspend(organization, reason=self.cleaned_data["reason"], by=by, key=self.cleaned_data["key"])


class UnsuspendForm(DeskForm):
    def attempt(self, organization: Organization, by: str) -> StaffAction:
        return deeds.unsuspend(organization, reason=self.cleaned_data["reason"], by=by, key=self.cleaned_data["key"])


class UnparkForm(DeskForm):
    def attempt(self, organization: Organization, by: str) -> StaffAction:
        return deeds.unpark(organization, reason=self.cleaned_data["reason"], by=by, key=self.cleaned_data["key"])


class TransferForm(DeskForm):
    amount = MoneyField()
    received_on = forms.DateField(label="到账日期 Received on", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=300, label="银行流水号 Bank's number", help_text="凭证 the evidence")

    @classmethod
    def opening(cls, organization: Organization, subject: str) -> dict[str, object]:
        yesterday = timezone.localdate() - timedelta(days=1)
        return {**super().opening(organization, subject), "received_on": yesterday}

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        data = self.cleaned_data
        purchase = Purchase.objects.of(organization).filter(public_id=data["subject"]).first()
        if purchase is None:
            raise DeskRefused("这位客户没有这笔购买。", "This customer has no such purchase.")
        return deeds.confirm_transfer(
            purchase,
            amount_fen=data["amount"],
            received_on=data["received_on"],
            note=data["reason"],
            by=by,
            key=data["key"],
        )


class CloseRefundForm(DeskForm):
    reason = forms.CharField(max_length=250, label="银行流水号 Bank's number", help_text="凭证 the evidence")

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        data = self.cleaned_data
        row = Refund.objects.of(organization).filter(public_id=data["subject"]).first()
        if row is None:
            raise DeskRefused("这位客户没有这笔退款。", "This customer has no such refund.")
        return deeds.close_refund(row, note=data["reason"], by=by, key=data["key"])


class IssueFapiaoForm(DeskForm):
    reason = forms.CharField(max_length=40, label="发票号码 Fapiao number")

    def attempt(self, organization: Organization, by: str) -> StaffAction:
        data = self.cleaned_data
        return deeds.issue_fapiao(_fapiao(organization, data["subject"]), number=data["reason"], by=by, key=data["key"])


class RejectFapiaoForm(DeskForm):
    def attempt(self, organization: Organization, by: str) -> StaffAction:
        data = self.cleaned_data
        return deeds.reject_fapiao(
            _fapiao(organization, data["subject"]), reason=data["reason"], by=by, key=data["key"]
        )


def _fapiao(organization: Organization, public_id: str) -> FapiaoRequest:
    row = FapiaoRequest.objects.of(organization).filter(public_id=public_id).first()
    if row is None:
        raise DeskRefused("这位客户没有这份发票申请。", "This customer has no such request.")
    return row
