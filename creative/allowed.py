"""What the plan allows of an ad, checked where it is ordered and before anything is held.

A draft is made within the plan of its day (``brief.canvas_of``, ``moves_of``); it may be ordered under another one.
Nothing here is about the "AI generated" label, which is on every ad of every plan.
"""

from collections.abc import Callable

from billing.catalogue.wording import PLANS
from billing.domain.plans import Entitlements
from billing.rights import lowest_plan
from creative.errors import PlanTooSmall
from creative.models import Ad
from generation.domain.engine_spec import Move
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline import OverlayKind
from generation.domain.timeline_json import timeline_from_dict
from generation.domain.timeline_rules import media_frames

HOUSE_MARK = "Hitsmith"  # our brand mark on ads of a plan that includes it
# The moves of every plan: the camera stays, goes nearer or away, or to one side. All others are a master's.
BASIC = frozenset({Move.STATIC, Move.PUSH, Move.PULL, Move.TRUCK_LEFT, Move.TRUCK_RIGHT})


def moves_of(entitlements: Entitlements) -> frozenset[Move]:
    """Camera moves that the plan allows."""
    return BASIC if entitlements.camera == "basic" else frozenset(Move)


def moves_within(moves: frozenset[Move], entitlements: Entitlements) -> frozenset[Move]:
    """Of an engine's moves those that the plan allows. Raises PlanTooSmall where that leaves none."""
    require(
        entitlements, lambda plan: bool(moves & moves_of(plan)), "这个引擎的运镜", "the camera moves of this engine"
    )
    return moves & moves_of(entitlements)


def require(entitlements: Entitlements, includes: Callable[[Entitlements], bool], zh: str, en: str) -> None:
    """Raises PlanTooSmall, which names the lowest plan that has it. ``zh`` and ``en`` name what is wanted."""
    if includes(entitlements):
        return
    plan = lowest_plan(includes)
    if not plan:
        raise PlanTooSmall(f"没有会员包含{zh}。", f"no plan includes {en}.")
    raise PlanTooSmall(
        f"你的会员不含{zh}：{PLANS.get(plan, plan)}会员起可用。没有开始，也没有扣点。",
        f"your plan does not include {en}: the {plan} plan does. Nothing was started or charged.",
    )


def check_ad(ad: Ad, entitlements: Entitlements) -> None:
    """Raises PlanTooSmall for what this draft was made with and the plan of now does not allow."""
    timeline = timeline_from_dict(ad.timeline)
    short = min(timeline.canvas.width, timeline.canvas.height)
    require(entitlements, lambda plan: plan.max_height >= short, f" {short}p 的成片", f"films of {short}p")
    marked = any(over.kind is OverlayKind.BRAND_MARK and over.text == HOUSE_MARK for over in timeline.overlays)
    require(
        entitlements,
        lambda plan: marked or not plan.watermark,
        f"不带 {HOUSE_MARK} 标的成片",
        f"films without the {HOUSE_MARK} mark",
    )
    for shot in ad.shots.all():
        ms = media_frames(timeline.shots[shot.index]) * 1000 // timeline.canvas.fps
        check_shot(ms, plan_from_dict(shot.plan).move, entitlements)


def check_shot(ms: int, move: Move, entitlements: Entitlements) -> None:
    """Of one shot: how long it is (its handles included, as it is priced), and how the camera moves."""
    require(
        entitlements,
        lambda plan: plan.max_seconds * 1000 >= ms,
        f" {ms / 1000:g} 秒的镜头",
        f"shots of {ms / 1000:g} s",
    )
    require(entitlements, lambda plan: move in moves_of(plan), f"运镜 {move}", f"the camera move {move}")
