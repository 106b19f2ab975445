"""What an ad may show beside words and price, as far as the facts bear it out, and when: one thing at a time.

* a discount badge a moment after the price tag, where there is a list price; it never promises more than the tag does,
* a countdown over the urgent part, where the offer has a last day that is still to come and near,
* a rating over the line that tells it, where that line rests on a proof that says whose it is and how many gave one,
* the logo of the brand kit above the product as it is revealed.

All are *optional* (``Overlay.optional``): a shape that has no room leaves them out, and no order fails for them. A QR
code is never set by itself: whoever watches on a phone can not scan the phone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from generation.domain.timeline import Overlay, OverlayKind
from templates_engine.domain.beats import Role
from templates_engine.domain.facts import Price, Proof
from templates_engine.domain.script import Script

LEAST_OFF = 5  # per cent; less is not worth a badge
AFTER_TAG_MS = 700  # the price is read first
LEAST_MS = 1_000  # an ornament that stands shorter only flickers
LONGEST_MS = 3_000
STING_AFTER_MS, STING_MS = 400, 1_500  # the picture has arrived first
FARTHEST_DAYS = 45  # an offer that ends later is no reason to hurry
OFFER = {"zh": "优惠截止", "en": "Offer"}
PRICE_NOW = "现价"
# Such as "天猫评分4.8，12345条评价" and "4.8 out of 5 on Tmall from 12,345 ratings": whose, how good, of how many.
_RATINGS = {
    "zh": re.compile(
        r"(?P<source>[\w ]{2,16}?)(?:商品|店铺|综合)?评分[：: ]?(?P<value>[0-5]\.\d)分?[，,、（( ]{0,2}(?:共|来自)?"
        r"(?P<count>\d[\d,]*)(?:条|个|位|人)(?:评价|评论|评分|买家)"
    ),
    "en": re.compile(
        r"(?P<value>[0-5]\.\d)(?: out of 5|/5| stars?) on (?P<source>[\w ]{2,16}?),? (?:from|by|with) "
        r"(?P<count>\d[\d,]*) (?:ratings|reviews|buyers|customers)",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True)
class Evidence:
    """What ornaments may rest on. ``logo``: storage name and SHA-256 of the brand kit's; ``proofs`` as in the facts."""

    price: Price | None = None
    proofs: tuple[Proof, ...] = ()
    ends_on: date | None = None
    today: date | None = None
    logo: str = ""
    logo_sha256: str = ""
    brand: str = ""


NOTHING = Evidence()


def ornaments(
    script: Script, others: Sequence[Overlay], evidence: Evidence, fps: int, card_start: int
) -> tuple[Overlay, ...]:
    """Beside the overlays that the ad has anyway (``others``, in frames); none reaches into the end card.

    What says something of the price comes first; rating and logo give way to that, to the price tag and to each other.
    """
    stage = _Stage(script, fps, card_start, tuple(one for one in others if one.kind is OverlayKind.PRICE_TAG))
    counted = _countdown(stage, evidence)
    found = [*counted, *_badge(stage, evidence, counted)]
    for more in (_rating(stage, evidence), _sting(stage, evidence)):
        found += [one for one in more if not any(_together(one, other) for other in (*found, *stage.tags))]
    return tuple(sorted(found, key=lambda overlay: overlay.start))


def _together(one: Overlay, other: Overlay) -> bool:
    return one.start < other.end and other.start < one.end


@dataclass(frozen=True)
class _Stage:
    """An ad's time: ``tags`` are its price tags."""

    script: Script
    fps: int
    card_start: int
    tags: tuple[Overlay, ...]

    def at(self, ms: int) -> int:
        return min((ms * self.fps + 500) // 1000, self.card_start)

    def frames(self, ms: int) -> int:
        return ms * self.fps // 1000

    def shown(self, name: str, kind: OverlayKind, start: int, end: int, text: str, **more: str | int) -> list[Overlay]:
        """Nothing where it would only flicker."""
        if end - start < self.frames(LEAST_MS):
            return []
        return [Overlay(name, kind, start, end, text, style="", optional=True, **more)]  # type: ignore[arg-type]


def _countdown(stage: _Stage, evidence: Evidence) -> list[Overlay]:
    """Over the last urgent beat; without one the offer is told in words only."""
    last, today = evidence.ends_on, evidence.today
    if last is None or today is None or not 0 <= (last - today).days <= FARTHEST_DAYS:
        return []
    urgent = [beat for beat in stage.script.beats if beat.role is Role.URGENCY]
    if not urgent:
        return []
    start, end = stage.at(urgent[-1].start_ms), stage.at(urgent[-1].end_ms)
    title = OFFER[stage.script.lang]
    return stage.shown("countdown", OverlayKind.COUNTDOWN, start, end, title, ends_on=last.isoformat())


def _badge(stage: _Stage, evidence: Evidence, counted: Sequence[Overlay]) -> list[Overlay]:
    """While the first price tag stands, beginning a moment later and gone before anything is counted."""
    told = discount(evidence.price, stage.script.lang)
    if told is None or not stage.tags or not (stage.script.price_text and stage.script.list_price_text):
        return []
    tag = stage.tags[0]
    start = tag.start + stage.frames(AFTER_TAG_MS)
    end = min([tag.end, start + stage.frames(LONGEST_MS), *(one.start for one in counted if one.start >= tag.start)])
    text, small = told
    return stage.shown("badge", OverlayKind.DISCOUNT_BADGE, start, end, text, second_text=small)


def discount(price: Price | None, lang: str) -> tuple[str, str] | None:
    """(text, small line below) of the badge, such as ("现价|7.7折", "") or ("23%", "OFF"); None for no discount to speak of.

    Rounded against the merchant: what is paid is never more than the badge says.
    """
    if price is None or price.list_amount is None or not 0 < price.amount < price.list_amount:
        return None
    off = (price.list_amount - price.amount) * 100 // price.list_amount
    if off < LEAST_OFF:
        return None
    if lang == "en":
        return f"{off}%", "OFF"
    whole, tenth = divmod(-(-price.amount * 100 // price.list_amount), 10)
    return f"{PRICE_NOW}|{whole}.{tenth}折" if tenth else f"{PRICE_NOW}|{whole}折", ""


def _rating(stage: _Stage, evidence: Evidence) -> list[Overlay]:
    """Over the first beat that rests on a proof which is a rating."""
    for beat in stage.script.beats:
        for path in beat.facts:
            kind, _, place = path.partition(".")
            if kind != "proofs" or not place.isdigit() or int(place) >= len(evidence.proofs):
                continue
            found = rating_in(evidence.proofs[int(place)], stage.script.lang)
            if found is not None:
                value, source, count = found
                start = stage.at(beat.start_ms)
                end = min(stage.at(beat.end_ms), start + stage.frames(LONGEST_MS))
                return stage.shown("rating", OverlayKind.RATING, start, end, value, source=source, count=count)
    return []


def rating_in(proof: Proof, lang: str) -> tuple[str, str, int] | None:
    """(value, whose it is, how many gave one) of a proof that tells all three and names its evidence."""
    found = _RATINGS[lang].search(proof.text) if proof.evidence.strip() else None
    if found is None:
        return None
    value, source, count = found["value"], found["source"].strip(), int(found["count"].replace(",", ""))
    return (value, source, count) if 0 < float(value) <= 5 and source and count else None


def _sting(stage: _Stage, evidence: Evidence) -> list[Overlay]:
    """As the product is revealed, so that the brand is known early."""
    name = evidence.brand or stage.script.headline
    reveal = next((beat for beat in stage.script.beats if beat.role is Role.REVEAL), None)
    if not evidence.logo or not name or reveal is None:
        return []
    start = stage.at(reveal.start_ms) + stage.frames(STING_AFTER_MS)
    end = min(start + stage.frames(STING_MS), stage.at(reveal.end_ms))
    return stage.shown(
        "logo", OverlayKind.LOGO_STING, start, end, name, image=evidence.logo, image_sha256=evidence.logo_sha256
    )
