"""A catalogue's changes in words, Chinese first: what becomes of prices and rights, and who is affected."""

from collections.abc import Iterable, Iterator

from django.utils import timezone

from billing.domain.catalogue import FREE
from billing.domain.catalogue_diff import ADDED, REMOVED, Change, off_peak_words
from billing.domain.plans import Pack, Plan
from billing.models import CatalogueVersion, MembershipPeriod, Organization

PLANS = {"free": "免费", "gold": "黄金", "platinum": "铂金", "diamond": "钻石"}
FIELDS = {
    "rank": "级别",
    "price_fen": "价格",
    "credits": "点数",
    "daily_credits": "每日点数",
    "bonus": "赠送",
    "days": "有效天数",
    "watermark": "品牌水印",
    "modes": "画质模式",
    "max_seconds": "单镜最长秒数",
    "concurrency": "同时制作",
    "queue": "排队",
    "extend": "视频续写",
    "reshoot": "重拍",
    "camera": "运镜",
    "max_height": "最高清晰度",
    "campaigns": "批量",
    "seats": "成员数",
    "merchants": "商家数",
    "api": "API",
    "api_rate": "API 频率",
    "commercial": "商用",
    "retention_days": "保存天数",
    "currency": "货币",
    "timezone": "时区",
}
SHOWN = 5  # affected organizations that are named one by one


def lines(before: CatalogueVersion | None, version: str, found: Iterable[Change]) -> Iterator[str]:
    """The whole difference as text: a heading, each change, and after those of a part who is affected."""
    yield f"价目表 catalogue {before.version if before else 'none'} -> {version}"
    found = list(found)
    for change in found:
        yield f"{_subject(change)}: {_what(change)}"
    if before is None:
        return
    for code in dict.fromkeys(change.subject for change in found if change.part == "plan" and change.field != ADDED):
        yield from _holders(code)
    if any(change.part in ("rate", "off_peak", "catalogue") for change in found):
        everybody = Organization.objects.count()
        yield f"  影响 affects: 全部 {everybody} 个组织，从下一次报价起 all {everybody} organizations, from the next quote on"
    if any(change.part == "pack" for change in found):
        yield "  影响 affects: 以后的充值，已买的不变 top-ups from now on; what was bought stays"


def _subject(change: Change) -> str:
    if change.part == "plan":
        return f"套餐 plan {PLANS.get(change.subject, change.subject)} {change.subject}"
    if change.part == "pack":
        return f"点数包 pack {change.subject}"
    if change.part == "rate":
        return f"费率 rate {change.subject} {change.field}"
    if change.part == "off_peak":
        return "错峰 off-peak"
    return f"{FIELDS[change.subject]} {change.subject}"


def _what(change: Change) -> str:
    if change.field == ADDED:
        return f"新增 new, {_offer(change.after)}"
    if change.field == REMOVED:
        return "不再出售 no longer sold"
    values = f"{_value(change, change.before)} -> {_value(change, change.after)}"
    if change.part in ("plan", "pack"):
        name = "price" if change.field == "price_fen" else change.field
        return f"{FIELDS[change.field]} {name} {values}"
    return values


def _value(change: Change, value: object) -> str:
    if change.part == "off_peak":
        return off_peak_words(value)
    if value is None:
        return "none"
    if change.field == "price_fen" and isinstance(value, int):
        return money(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple | list) else str(value)


def money(fen: int) -> str:
    """6600 as ``66.00``."""
    return f"{fen // 100}.{fen % 100:02d}"


def _offer(thing: object) -> str:
    if isinstance(thing, Plan):
        daily = f", {thing.daily_credits} a day" if thing.daily_credits else ""
        return f"{money(thing.price_fen)} a month, {thing.credits} credits{daily}"
    if isinstance(thing, Pack):
        bonus = f" + {thing.bonus} bonus" if thing.bonus else ""
        return f"{money(thing.price_fen)}, {thing.credits}{bonus} credits, {thing.days} days"
    raise TypeError(f"not an offer: {thing!r}")


def _holders(code: str) -> Iterator[str]:
    """Who has the plan that changes, and what that means for them."""
    if code == FREE:
        members = MembershipPeriod.objects.filter(ends_at__gt=timezone.now()).values("organization")
        count = Organization.objects.exclude(pk__in=members).count()
        yield f"  影响 affects {code}: {count} 个没有会员的组织，立即生效 {count} organizations without a plan, at once"
        return
    running = MembershipPeriod.objects.filter(plan_code=code, ends_at__gt=timezone.now())
    until: dict[str, str] = {}
    for name, public_id, ends_at in running.order_by("ends_at").values_list(
        "organization__name", "organization__public_id", "ends_at"
    ):
        until[f"{name} ({public_id})"] = f"{timezone.localtime(ends_at):%Y-%m-%d}"
    count = len(until)
    yield (
        f"  影响 affects {code}: {count} 个组织用旧版到期满，续费才用新版 "
        f"{count} organizations keep the old version to the end of what they bought"
    )
    for name, day in list(until.items())[:SHOWN]:
        yield f"    {name} 至 until {day}"
    if count > SHOWN:
        yield f"    还有 {count - SHOWN} 个 and {count - SHOWN} more"
