"""The plans side by side, the packs, and what each amount of credits buys."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from billing import catalogue, pricing
from billing.access import Actor
from billing.domain.plans import Catalogue, Entitlements, Pack, Plan
from billing.domain.rate import parse
from billing.memberships import current_period
from billing.models import MembershipPeriod
from creative import quotes
from creative.web.page import desk, show
from creative.web.words import Word, plan_word

STANDARD_MS = 5_000  # "a standard video": one shot of five seconds in standard mode
QUEUES: dict[str, Word] = {
    "free": gettext_lazy("普通"),
    "standard": gettext_lazy("标准"),
    "priority": gettext_lazy("优先"),
    "priority_plus": gettext_lazy("最优先"),
}


CAMERAS: dict[str, Word] = {"basic": gettext_lazy("基础"), "master": gettext_lazy("全部")}


@dataclass(frozen=True)
class Offer:
    """A plan as a column. ``relation`` to what runs now: current, higher, lower, or new without a membership."""

    plan: Plan
    name: Word
    videos: int
    relation: str
    buy: str


@dataclass(frozen=True)
class PackOffer:
    pack: Pack
    videos: int
    buy: str


@dataclass(frozen=True)
class Feature:
    """A row of the comparison: True or False is shown as a mark, everything else as it is."""

    name: Word
    cells: tuple[bool | str, ...]


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    sold, current = catalogue.current(), current_period(actor.organization)
    standard = sold.rates.cost(duration_ms=STANDARD_MS)
    offers = [_offer(plan, standard, current) for plan in sold.plans]
    context = {
        "offers": offers,
        "features": _features(sold),
        "packs": [
            PackOffer(pack, (pack.credits + pack.bonus) // standard, buy_url("buy-pack", pack.code))
            for pack in sold.packs
        ],
        "currency": sold.currency,
        "standard": standard,
        "off_peak": sold.off_peak,
        "zone": sold.timezone,
        "off_peak_share": f"{sold.off_peak.percent}%" if sold.off_peak else "",
        "tariff": pricing.tariff(),
        "until": quotes.until_words(pricing.tariff()),
        "current": current,
        "current_name": plan_word(current.plan_code if current else "free"),
        "can_pay": any(offer.buy for offer in offers),
    }
    return show(request, actor, "plans/index.html", context, place="plans")


def buy_url(name: str, code: str) -> str:
    """The page that says what buying costs now, where a purchase begins; empty where this installation has no payment pages."""
    for args in ([code], []):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""


def _offer(plan: Plan, standard: int, current: MembershipPeriod | None) -> Offer:
    credits = plan.credits or plan.daily_credits
    return Offer(
        plan,
        plan_word(plan.code),
        credits // standard,
        _relation(plan, current),
        buy_url("buy-plan", plan.code) if plan.price_fen else "",
    )


def _relation(plan: Plan, current: MembershipPeriod | None) -> str:
    if current is None:
        return "new" if plan.price_fen else "current"
    if plan.code == current.plan_code:
        return "current"
    return "higher" if plan.rank > current.rank else "lower"


def _features(sold: Catalogue) -> list[Feature]:
    """What makes a difference today, each enforced (tests/billing and tests/creative, test_enforcement*). Modes, shot length
    and extension are in the catalogue too, but no ad can ask for them so far: a table that sold them would not be true."""

    def row(name: Word, cell: Callable[[Entitlements], bool | str]) -> Feature:
        return Feature(name, tuple(cell(plan.entitlements) for plan in sold.plans))

    return [
        row(_("成片不带 Hitsmith 片尾标"), lambda plan: not plan.watermark),
        row(_("可商用"), lambda plan: plan.commercial),
        row(_("最高清晰度"), lambda plan: f"{plan.max_height}p"),
        row(_("运镜"), lambda plan: str(CAMERAS[plan.camera])),
        row(_("成片保存"), lambda plan: _("%(n)d 天") % {"n": plan.retention_days}),
        row(_("同时制作"), lambda plan: str(plan.concurrency)),
        row(_("排队"), lambda plan: str(QUEUES[plan.queue])),
        row(_("单镜重拍"), lambda plan: plan.reshoot),
        row(_("批量制作"), lambda plan: plan.campaigns),
        row(_("API 和消息回调"), _api_cell),
        row(_("成员"), lambda plan: str(plan.seats)),
        row(_("代运营商家"), lambda plan: str(plan.merchants)),
    ]


def _api_cell(plan: Entitlements) -> bool | str:
    """Such as 60 次/分; False for a plan without."""
    if not plan.api:
        return False
    rate = parse(plan.api_rate)
    per = {1: _("%(n)d 次/秒"), 60: _("%(n)d 次/分"), 3_600: _("%(n)d 次/时")}
    return per[rate.seconds] % {"n": rate.requests}
