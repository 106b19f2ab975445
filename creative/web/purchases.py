"""Buying: choose how to pay, pay at the provider or by transfer, and see what became of it. The rules are in billing."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from billing import catalogue, purchases, refunds, subscriptions, sweeping, transfers
from billing.access import Actor
from billing.errors import BillingError, ProviderDown, UnknownPack
from billing.fapiao import request_fapiao
from billing.models import FapiaoRequest, Organization, PlanVersion, Purchase
from billing.providers import names, provider
from creative.errors import NotFound
from creative.web.page import desk, page_of, show
from creative.web.purchase_words import FAPIAO_STATES, KINDS, STATES, WAYS, name_of
from creative.web.refusals import explain
from creative.web.words import Word, plan_word

DOWNGRADE = "downgrade"


@dataclass(frozen=True)
class Row:
    """A purchase in words; ``fapiao`` is the state of its request, "" if there is none; ``refunded`` in fen."""

    purchase: Purchase
    name: Word
    kind: Word
    state: Word
    fapiao: Word
    refunded: int


class WayForm(forms.Form):
    way = forms.ChoiceField(label=gettext_lazy("怎么付"), widget=forms.RadioSelect)

    def __init__(self, data: object, ways: tuple[str, ...]) -> None:
        super().__init__(data if data and "way" in data else None)  # type: ignore[operator, arg-type]
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [(way, WAYS[way]) for way in ways]
        field.initial = ways[0]


class FapiaoForm(forms.Form):
    title_kind = forms.ChoiceField(
        label=gettext_lazy("抬头类型"),
        choices=[("company", gettext_lazy("企业")), ("person", gettext_lazy("个人"))],
    )
    title = forms.CharField(label=gettext_lazy("发票抬头"), max_length=100)
    tax_id = forms.CharField(
        label=gettext_lazy("税号"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("企业必填：营业执照上的统一社会信用代码，18 位。"),
    )
    email = forms.EmailField(label=gettext_lazy("收票邮箱"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk("bill")
def buy_plan(request: HttpRequest, actor: Actor, plan_code: str) -> HttpResponse:
    """What it costs now, unused credits counted; the POST that names a way of paying opens the purchase."""
    plan = catalogue.plan_on_sale(plan_code)
    if plan is None or plan.price_fen == 0:
        raise NotFound("会员", "plan")
    charged = purchases.subscription_of(actor.organization)
    form = WayForm(request.POST, _plan_ways(actor.organization, plan))
    if form.is_valid():
        way = form.cleaned_data["way"]
        if way == DOWNGRADE and charged is not None:
            subscriptions.downgrade(charged, plan)
            messages.success(request, _("已安排：下个月起换成%(plan)s会员。") % {"plan": plan_word(plan_code)})
            return redirect("purchases")
        through, _colon, kind = way.partition(":")
        return _go(
            request, purchases.buy_plan(actor.organization, plan_code, kind=kind, by=_name(actor), through=through)
        )
    quote = purchases.price_now(actor.organization, plan)
    context = {"form": form, "plan": plan, "name": plan_word(plan_code), "quote": quote, "charged": charged}
    return show(request, actor, "purchases/buy.html", _frame(context), place="plans")


@require_http_methods(["GET", "HEAD", "POST"])
@desk("bill")
def buy_pack(request: HttpRequest, actor: Actor, pack_code: str) -> HttpResponse:
    try:
        pack = catalogue.pack_on_sale(pack_code)
    except UnknownPack as error:
        raise NotFound("点数包", "pack") from error
    form = WayForm(request.POST, tuple(f"{through}:pack" for through in names()))
    if form.is_valid():
        through = form.cleaned_data["way"].partition(":")[0]
        return _go(request, purchases.buy_pack(actor.organization, pack_code, by=_name(actor), through=through))
    return show(request, actor, "purchases/buy.html", _frame({"form": form, "pack": pack}), place="plans")


def _plan_ways(organization: Organization, plan: PlanVersion) -> tuple[str, ...]:
    charged = purchases.subscription_of(organization)
    if charged is not None and not charged.ends_with_period and plan.rank < charged.plan.rank:
        return (DOWNGRADE,)
    monthly = ["stripe:subscription"] if "stripe" in names() else []
    return (*(f"{through}:month" for through in names() if through == "stripe"), *monthly, "manual:month")


def _frame(context: dict[str, object]) -> dict[str, object]:
    return context | {"currency": catalogue.current().currency, "by_card": "stripe" in names()}


def _go(request: HttpRequest, purchase: Purchase) -> HttpResponse:
    """To our own page of the purchase: the content security policy lets no form end at another site, a link does."""
    back = reverse("purchase-return", args=[purchase.public_id])
    try:
        purchases.open_checkout(purchase, request.build_absolute_uri(back))
    except ProviderDown as error:
        messages.error(request, explain(error))
    return redirect(back)


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = (
        Purchase.objects.of(actor.organization)
        .select_related("plan")
        .prefetch_related("fapiao_requests", "payments__refunds")
    )
    page = page_of(request, rows.order_by("-id"))
    context = {"page": page, "rows": [_row(purchase) for purchase in page], "portal": "stripe" in names()}
    context["charged"] = charged = purchases.subscription_of(actor.organization)
    if charged is not None:
        context["charged_name"] = plan_word(charged.plan.code)
        context["next_name"] = plan_word(charged.next_plan.code) if charged.next_plan else ""
    return show(request, actor, "purchases/index.html", context, place="purchases")


def _row(purchase: Purchase) -> Row:
    asked = list(purchase.fapiao_requests.all())
    fapiao = FAPIAO_STATES[asked[-1].state] if asked else ""
    return Row(
        purchase, name_of(purchase), KINDS[purchase.kind], STATES[purchase.state], fapiao, refunds.refunded(purchase)
    )


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, purchase_id: str) -> HttpResponse:
    """Where the buyer comes back to: asks the provider at once, because its message may be slower than the buyer."""
    purchase = _mine(actor, purchase_id)
    if purchase.state == Purchase.State.PENDING:
        try:
            purchase = sweeping.look_up(purchase)
        except BillingError as error:
            messages.warning(request, explain(error))
    return _detail(request, actor, purchase, FapiaoForm())


def _detail(
    request: HttpRequest, actor: Actor, purchase: Purchase, form: FapiaoForm, status: int = 200
) -> HttpResponse:
    open_requests = purchase.fapiao_requests.exclude(state=FapiaoRequest.State.REJECTED)
    context = {
        "purchase": purchase,
        "row": _row(purchase),
        "account": settings.TRANSFER_ACCOUNT,
        "people": transfers.people_needed(purchase),
        "invoices": [payment.invoice for payment in purchase.payments.select_related("invoice")],
        "fapiao_form": form if purchase.state == Purchase.State.GRANTED and not open_requests.exists() else None,
    }
    return show(request, actor, "purchases/detail.html", context, place="purchases", status=status)


@require_POST
@desk("bill")
def fapiao(request: HttpRequest, actor: Actor, purchase_id: str) -> HttpResponse:
    purchase = _mine(actor, purchase_id)
    form = FapiaoForm(request.POST)
    if form.is_valid():
        try:
            request_fapiao(purchase, **form.cleaned_data)
        except BillingError as error:
            form.add_error(None, explain(error))
        else:
            messages.success(request, _("发票申请已收到，开好后发到你的邮箱。"))
            return redirect("purchase-return", purchase_id)
    return _detail(request, actor, purchase, form, status=400)


@require_POST
@desk("bill")
def give_up(request: HttpRequest, actor: Actor, purchase_id: str) -> HttpResponse:
    if purchases.give_up(_mine(actor, purchase_id)):
        messages.success(request, _("这笔购买已关闭，没有扣款。"))
    return redirect("purchases")


@require_GET
@desk("bill")
def portal(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the provider's own page for cards, receipts and ending a subscription."""
    back = request.build_absolute_uri(reverse("purchases"))
    url = provider(names()[0]).portal_url(actor.organization, back)
    if not url:
        raise NotFound("自动扣款", "subscription")
    return redirect(url)


def _mine(actor: Actor, purchase_id: str) -> Purchase:
    rows = Purchase.objects.of(actor.organization).select_related("plan")
    found = rows.filter(public_id=purchase_id).first()
    if found is None:
        raise NotFound("购买记录", "purchase")
    return found


def _name(actor: Actor) -> str:
    return actor.user.get_username() if actor.user else ""
