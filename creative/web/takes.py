"""The shots of a ready ad, each with what it costs to film it anew."""

from dataclasses import dataclass

from billing.memberships import entitlements_for
from billing.pricing import tariff
from creative import previews, production, quotes
from creative.allowed import moves_of
from creative.brief import engine_spec
from creative.errors import CreativeError
from creative.models import Ad, Asset, Reshoot
from creative.web.words import chosen


@dataclass(frozen=True)
class Offer:
    """One shot and what stands in its form. ``credits``: for the next take of it; another photo never costs more."""

    index: int
    role: str
    asset: Asset
    move: str
    credits: int
    listed: int  # without the off-peak price


def takes_of(ad: Ad) -> dict[str, object]:
    """The context of ``_shots.html``; empty where nothing can be filmed anew now."""
    try:
        takes = [production.quote_reshoot(ad, shot.index) for shot in ad.shots.all()]
    except CreativeError:
        return {"offers": []}
    offers = [Offer(q.shot.index, q.shot.role, q.asset, q.plan.move.value, q.credits, q.listed) for q in takes]
    moves = engine_spec(takes[0].plan.engine).moves & moves_of(entitlements_for(ad.organization))
    return {
        "offers": offers,
        "off_peak_until": quotes.until_words(tariff()),
        "photos": list(ad.product.assets.filter(kind=Asset.Kind.PHOTO).order_by("position", "id")),
        "moves": [(move, chosen(*words)) for move, words in previews.MOVES.items() if move in moves],
    }


def trouble_of(ad: Ad) -> dict[str, object]:
    """Why the latest reshoot failed, if it did: the page says that the film is the old one."""
    latest = ad.reshoots.first() if ad.round else None
    if latest is None or latest.state != Reshoot.State.FAILED:
        return {"trouble": None}
    return {"trouble": latest, "trouble_words": chosen(latest.reason, latest.reason_en)}
