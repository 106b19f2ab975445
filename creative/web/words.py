"""What the studio calls things: every code of a lower room in words for people, Chinese first (see creative/locale)."""

from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Word: TypeAlias = "StrOrPromise"  # a text, or one that is translated when it is shown
Words = dict[str, Word]

STATES: Words = {
    "draft": _("待下单"),
    "held": _("排队中"),
    "shooting": _("拍摄中"),
    "assembling": _("剪辑中"),
    "checking": _("检查中"),
    "ready": _("已完成"),
    "failed": _("没做成"),
    "cancelled": _("已取消"),
}
CAMPAIGN_STATES: Words = {"draft": _("待下单"), "running": _("制作中"), "finished": _("已结束")}
JOBS: Words = {
    "waiting": _("未开始"),
    "pending": _("等待拍摄"),
    "running": _("正在拍"),
    "done": _("已拍好"),
    "failed": _("没拍成"),
    "cancelled": _("已取消"),
}
ROLES: Words = {
    "owner": _("所有者"),
    "billing_admin": _("财务"),
    "producer": _("制作"),
    "reviewer": _("审核"),
    "viewer": _("只读"),
}
LOTS: Words = {
    "period": _("会员点数"),
    "daily": _("每日点数"),
    "topup": _("充值"),
    "bonus": _("赠送"),
    "admin": _("人工调整"),
    "makegood": _("过期补偿"),
}
PLANS: Words = {"free": _("免费"), "gold": _("黄金"), "platinum": _("铂金"), "diamond": _("钻石")}
ENTRIES: Words = {
    "grant": _("获得"),
    "hold": _("预留"),
    "capture": _("结算"),
    "release": _("退回"),
    "expire": _("退回时已过期"),
    "refund": _("退还"),
    "lapse": _("过期"),
    "revoke": _("收回"),
    "debt": _("抵还欠点"),
}
THEMES: Words = {"ember": _("炉火"), "ink": _("水墨"), "jade": _("青玉"), "berry": _("莓红")}
LANGUAGES: Words = {"zh": _("中文"), "en": _("英文")}


def chosen(zh: str, en: str) -> str:
    """The one of two given texts that fits the language of the page."""
    return en if get_language() == "en" else zh


def plan_word(code: str) -> Word:
    return PLANS.get(code, code)
