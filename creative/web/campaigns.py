"""Pages of campaigns: many products x scripts x languages, one quote, one order, a grid of where each ad is."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from billing.errors import BillingError
from creative import campaigns as verbs
from creative import music_tracks, quotes, voicing
from creative.errors import CreativeError, NotFound
from creative.models import Ad, Campaign, Product
from creative.web.campaign_form import CampaignForm
from creative.web.page import balance_of, desk, page_of, polled, show, stop_polling
from creative.web.refusals import explain
from creative.web.way_out import way_out
from templates_engine import library


@dataclass(frozen=True)
class Column:
    template: str
    lang: str


@dataclass(frozen=True)
class Row:
    """The ads of one product, one per column; None where that combination was left out."""

    product: Product
    ads: tuple[Ad | None, ...]


def campaign_of(actor: Actor, campaign_id: str) -> Campaign:
    campaign = Campaign.objects.of(actor.organization).filter(public_id=campaign_id).first()
    if campaign is None:
        raise NotFound("批次", "campaign")
    return campaign


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    ready = Count("ads", filter=Q(ads__state=Ad.State.READY))
    rows = Campaign.objects.of(actor.organization).annotate(ad_count=Count("ads"), ready_count=ready).order_by("-id")
    return show(request, actor, "campaigns/list.html", {"campaigns": page_of(request, rows)}, place="campaigns")


@desk("produce")
def create(request: HttpRequest, actor: Actor) -> HttpResponse:
    """POST makes the drafts and their quote; nothing is spent before the order."""
    shelf = Product.objects.of(actor.organization).filter(archived_at=None).prefetch_related("texts")
    products = {product.public_id: product for product in shelf}
    form = CampaignForm(
        request.POST if request.method == "POST" else None,
        products=list(products.values()),
        scripts=library.visible(actor.organization),
        tracks=music_tracks.tracks_of(actor.organization),
        voice=(voiceless := voicing.silent()) is None,
    )
    if form.is_valid():
        given, shape = form.cleaned_data, form.shape()
        try:
            made = verbs.draft_campaign(
                actor.organization,
                name=given["name"],
                products=[products[public_id] for public_id in given["products"]],
                template_ids=given["scripts"],
                langs=given["langs"],
                seconds=shape.seconds,
                aspects=shape.aspects,
                theme=shape.theme,
                music=shape.music,
                track=shape.track,
                spoken=shape.spoken,
                agency=actor.agency,
            )
            return redirect("campaign", made.public_id)
        except CreativeError as refusal:
            form.add_error(None, explain(refusal))
    context = {"form": form, "any_products": bool(products), "voiceless": voiceless}
    return show(request, actor, "campaigns/new.html", context, place="campaigns")


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, campaign_id: str) -> HttpResponse:
    return _page(request, actor, campaign_of(actor, campaign_id))


def _page(
    request: HttpRequest, actor: Actor, campaign: Campaign, *, refusal: CreativeError | BillingError | None = None
) -> HttpResponse:
    context = _grid(actor, campaign) | {
        "refusal": explain(refusal) if refusal else "",
        "way_out": way_out(actor, refusal),
        "left_out": [{**line, "zh": line["reason_zh"], "en": line["reason"]} for line in campaign.left_out],
    }
    status = refusal.status if refusal else 200
    return show(request, actor, "campaigns/detail.html", context, place="campaigns", status=status)


@require_safe
@desk()
def grid(request: HttpRequest, actor: Actor, campaign_id: str) -> HttpResponse:
    """What moves on the page; the whole page anew at the end."""
    campaign = campaign_of(actor, campaign_id)
    if campaign.state != Campaign.State.RUNNING:
        return stop_polling()
    states = list(campaign.ads.order_by("id").values_list("pk", "state"))
    return polled(
        request, actor, "campaigns/_grid.html", _grid(actor, campaign), seen=(states, campaign.cancel_requested)
    )


def _grid(actor: Actor, campaign: Campaign) -> dict[str, object]:
    """Products down, script and language across."""
    ads = list(campaign.ads.select_related("product", "brief").prefetch_related("product__texts").order_by("id"))
    # The brief's template is what was asked for; empty means "the best fitting", which differs from product to product.
    columns = list(dict.fromkeys(Column(ad.brief.template_id, ad.brief.lang) for ad in ads))
    placed = {(ad.product_id, Column(ad.brief.template_id, ad.brief.lang)): ad for ad in ads}
    products = {ad.product_id: ad.product for ad in ads}
    rows = [
        Row(product, tuple(placed.get((product_id, column)) for column in columns))
        for product_id, product in products.items()
    ]
    missing = campaign.credits_quoted - balance_of(actor.organization).available
    return {
        "campaign": campaign,
        "columns": columns,
        "rows": rows,
        "total": len(ads),
        "ready": sum(ad.state == Ad.State.READY for ad in ads),
        "failed": sum(ad.state == Ad.State.FAILED for ad in ads),
        "short": max(missing, 0),
        "off_peak_price": quotes.off_peak_price(campaign),
    }


@require_POST
@desk("produce")
def order(request: HttpRequest, actor: Actor, campaign_id: str) -> HttpResponse:
    campaign = campaign_of(actor, campaign_id)
    try:
        verbs.order_campaign(campaign, by=actor.user)
    except (BillingError, CreativeError) as refusal:
        campaign.refresh_from_db()
        return _page(request, actor, campaign, refusal=refusal)
    return redirect("campaign", campaign.public_id)


@require_POST
@desk("produce")
def cancel(request: HttpRequest, actor: Actor, campaign_id: str) -> HttpResponse:
    campaign = campaign_of(actor, campaign_id)
    try:
        verbs.cancel_campaign(campaign)
    except CreativeError as refusal:
        return _page(request, actor, campaign, refusal=refusal)
    return redirect("campaign", campaign.public_id)
