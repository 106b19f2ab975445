"""What billing refuses, in the words of the page: what happened, that nothing was started, and what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.errors import (
    BillingError,
    InsufficientCredits,
    LinkRefused,
    PlanLacks,
    Suspended,
    TooManyOpenHolds,
)
from creative.errors import CreativeError
from creative.web import words
from creative.web.purchase_words import REFUSALS as PAYMENTS
from creative.web.team_words import TEAM, TIES

PLAIN: words.Words = (
    TEAM
    | PAYMENTS
    | {
        "plan_too_small": gettext_lazy("你的会员不含这一项，什么都没有改动。"),
        "account_parked": gettext_lazy("账户正在核对，暂时不能开始新的制作。请联系客服；什么都没有扣。"),
    }
)
OTHERWISE = gettext_lazy("这次没有下单成功，什么都没有扣。请过一会儿再试。")


def explain(refusal: CreativeError | BillingError) -> str:
    if isinstance(refusal, CreativeError):
        return words.chosen(refusal.zh, refusal.en)
    if isinstance(refusal, InsufficientCredits):
        return _too_few(refusal)
    if isinstance(refusal, LinkRefused):
        return str(TIES.get(refusal.reason, TIES["link_ended"]))
    return _with_numbers(refusal) or str(PLAIN.get(refusal.code, OTHERWISE))


def _with_numbers(refusal: BillingError) -> str:
    """Of those whose words name what was refused; empty for all others."""
    if isinstance(refusal, TooManyOpenHolds):
        return _("你的会员同时最多制作 %(n)d 个，现在都占着。等一个做完再下单；什么都没有扣。") % {"n": refusal.limit}
    if isinstance(refusal, Suspended):
        return _("账户已停用，不能开始新的制作：%(reason)s。正在做的会做完；什么都没有扣。请联系客服。") % {
            "reason": refusal.reason.rstrip("。.")
        }
    if isinstance(refusal, PlanLacks) and refusal.plan:
        return _("你的会员不含这一项，%(plan)s会员起可用。什么都没有改动。") % {"plan": words.plan_word(refusal.plan)}
    return ""


def _too_few(refusal: InsufficientCredits) -> str:
    counts = {"needed": refusal.needed, "available": refusal.available}
    if refusal.limit == "budget":
        return (
            _(
                "需要 %(needed)d 点，机构给你的本月额度还剩 %(available)d 点。没有开始制作，也没有扣点。"
                "请联系机构提高额度，或做短一点。"
            )
            % counts
        )
    return _("需要 %(needed)d 点，现有 %(available)d 点。没有开始制作，也没有扣点。请补充点数，或做短一点。") % counts
