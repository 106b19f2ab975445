"""Pages of ads: the wall, one ad in each of its states, ordering and cancelling."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from billing.errors import BillingError
from creative import production, retention
from creative.errors import CreativeError, NotFound
from creative.models import Ad, Asset, Reshoot
from creative.progress import AdProgress, ShotProgress
from creative.web.ad_words import again, asked_words, files_of, money_words, price_of, storyboard_of
from creative.web.checks import evidence, label_lines
from creative.web.page import desk, page_of, polled, show, stop_polling
from creative.web.published_form import published_of
from creative.web.refusals import explain
from creative.web.small_views import around
from creative.web.takes import takes_of, trouble_of
from creative.web.way_out import way_out

SHOWN = {
    "all": (gettext_lazy("全部"), ()),
    "ready": (gettext_lazy("已完成"), (Ad.State.READY,)),
    "making": (
        gettext_lazy("制作中"),
        (Ad.State.HELD, Ad.State.SHOOTING, Ad.State.ASSEMBLING, Ad.State.CHECKING),
    ),
    "draft": (gettext_lazy("待下单"), (Ad.State.DRAFT,)),
    "ended": (gettext_lazy("没做成"), (Ad.State.FAILED, Ad.State.CANCELLED)),
}


def ad_of(actor: Actor, ad_id: str) -> Ad:
    rows = Ad.objects.of(actor.organization).select_related("product", "brief__track", "campaign")
    ad = rows.filter(public_id=ad_id).first()
    if ad is None:
        raise NotFound("广告", "ad")
    return ad


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    shown = request.GET.get("show", "all")
    states = SHOWN.get(shown, SHOWN["all"])[1]
    rows = _wall(actor, drafts=shown == "draft")
    rows = rows.filter(state__in=states) if states else rows
    filters = [{"code": code, "word": word} for code, (word, _states) in SHOWN.items()]
    context = {"ads": page_of(request, rows), "filters": filters, "shown": shown}
    return show(request, actor, "ads/list.html", context, place="ads")


def _wall(actor: Actor, *, drafts: bool) -> "QuerySet[Ad]":
    """Ads that were ordered; or the ``drafts`` that wait for it, but for those of campaigns, ordered there."""
    rows = Ad.objects.of(actor.organization).select_related("product", "brief")
    shown = rows.filter(state=Ad.State.DRAFT, campaign=None) if drafts else rows.exclude(ordered_at=None)
    return shown.prefetch_related("product__texts", "product__assets")


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    return _page(request, actor, ad_of(actor, ad_id))


def _page(
    request: HttpRequest, actor: Actor, ad: Ad, *, refusal: CreativeError | BillingError | None = None
) -> HttpResponse:
    """The page of an ad in whatever state it is; ``refusal`` is told on top, with its own status."""
    now = production.progress(ad)
    context: dict[str, object] = {
        "asked": asked_words(ad.brief),
        "money_word": money_words(ad),
        "progress": now,
        "shots": _shots(actor, now),
        "running": ad.state not in (*Ad.ENDS, Ad.State.DRAFT),
        "again": again(ad),
        "refusal": explain(refusal) if refusal else "",
        "way_out": way_out(actor, refusal),
    }
    if ad.state == Ad.State.READY and not ad.files_removed:
        context |= {"ad": ad, **_ready(ad, request.GET.get("aspect", "")), **published_of(ad)}
        context |= {"keeping": retention.keeping(ad)}
        context |= (takes_of(ad) | trouble_of(ad)) if actor.may("produce") else {}
    else:
        context |= storyboard_of(ad) | price_of(actor.organization, ad) | (published_of(ad) if ad.files_removed else {})
    return show(request, actor, "ads/detail.html", context, place="ads", status=refusal.status if refusal else 200)


def _ready(ad: Ad, aspect: str) -> dict[str, object]:
    files = files_of(ad)
    chosen = next((file for file in files if file.aspect == aspect), files[0])
    return {
        "files": files,
        "chosen": chosen,
        "script": ad.script,
        "cut_anew": ad.reshoots.filter(kind=Reshoot.Kind.ORDER, state=Reshoot.State.DONE).exists()
        if ad.round
        else False,
        "film_ms": chosen.rendition.frames * 1000 // chosen.rendition.fps,
        **evidence(chosen.rendition),
        **around(ad, chosen.aspect, chosen.rendition),
        "label": label_lines(chosen.rendition),
    }


def _shots(actor: Actor, now: AdProgress) -> list[tuple[ShotProgress, Asset]]:
    photos = Asset.objects.of(actor.organization).in_bulk({shot.thumb for shot in now.shots}, field_name="public_id")
    return [(shot, photos[shot.thumb]) for shot in now.shots]


@require_safe
@desk()
def progress(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """What moves on the page, asked for every two seconds; the whole page anew at the end."""
    ad = ad_of(actor, ad_id)
    now = production.progress(ad)
    if now.ended:
        return stop_polling()
    context = {"ad": ad, "progress": now, "shots": _shots(actor, now)}
    return polled(request, actor, "ads/_progress.html", context, seen=now)


@require_POST
@desk("produce")
def order(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    """Spend the quoted credits and start; refused with nothing started where they do not suffice."""
    ad = ad_of(actor, ad_id)
    try:
        production.order(ad, by=actor.user)
    except (BillingError, CreativeError) as refusal:
        ad.refresh_from_db()
        return _page(request, actor, ad, refusal=refusal)
    return redirect("ad", ad.public_id)


@require_POST
@desk("produce")
def cancel(request: HttpRequest, actor: Actor, ad_id: str) -> HttpResponse:
    ad = ad_of(actor, ad_id)
    try:
        production.cancel(ad)
    except CreativeError as refusal:
        return _page(request, actor, ad, refusal=refusal)
    return redirect("ad", ad.public_id)


@require_POST
@desk("produce")
def reshoot(request: HttpRequest, actor: Actor, ad_id: str, index: int) -> HttpResponse:
    """Spend the price of one shot and film it anew; refused with nothing started where that cannot be."""
    ad = ad_of(actor, ad_id)
    try:
        production.reshoot(
            ad,
            index,
            photo=request.POST.get("photo", ""),
            move=request.POST.get("move", ""),
            by=actor.user,
            agreed=_agreed(request.POST.get("agreed", "")),
        )
    except (BillingError, CreativeError) as refusal:
        return _page(request, actor, ad_of(actor, ad_id), refusal=refusal)
    return redirect("ad", ad.public_id)


def _agreed(text: str) -> int | None:
    """The price that stood on the button."""
    return int(text) if text.isdecimal() and len(text) < 10 else None
