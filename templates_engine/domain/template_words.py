"""What a learned template is called and what is honestly said of it, in Chinese and English."""

from collections.abc import Mapping, Sequence

from templates_engine.domain.align import Order
from templates_engine.domain.beats import Role
from templates_engine.domain.patterns import HookType
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.template import Engagement, Words

HOOK_NAMES = {
    HookType.QUESTION: Words("提问", "question"),
    HookType.CONTRAST: Words("对比", "contrast"),
    HookType.STORY: Words("故事", "story"),
    HookType.RESULT_FIRST: Words("先看结果", "result first"),
    HookType.OFFER: Words("优惠", "offer"),
    HookType.CALL: Words("喊人", "call to the audience"),
    HookType.NUMBER: Words("数字", "number"),
    HookType.SHOCK: Words("惊讶", "surprise"),
}
CATEGORY_NAMES = {
    "kitchen": Words("厨房用品", "Kitchen"),
    "home": Words("家居", "Home"),
    "food": Words("食品", "Food"),
    "beauty": Words("美妆", "Beauty"),
    "fashion": Words("服饰", "Fashion"),
    "electronics": Words("数码电器", "Electronics"),
    "baby": Words("母婴", "Baby"),
    "pet": Words("宠物", "Pet"),
    "sports": Words("运动户外", "Sports"),
}
COMMON_HOOK = 0.4  # share of members from which on a way of opening names the template


def name(category: str, order: Order, hooks: Mapping[HookType, float]) -> Words:
    """The category, how most members open, and the two beats that follow: 厨房用品 · 提问开场 → 痛点 → 亮相."""
    kind = max(hooks, key=lambda hook: (hooks[hook], hook.value), default=None)
    opening = HOOK_NAMES[kind] if kind is not None and hooks[kind] >= COMMON_HOOK else None
    first = Words(f"{opening.zh}开场", f"{opening.en} opening") if opening else _role(order[0])
    following = [_role(role) for role in order[1:3]]
    about = CATEGORY_NAMES.get(category, Words(category or "通用", category or "General"))
    zh = " → ".join([f"{about.zh} · {first.zh}", *(role.zh for role in following)])
    en = ", ".join([f"{about.en}: {first.en}", *(role.en for role in following)])
    return Words(zh[:80], en[:80])


def summary(
    order: Order,
    *,
    members: int,
    edits: float,
    stability: float,
    orders: Engagement | None,
    reach: Engagement | None,
    has_own_cta: bool,
) -> Words:
    """What was found, from how much, and what is not known. ``edits``: how far members are from the order on average."""
    zh = [
        f"学自 {members} 条视频，常见顺序：{'→'.join(_role(role).zh for role in order)}。",
        f"平均每条与它相差 {edits:.1f} 处；换一批同类视频重学，相似度约 {stability:.0%}。",
        _orders(orders).zh,
        _reach(reach).zh,
        "" if has_own_cta else "这些视频的结尾没有行动号召，最后一段是我们加的。",
        "学到的是结构和节奏，没有原视频的句子。只看了爆款，说明不了它们为什么火。",
    ]
    en = [
        f"Learned from {members} videos; the usual order is {', '.join(_role(role).en for role in order)}.",
        f"On average a video is {edits:.1f} edits away; learned again from a like sample it is about {stability:.0%} alike.",
        _orders(orders).en,
        _reach(reach).en,
        "" if has_own_cta else "These videos do not end with a call to action; the last beat is ours.",
        "Structure and rhythm are learned, no sentence is. Only hits were looked at: that does not say why they worked.",
    ]
    return Words("".join(filter(None, zh)), " ".join(filter(None, en)))


def path(order: Sequence[Role]) -> Words:
    """The order in one line: 开场→痛点→亮相."""
    return Words("→".join(_role(role).zh for role in order), " → ".join(_role(role).en for role in order))


def _orders(found: Engagement | None) -> Words:
    if found is None:
        return Words("没有订单数据，不知道卖得怎么样。", "No orders were reported, so nothing is known of sales.")
    per = [value * 1000 for value in (found.mean, found.low90, found.high90)]
    return Words(
        f"{found.videos} 条有订单数据，每千次播放约 {per[0]:.2g} 单（90% 区间 {per[1]:.2g} 到 {per[2]:.2g}）。",
        f"{found.videos} report orders: about {per[0]:.2g} per 1,000 views (90 % interval {per[1]:.2g} to {per[2]:.2g}).",
    )


def _reach(found: Engagement | None) -> Words:
    if found is None:
        return Words("", "")
    return Words(
        f"同龄播放量约为同类中位数的 {found.mean:.2g} 倍（90% 区间 {found.low90:.2g} 到 {found.high90:.2g}）。",
        f"Views at equal age are about {found.mean:.2g} times the category's median "
        f"(90 % interval {found.low90:.2g} to {found.high90:.2g}).",
    )


def _role(role: Role) -> Words:
    return Words(ROLE_NAMES[role].zh, ROLE_NAMES[role].en)
