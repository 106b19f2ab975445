"""The actions on a customer: a form, then what it would change, then the deed."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from billing.desk.pages import forms
from billing.desk.pages.cells import yuan
from billing.desk.pages.door import ACT, door, show
from billing.desk.preview import changes, foresee
from billing.errors import BillingError
from billing.models import Organization, StaffRequest


@dataclass(frozen=True)
class Deed:
    """One action; ``row``: it is about a payment, a purchase or a paper, and is reached from that row's own line."""

    title: str
    form: type[forms.DeskForm]
    help: str
    row: bool = False


DEEDS = {
    "adjust": Deed(
        "调整点数 Adjust credits", forms.AdjustForm, "原因会写进客户的账单。The customer's statement shows the reason."
    ),
    "bonus": Deed("赠送点数 Bonus credits", forms.BonusForm, "先抵欠点。They pay debts first."),
    "makegood": Deed("补偿点数 Make good", forms.MakegoodForm, "不抵欠点。They pay no debt."),
    "comp": Deed("赠送会员 Free month", forms.CompForm, "一个自然月，不可退款。A calendar month that nobody paid for."),
    "write-off": Deed(
        "核销欠点 Write off debt", forms.WriteOffForm, "不核销的欠点由以后到账的点数先抵。Else later grants pay it."
    ),
    "suspend": Deed(
        "停用 Suspend", forms.SuspendForm, "不能再下新单，正在做的会做完。Nothing new; what runs is finished."
    ),
    "unsuspend": Deed("恢复 Unsuspend", forms.UnsuspendForm, "可以重新下单。It may order again."),
    "unpark": Deed(
        "解除核对 End the check", forms.UnparkForm, "确认账目或争议已查清。The books or the dispute were looked at."
    ),
    "refund": Deed(
        "退款 Refund",
        forms.RefundForm,
        "已预填可退金额；多退的部分记为欠点。More than this becomes a debt in credits.",
        row=True,
    ),
    "close-refund": Deed(
        "转账退款办结 Close a refund by hand", forms.CloseRefundForm, "银行已转出。The bank has sent it.", row=True
    ),
    "transfer": Deed(
        "确认到账 Confirm a transfer", forms.TransferForm, "金额以银行流水为准。As the bank's statement says.", row=True
    ),
    "issue-fapiao": Deed(
        "已开发票 Fapiao issued", forms.IssueFapiaoForm, "客户会看到号码。The buyer sees the number.", row=True
    ),
    "reject-fapiao": Deed(
        "退回发票申请 Reject", forms.RejectFapiaoForm, "客户可以改正后再申请。It may be asked for again.", row=True
    ),
}


@door(ACT)
def deed(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """GET the form; POST it to see what would change; POST it with ``step=confirm`` to do it."""
    if name not in DEEDS:
        raise Http404
    organization = get_object_or_404(Organization, public_id=public_id)
    asked = DEEDS[name]
    if request.method != "POST":
        opening = asked.form.opening(organization, request.GET.get("subject", ""))
        return _page(request, organization, asked, asked.form(initial=opening))
    form = asked.form(request.POST)
    if not form.is_valid():
        return _page(request, organization, asked, form, status=400)
    try:
        if request.POST.get("step") == "confirm":
            return _done(request, organization, form)
        return _ahead(request, organization, asked, form)
    except BillingError as refusal:
        form.add_error(None, f"没有执行，什么都没有改动。Nothing was done. {refusal.detail}")
        return _page(request, organization, asked, form, status=refusal.status)


def _done(request: HttpRequest, organization: Organization, form: forms.DeskForm) -> HttpResponse:
    outcome = form.do(organization, request.user.get_username())
    if isinstance(outcome, StaffRequest):
        messages.warning(request, f"超过单人限额，等待第二人复核 Waiting for a second person: {outcome.public_id}")
    else:
        messages.success(request, f"已完成 Done: {outcome.get_kind_display()} {outcome.public_id}")
    return redirect("desk:customer", organization.public_id)


def _ahead(request: HttpRequest, organization: Organization, asked: Deed, form: forms.DeskForm) -> HttpResponse:
    by = request.user.get_username()
    action = foresee(lambda: form.attempt(organization, by))
    money = None if action.amount_fen is None else yuan(action.amount_fen)
    ahead = {"action": action, "changes": changes(action), "money": money, "waits": form.waits(organization, by)}
    return _page(request, organization, asked, form, ahead=ahead)


def _page(
    request: HttpRequest,
    organization: Organization,
    asked: Deed,
    form: forms.DeskForm,
    *,
    ahead: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"organization": organization, "deed": asked, "form": form, "ahead": ahead}
    return show(request, "deed.html", asked.title, context, status=status)
