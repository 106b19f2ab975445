"""How an ad is cut, in a few words for its storyboard: the way out of each shot, and what stands over it, and why."""

from collections.abc import Sequence

from generation.domain.timeline import Overlay, OverlayKind, TimelineShot, Transition
from generation.domain.transitions import NAMES

# Why an ad of ours has one, (zh, en); a plain cut needs no word, and a match cut is only there where somebody set it.
REASONS = {
    Transition.DISSOLVE: ("换一层意思", "another thought"),
    Transition.PUSH: ("卖点一个接一个", "one point after the other"),
    Transition.WHIP: ("卖点快节奏接着说", "points at a fast pace"),
    Transition.ZOOM: ("带进产品亮相", "into the reveal"),
    Transition.LIGHT_LEAK: ("暖暖地亮相", "a warm reveal"),
    Transition.MATCH_CUT: ("产品不动景换", "on the product"),
}
INTO_CARD = ("叠化进片尾卡", "Dissolve into the end card")
ORNAMENTS = {
    OverlayKind.PRICE_TAG: ("价格牌", "Price tag"),
    OverlayKind.DISCOUNT_BADGE: ("折扣章（画面有空处时）", "Discount badge where there is room"),
    OverlayKind.COUNTDOWN: ("截止日（画面有空处时）", "Last day of the offer where there is room"),
    OverlayKind.RATING: ("评分和出处（画面有空处时）", "Rating and its source where there is room"),
    OverlayKind.LOGO_STING: ("品牌标志（画面有空处时）", "Brand logo where there is room"),
    OverlayKind.QR_CODE: ("二维码", "QR code"),
}


def edit_words(shot: TimelineShot, after: TimelineShot | None, begun: Sequence[Overlay]) -> tuple[str, str]:
    """(zh, en), "" where there is nothing to say. ``begun``: the overlays that belong to this shot."""
    said = [ORNAMENTS[overlay.kind] for overlay in begun if overlay.kind in ORNAMENTS]
    if after is not None and shot.transition is not Transition.CUT:
        into_card = after.card is not None and shot.transition is Transition.DISSOLVE
        said.append(INTO_CARD if into_card else _passing(shot.transition))
    return " · ".join(zh for zh, _ in said), " · ".join(en for _, en in said)


def _passing(kind: Transition) -> tuple[str, str]:
    (zh, en), (why_zh, why_en) = NAMES[kind], REASONS[kind]
    return f"{zh}：{why_zh}", f"{en}: {why_en}"
