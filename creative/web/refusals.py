"""What billing refuses, in the words of the page: what happened, that nothing was started, and what to do."""

from django.utils.translation import gettext as _

from billing.errors import BillingError, InsufficientCredits, Parked, TooManyOpenHolds
from creative.errors import CreativeError
from creative.web import words


def explain(refusal: CreativeError | BillingError) -> str:
    if isinstance(refusal, CreativeError):
        return words.chosen(refusal.zh, refusal.en)
    if isinstance(refusal, InsufficientCredits):
        counts = {"needed": refusal.needed, "available": refusal.available}
        return (
            _("需要 %(needed)d 点，现有 %(available)d 点。没有开始制作，也没有扣点。请补充点数，或做短一点。") % counts
        )
    if isinstance(refusal, TooManyOpenHolds):
        return _("你的会员同时最多制作 %(n)d 个，现在都占着。等一个做完再下单；什么都没有扣。") % {"n": refusal.limit}
    if isinstance(refusal, Parked):
        return _("账户正在核对，暂时不能开始新的制作。请联系客服；什么都没有扣。")
    return _("这次没有下单成功，什么都没有扣。请过一会儿再试。")
