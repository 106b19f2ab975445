"""What the pages of members and clients call things, and how they tell a refusal."""

from django.utils.translation import gettext_lazy as _

from creative.web.words import Words

PAYERS: Words = {"agency": _("机构付费"), "merchant": _("商家自付")}
LINK_STATES: Words = {"invited": _("待接受"), "active": _("合作中"), "ended": _("已结束")}
SIDES: Words = {"agency": _("机构"), "merchant": _("商家"), "former": _("现在的机构")}
WORKS: Words = {"ad": _("广告"), "campaign": _("批量项目"), "reshoot": _("重拍镜头"), "other": _("其他")}
HOLD_STATES: Words = {"open": _("制作中"), "captured": _("已结算"), "released": _("已退回")}
ACTIONS: Words = {
    "read": _("看商品、广告、模板和账单"),
    "produce": _("建商品、写脚本、下单制作"),
    "approve": _("审核成片"),
    "bill": _("买会员、充值、定客户额度"),
    "manage": _("管成员、密钥和合作关系"),
}
TEAM: Words = {
    "seats_taken": _("席位已满：请先移除一位成员、撤回一张邀请，或升级会员。什么都没有改动。"),
    "last_owner": _("这是唯一的所有者：请先让另一位成员成为所有者。什么都没有改动。"),
    "invitation_gone": _("这张邀请已经用过、被撤回或过期了：请对方重新发一张。"),
    "link_not_active": _("机构刚刚停止为你付费，没有开始制作，也没有扣点。请看看报价再下单。"),
}
TIES: Words = {
    "no_such_organization": _("没有这个编号。请对方在「客户」或「合作机构」页复制自己的编号（org_ 开头）发给你。"),
    "wrong_kinds": _("合作关系的一头是机构、另一头是商家：请检查编号。"),
    "linked_already": _("你们之间已经有合作或待接受的邀请：请先结束它。"),
    "too_many_merchants": _("机构的会员能服务的商家已满：请先结束一个，或升级会员。什么都没有改动。"),
    "paid_by_another": _("这个商家现在由另一家机构付费：请先结束那一段合作，或重新邀请。"),
    "link_ended": _("这段合作或邀请已经结束：请重新邀请。"),
    "not_the_payer": _("只有付费的机构能改额度。什么都没有改动。"),
}
