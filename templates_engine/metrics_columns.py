"""What the columns of exported results are called, in Chinese and English, and how their cells are read."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

NAMES: dict[str, tuple[str, ...]] = {
    "video_id": ("video_id", "video", "id", "item_id", "视频id", "作品id", "素材id", "视频", "作品", "视频编号"),
    "platform": ("platform", "channel", "平台", "渠道"),
    "age_h": ("age_h", "age hours", "hours since publish", "hours", "发布后小时", "发布小时数", "发布时长", "小时"),
    "published": ("published_at", "published", "publish time", "post time", "posted", "发布时间", "投放时间", "发布日期"),
    "recorded": ("recorded_at", "as_of", "report time", "exported", "数据时间", "统计时间", "更新时间", "导出时间"),
    "views": ("views", "plays", "play count", "video views", "view count", "impressions played",
              "播放", "播放量", "播放数", "播放次数", "观看量"),
    "hold_3s": ("hold_3s", "3s hold", "3 second hold", "3-second hold", "3s view rate", "hook rate", "thumbstop rate",
                "3秒留存率", "3s留存率", "3秒播放率", "3s播放率", "3秒完播率", "3s完播率", "3秒留存"),
    "completion": ("completion", "completion rate", "watched full rate", "full view rate", "finish rate",
                   "完播率", "播放完成率", "完播"),
    "likes": ("likes", "like count", "digg count", "点赞", "点赞量", "点赞数", "赞"),
    "comments": ("comments", "comment count", "评论", "评论量", "评论数"),
    "shares": ("shares", "share count", "reposts", "分享", "分享量", "分享数", "转发", "转发量", "转发数"),
    "clicks": ("clicks", "click count", "点击", "点击量", "点击数", "商品点击数", "商品点击量"),
    "orders": ("orders", "order count", "purchases", "conversions", "sales",
               "订单", "订单数", "订单量", "成交订单数", "成交单量", "转化数", "销量"),
    "spend": ("spend", "cost", "amount spent", "ad spend", "消耗", "花费", "投放金额", "投放消耗", "广告消耗", "成本"),
    "currency": ("currency", "币种", "货币"),
}  # fmt: skip
COUNTS = ("views", "likes", "comments", "shares", "clicks", "orders")
SHARES = ("hold_3s", "completion")
NOTHING = {"", "-", "--", "—", "——", "/", "n/a", "na", "null", "none", "无", "暂无"}
CURRENCIES = {"¥": "CNY", "￥": "CNY", "元": "CNY", "rmb": "CNY", "cny": "CNY", "us$": "USD", "$": "USD", "usd": "USD",
              "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"}  # fmt: skip
_SCALES = {"k": 1_000, "千": 1_000, "w": 10_000, "万": 10_000, "m": 1_000_000, "百万": 1_000_000, "亿": 100_000_000}
_NUMBER = re.compile(r"(-?)(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)?(k|千|w|万|m|百万|亿)?\+?")
_UNIT = re.compile(r"[(（\[](.*?)[)）\]]")
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y%m%d")
MOST = Decimal(10) ** 13


class Unreadable(ValueError):
    """What a cell should look like, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True)
class Column:
    """``field`` as in ``NAMES``; ``unit`` as written behind its name in brackets, such as ``%`` or ``元``."""

    title: str
    field: str
    unit: str


def column(title: str) -> Column | None:
    """None for a column that tells nothing we use."""
    text = title.strip().lstrip("\ufeff").casefold()
    unit = " ".join(_UNIT.findall(text))
    bare = _plain(_UNIT.sub("", text))
    if bare.endswith("%"):
        bare, unit = bare.rstrip("%"), "%"
    field = _FIELDS.get(bare)
    return None if field is None else Column(title.strip(), field, unit)


def is_empty(cell: str) -> bool:
    return cell.strip().casefold() in NOTHING


def count(cell: str) -> int:
    """12,345 or 1.2万 or 3k. Raises Unreadable."""
    value = _number(cell)
    if value != value.to_integral_value():
        raise Unreadable("should be a whole number", "应该是整数")
    return int(value)


def share(cell: str, unit: str) -> float:
    """45% or 0.45; 45 only where the column's name says %. Raises Unreadable."""
    text = cell.strip()
    percent = text.endswith(("%", "％"))
    value = _number(text.rstrip("%％"))
    if percent or "%" in unit or "％" in unit:
        value /= 100
    elif value > 1:
        raise Unreadable("should be a share: write 45% or 0.45", "应该是比例，写成 45% 或 0.45")
    if not 0 <= value <= 1:
        raise Unreadable("should lie between 0 % and 100 %", "应该在 0% 到 100% 之间")
    return float(value)


def money(cell: str, unit: str) -> tuple[int, str]:
    """In hundredths, and the currency that cell or column names ("" for none). Raises Unreadable."""
    text = cell.strip().casefold()
    said = sorted((mark for mark in CURRENCIES if mark in text), key=len, reverse=True)
    for mark in said:
        text = text.replace(mark, "")
    known = said or sorted((mark for mark in CURRENCIES if mark in unit), key=len, reverse=True)
    hundredths = _number(text) * 100
    return int(hundredths.to_integral_value()), CURRENCIES[known[0]] if known else ""


def moment(cell: str) -> datetime:
    """A date with or without a time, as written: no zone is assumed. Raises Unreadable."""
    text = cell.strip().replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "").removesuffix("Z")
    for form in _DATES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  (only differences are taken)
        except ValueError:
            continue
    raise Unreadable("should be a date such as 2026-11-26 10:00", "应该是日期，例如 2026-11-26 10:00")


def _number(cell: str) -> Decimal:
    match = _NUMBER.fullmatch(cell.strip().casefold().replace(" ", ""))
    if match is None:
        raise Unreadable("should be a number", "应该是数字")
    sign, whole, fraction, scale = match.groups()
    try:
        value = Decimal(whole.replace(",", "").replace("，", "") + (fraction or "")) * _SCALES.get(scale or "", 1)
    except InvalidOperation as error:
        raise Unreadable("should be a number", "应该是数字") from error
    if sign and value:
        raise Unreadable("cannot be negative", "不能是负数")
    if value > MOST:
        raise Unreadable("is too large to be true", "大得不像真的")
    return value


def _plain(title: str) -> str:
    return re.sub(r"[\s_\-]+", "", title)


_FIELDS = {_plain(name): field for field, names in NAMES.items() for name in names}
