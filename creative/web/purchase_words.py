"""What the pages call purchases, their states and ways of paying."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from billing.models import Purchase
from creative.web.words import Word, Words, plan_word

STATES: Words = {
    "pending": _("待付款"),
    "paid": _("已付款，正在到账"),
    "granted": _("已到账"),
    "failed": _("未付款，已关闭"),
    "refunded": _("已退款"),
    "disputed": _("付款有争议，核对中"),
}
KINDS: Words = {"subscription": _("连续包月"), "month": _("一个月"), "pack": _("点数包")}
FAPIAO_STATES: Words = {"requested": _("发票已申请"), "issued": _("发票已开"), "rejected": _("发票没开成，可重新申请")}
WAYS: Words = {
    "stripe:month": _("买一个月：支付宝、微信支付或银行卡，不自动续费"),
    "stripe:subscription": _("连续包月：银行卡每月自动扣款，随时可停"),
    "manual:month": _("买一个月：对公转账，人工确认后到账"),
    "stripe:pack": _("支付宝、微信支付或银行卡"),
    "manual:pack": _("对公转账，人工确认后到账"),
    "downgrade": _("下个月起换成这个会员，今天不扣款"),
}
REFUSALS: Words = {
    "provider_absent": _("这里没有接通这种支付方式，没有扣款。请改用对公转账。"),
    "provider_down": _("支付平台暂时没有回应，没有扣款。请过几分钟再试，或改用对公转账。"),
    "not_for_sale": _("没有下单，没有扣款：你已有连续包月，再买会重复扣款。可以升级，或先停掉原来的。"),
    "not_payable": _("这笔购买已付款、已过期或已关闭，没有扣款。请在购买记录里查看，或重新购买。"),
    "payment_refused": _("没有提交：请检查抬头和税号（18 位统一社会信用代码），一笔购买只能申请一次发票。"),
}


def name_of(purchase: Purchase) -> Word:
    """Such as 黄金会员 or 660 点."""
    if purchase.plan is not None:
        return _now("%(plan)s会员") % {"plan": plan_word(purchase.plan.code)}
    return _now("%(n)d 点") % {"n": purchase.credits}
