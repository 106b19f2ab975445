"""Hit videos for the learning tests: analyses that follow a planted order, with deletions and changes where asked for."""

from collections.abc import Sequence
from random import Random

from templates_engine.domain.analysis import (
    SCHEMA,
    AnalysedShot,
    CaptionLook,
    CaptionPosition,
    LineSource,
    Observation,
    Tempo,
    TimedLine,
    VideoAnalysis,
)
from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.template import Spread

CLASSIC = (Role.HOOK, Role.PAIN, Role.REVEAL, Role.SELLING_POINT, Role.OFFER, Role.CTA)
OFFER_LED = (Role.OFFER, Role.URGENCY, Role.DEMO, Role.SOCIAL_PROOF, Role.CTA)
LENGTHS_MS = {
    Role.HOOK: 2_000,
    Role.PAIN: 3_000,
    Role.REVEAL: 2_000,
    Role.SELLING_POINT: 5_000,
    Role.DEMO: 4_000,
    Role.SOCIAL_PROOF: 3_000,
    Role.OFFER: 3_000,
    Role.URGENCY: 2_000,
    Role.CTA: 3_000,
    Role.OTHER: 1_000,
}
WORDS = {
    "zh": {
        Role.HOOK: "第{n}次了，你家也这样吗",
        Role.PAIN: "每回都要弄上半天，累得直不起腰{n}",
        Role.REVEAL: "直到我换了这一款{n}号",
        Role.SELLING_POINT: "轻轻一按就能拆下来冲洗{n}",
        Role.DEMO: "你看我现在倒一点上去{n}",
        Role.SOCIAL_PROOF: "用了小半年还跟新的一样{n}",
        Role.OFFER: "今天直播间只要{n}9元",
        Role.URGENCY: "就这一批，卖完就没有了{n}",
        Role.CTA: "左下角的链接拍一个回去{n}",
        Role.OTHER: "好的家人们{n}",
    },
    "en": {role: f"some words about the {role} number {{n}}" for role in Role},
}


def hit(
    name: str,
    order: Sequence[Role] = CLASSIC,
    *,
    lang: str = "zh",
    category: str = "kitchen",
    platform: str = "douyin",
    metrics: tuple[Observation, ...] = (),
    pictures: bool = True,
    stretch: float = 1.0,
) -> VideoAnalysis:
    """One line and one shot a beat; ``stretch`` makes the whole video longer."""
    lines, shots, now = [], [], 0
    for place, role in enumerate(order):
        end = now + round(LENGTHS_MS[role] * stretch)
        words = WORDS[lang][role].format(n=sum(map(ord, name)) % 89 + place)
        lines.append(TimedLine(now, end - 200, words, LineSource.TRANSCRIPT, ((role, 1.0),)))
        camera = Camera.PUSH if role is Role.HOOK else Camera.STATIC
        shots.append(AnalysedShot(now, end, camera, Framing.CLOSE if place % 2 else Framing.MEDIUM))
        now = end
    look = CaptionLook("lower_third", CaptionPosition.BOTTOM, 0.05, Spread(4, 8, 12))
    return VideoAnalysis(
        video_id=name,
        schema=SCHEMA,
        lang=lang,
        category=category,
        platform=platform,
        campaign="",
        duration_ms=now,
        width=1080,
        height=1920,
        fps=30.0,
        shots=tuple(shots) if pictures else (),
        lines=tuple(lines),
        caption_look=look if pictures else None,
        tempo=Tempo(120.0, (0, 500), 0.5) if pictures else None,
        metrics=metrics,
    )


def hits(count: int, order: Sequence[Role] = CLASSIC, *, seed: int = 1, **known: object) -> list[VideoAnalysis]:
    """Like ``hit``, stretched by up to a tenth; each leaves out a middle beat now and then."""
    rng = Random(seed)
    found = []
    for number in range(count):
        told = [role for role in order if role in (order[0], order[-1]) or rng.random() > 0.1]
        found.append(hit(f"{order[0]}{seed}-{number}", told, stretch=rng.uniform(0.9, 1.1), **known))
    return found
