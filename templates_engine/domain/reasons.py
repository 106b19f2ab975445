"""Why a beat, a fact or a whole template is left out, in words for a merchant (Chinese and English)."""

from dataclasses import dataclass

from templates_engine.domain.ad_rules import Verdict
from templates_engine.domain.beats import Role
from templates_engine.domain.claims import LineVerdict
from templates_engine.domain.patterns import SlotType


@dataclass(frozen=True)
class Reason:
    """``code`` is stable for programs; ``zh`` and ``en`` say the same to people."""

    code: str
    zh: str
    en: str

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class DroppedBeat:
    """A beat of the template that this product's ad goes without."""

    role: Role
    reason: Reason

    def text(self, lang: str) -> str:
        return f"{ROLE_NAMES[self.role].zh}：{self.reason.zh}" if lang == "zh" else f"{self.role}: {self.reason.en}"


@dataclass(frozen=True)
class RoleName:
    zh: str
    en: str


ROLE_NAMES = {
    Role.HOOK: RoleName("开场", "hook"),
    Role.PAIN: RoleName("痛点", "pain"),
    Role.REVEAL: RoleName("亮相", "reveal"),
    Role.SELLING_POINT: RoleName("卖点", "selling point"),
    Role.DEMO: RoleName("演示", "demo"),
    Role.SOCIAL_PROOF: RoleName("口碑", "proof"),
    Role.OFFER: RoleName("优惠", "offer"),
    Role.URGENCY: RoleName("限时", "urgency"),
    Role.CTA: RoleName("行动", "call to action"),
    Role.OTHER: RoleName("其他", "other"),
}

_MISSING = {
    SlotType.NAME: ("没有填产品简称", "no short product name given"),
    SlotType.BRAND: ("没有填品牌", "no brand given"),
    SlotType.AUDIENCE: ("没有填适合谁用", "no audience given"),
    SlotType.SCENE: ("没有填使用场景", "no scene of use given"),
    SlotType.POINT: ("没有填卖点", "no selling point given"),
    SlotType.ATTRIBUTE: ("没有填规格参数", "no attribute given"),
    SlotType.PAIN: ("没有填痛点", "no pain point given"),
    SlotType.PRICE: ("没有填价格", "no price given"),
    SlotType.LIST_PRICE: ("没有填高于现价的划线价", "no list price above the price given"),
    SlotType.OFFER: ("没有填优惠活动", "no offer given"),
    SlotType.OFFER_END: ("没有填活动截止日期", "no end date given"),
    SlotType.PROOF: ("没有填带依据的证明", "no proof with evidence given"),
    SlotType.CTA: ("没有填行动号召", "no call to action given"),
}

NO_ROOM = Reason("no_room", "时长不够，省去这一段", "no room in this length")
SPENT = Reason("facts_used_up", "没有更多信息可说，不重复前面的内容", "nothing left to say that is not said before")

UNSPEAKABLE = Reason(
    "unspeakable",
    "现有信息连起来会带出没有依据的数字或违禁词，请换个写法",
    "put together, the facts would state an unfounded number or a forbidden word; please reword them",
)


def missing(slots: tuple[SlotType, ...]) -> Reason:
    """The facts of these types are what a beat still needs; with none, only the guards object."""
    if not slots:
        return UNSPEAKABLE
    texts = [_MISSING[slot] for slot in slots]
    return Reason("fact_missing", "；".join(zh for zh, _ in texts), "; ".join(en for _, en in texts))


def wrong_language(template_lang: str, facts_lang: str) -> Reason:
    zh = {"zh": "中文", "en": "英文"}
    return Reason(
        "language",
        f"这个模板说{zh.get(template_lang, template_lang)}，产品信息是{zh.get(facts_lang, facts_lang)}",
        f"this template speaks {template_lang}, the product's facts are in {facts_lang}",
    )


def target_out_of_range(target_ms: int, low_ms: int, high_ms: int) -> Reason:
    low, high = low_ms // 1000, high_ms // 1000
    return Reason(
        "target_out_of_range",
        f"时长 {_seconds(target_ms)} 秒不行，请选 {low} 到 {high} 秒",
        f"an ad of {_seconds(target_ms)} s is not possible, choose {low} to {high} s",
    )


def too_tight(target_ms: int, needed_ms: int) -> Reason:
    return Reason(
        "too_tight",
        f"{_seconds(target_ms)} 秒说不完，至少要 {_seconds(needed_ms)} 秒；加长时间或缩短卖点",
        f"{_seconds(target_ms)} s is too short for its lines, which take {_seconds(needed_ms)} s: "
        "choose a longer ad or shorten the selling points",
    )


def objected(value: str, found: LineVerdict) -> Reason:
    """A fact that makes a claim: forbidden, or without the evidence that it needs."""
    worst = max(found.findings, key=lambda finding: finding.verdict.weight)
    zh, en = "」「".join(worst.words), ", ".join(worst.words)
    return Reason(
        "blocked_term" if worst.verdict is Verdict.BLOCK else "claim_needs_evidence",
        f"“{value}”没有使用，因为「{zh}」：{worst.reason.zh}。{worst.suggestion.zh}",
        f"“{value}” is not used because of “{en}”: {worst.reason.en}. Please {worst.suggestion.en}",
    )


def too_long(value: str, spoken_ms: int, limit_ms: int) -> Reason:
    return Reason(
        "fact_too_long",
        f"“{value}”念出来要 {_seconds(spoken_ms)} 秒，没有使用，请缩短到 {_seconds(limit_ms)} 秒以内",
        f"“{value}” takes {_seconds(spoken_ms)} s to say; it is not used, please shorten it to {_seconds(limit_ms)} s",
    )


def no_evidence(value: str) -> Reason:
    return Reason(
        "proof_without_evidence",
        f"“{value}”没有依据，没有使用，请补上检测报告或链接",
        f"“{value}” has no evidence; it is not used, please add a report or a link",
    )


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f}".removesuffix(".0")
