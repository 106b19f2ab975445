"""How an ad is cut, in a few words for its storyboard: the way out of each shot, and what stands over it, and why."""

from collections.abc import Sequence

from generation.domain.timeline import Overlay, OverlayKind, TimelineShot, Transition

# (zh, en) of every way but the plain cut, which needs no word.
TRANSITIONS = {
    Transition.DISSOLVE: ("叠化：换一层意思", "Dissolve: another thought"),
    Transition.PUSH: ("推移：卖点一个接一个", "Push: one point after the other"),
    Transition.WHIP: ("甩镜：卖点快节奏接着说", "Whip: points at a fast pace"),
    Transition.ZOOM: ("穿镜：带进产品亮相", "Zoom: into the reveal"),
    Transition.LIGHT_LEAK: ("漏光：暖暖地亮相", "Light leak: a warm reveal"),
    Transition.MATCH_CUT: ("匹配剪辑：产品不动景换", "Match cut: on the product"),
}
INTO_CARD = ("叠化进片尾卡", "Dissolve into the end card")
ORNAMENTS = {
    OverlayKind.PRICE_TAG: ("价格牌", "Price tag"),
    OverlayKind.DISCOUNT_BADGE: ("折扣章：有划线价", "Discount badge: from the list price"),
    OverlayKind.COUNTDOWN: ("截止日：优惠有期限", "Last day: the offer ends"),
    OverlayKind.RATING: ("评分：有出处", "Rating: with its source"),
    OverlayKind.LOGO_STING: ("标志：来自品牌档案", "Logo: from the brand kit"),
    OverlayKind.QR_CODE: ("二维码", "QR code"),
}


def edit_words(shot: TimelineShot, after: TimelineShot | None, begun: Sequence[Overlay]) -> tuple[str, str]:
    """(zh, en), "" where there is nothing to say. ``begun``: the overlays that belong to this shot."""
    said = [ORNAMENTS[overlay.kind] for overlay in begun if overlay.kind in ORNAMENTS]
    if after is not None and shot.transition is not Transition.CUT:
        into_card = after.card is not None and shot.transition is Transition.DISSOLVE
        said.append(INTO_CARD if into_card else TRANSITIONS[shot.transition])
    return " · ".join(zh for zh, _ in said), " · ".join(en for _, en in said)
