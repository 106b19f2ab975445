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
        said.append(INTO_CARD if into_card else TRANSITIONS[shot.transition])
    return " · ".join(zh for zh, _ in said), " · ".join(en for _, en in said)
