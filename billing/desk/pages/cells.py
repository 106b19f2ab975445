"""Cells of the desk's tables as people read them: money in yuan, times of the catalogue's day, links along the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

WORDS = {
    "lot": "批次 Lot", "kind": "类型 Kind", "amount": "总数 Amount", "free": "可用 Free", "held": "预扣 Held",
    "spent": "已用 Spent", "lapsed": "作废 Lapsed", "debt": "收回前已用 Spent, then revoked", "starts": "开始 Starts",
    "expires": "到期 Expires", "key": "来源 Key", "hold": "预扣号 Hold", "reference": "作品 Work",
    "captured": "结算 Settled", "refunded": "退还 Refunded", "state": "状态 State", "created": "时间 Time",
    "closed": "结束 Closed", "number": "单号 Number", "what": "内容 Item", "credits": "点数 Credits", "due": "金额 Amount",
    "provider": "渠道 Provider", "problem": "问题 Problem", "paid": "付款时间 Paid", "payment": "付款 Payment",
    "currency": "币种 Currency", "fact": "平台单号 Fact", "refund": "退款 Refund", "reason": "原因 Reason",
    "credits_withdrawn": "收回 Withdrawn", "credits_owed": "欠点 Owed", "credits_collected": "已抵 Collected",
    "credits_forgiven": "已核销 Written off", "by": "操作 By", "dispute": "争议 Dispute", "opened": "发起 Opened",
    "request": "申请 Request", "title": "抬头 Title", "tax_id": "税号 Tax id", "fapiao_number": "发票号 Fapiao no.",
    "email": "邮箱 E-mail", "link": "关系 Tie", "agency": "机构 Agency", "merchant": "商家 Merchant",
    "payer": "付费方 Payer", "monthly_cap": "月上限 Monthly cap", "started": "开始 Started", "month": "月份 Month",
    "cap": "上限 Cap", "left": "剩余 Left", "entry": "分录 Entry", "at": "时间 Time", "d_free": "可用± Free",
    "d_held": "预扣± Held", "d_spent": "已用± Spent", "d_lapsed": "作废± Lapsed", "actor": "经手 Actor",
    "staff": "经办 Staff", "second": "复核 Second", "subject": "对象 Subject", "id": "编号 Id", "plan": "会员 Plan",
    "ends": "结束 Ends", "ended": "提前结束 Ended early", "source": "来源 Source", "day": "日期 Day", "net": "净额 Net",
    "month_card": "月卡 Month cards",
    "refunds": "退款 Refunds", "subscription": "连续包月 Subscription", "pack": "点数包 Packs",
    "bought_credits": "购得点数 Bought credits", "given_credits": "赠送点数 Given credits", "bought": "购得折价 Bought, paid",
    "engine_seconds": "引擎秒数 Engine seconds", "engine": "引擎成本 Engine cost", "margin": "毛利 Margin",
}  # fmt: skip

PAGES = {"lot": "desk:lot", "reference": "desk:work"}


@dataclass(frozen=True)
class Cell:
    """``number``: set to the right."""

    text: str
    href: str = ""
    number: bool = False


@dataclass(frozen=True)
class Shown:
    """A table to draw."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def shown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Shown:
    heads = tuple(WORDS.get(column.removesuffix("_fen"), column) for column in columns)
    return Shown(heads, tuple(tuple(map(cell, columns, row)) for row in rows))


def cell(column: str, value: object) -> Cell:
    if value is None or value == "":
        return Cell("–")
    if column in PAGES:
        return Cell(str(value), reverse(PAGES[column], args=[value]), number=column == "lot")
    if column.endswith("_fen"):
        return Cell(yuan(int(str(value))), number=True)
    return Cell(_words(value), number=isinstance(value, int))


def _words(value: object) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:,}" if isinstance(value, int) else str(value)


def yuan(fen: int) -> str:
    """``6600`` as ``¥66.00``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
