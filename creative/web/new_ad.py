"""Choosing a script for a product, seeing its storyboard and its price. Nothing is spent on this page."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative import music_tracks, production, voicing
from creative.errors import CreativeError
from creative.models import Ad, Product
from creative.products import facts_of, product_of
from creative.web.ad_words import price_of, storyboard_of
from creative.web.brief_form import BriefForm
from creative.web.page import desk, show
from templates_engine import library
from templates_engine.domain.choose import Term
from templates_engine.domain.reasons import Reason
from templates_engine.domain.template import ScriptTemplate


@dataclass(frozen=True)
class Card:
    """A template on the page: why it fits, or why it does not."""

    template: ScriptTemplate
    terms: tuple[Term, ...] = ()
    reasons: tuple[Reason, ...] = ()
    checked: bool = False


@desk("produce")
def new(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    """GET ranks the scripts for what is asked; POST (without scripts in the browser) makes the draft and goes to it."""
    product = product_of(actor.organization, product_id)
    if not product.assets.exists():
        messages.warning(request, _("先给这件商品上传至少一张照片，再来制作广告。"))
        return redirect("product", product.public_id)
    voiceless = voicing.silent()
    form = _form(product, request.POST if request.method == "POST" else _asked(request), voice=voiceless is None)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("ad", _draft(actor, product, form, request.POST).public_id)
        except CreativeError as refusal:
            problem = refusal
    fitting, unfit = _cards(actor, product, form, request)
    context = {
        "product": product, "form": form, "choices": fitting, "unfit": unfit, "problem": problem, "voiceless": voiceless,
    }  # fmt: skip
    return show(request, actor, "ads/new.html", context, place="products")


@require_POST
@desk("produce")
def preview(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    """The storyboard and the price of one choice, as a part of the page."""
    product = product_of(actor.organization, product_id)
    form = _form(product, request.POST, voice=voicing.silent() is None)
    if not form.is_valid():
        return show(request, actor, "ads/_preview_refused.html", {"form": form})
    try:
        ad = _draft(actor, product, form, request.POST)
    except CreativeError as refusal:
        return show(request, actor, "ads/_preview_refused.html", {"problem": refusal})
    return show(request, actor, "ads/_preview.html", storyboard_of(ad) | price_of(actor.organization, ad))


def _form(product: Product, data: QueryDict | None, *, voice: bool) -> BriefForm:
    langs = [text.lang for text in product.texts.all()]
    return BriefForm(data, langs=langs, tracks=music_tracks.tracks_of(product.organization), voice=voice)


def _asked(request: HttpRequest) -> QueryDict | None:
    return request.GET if "lang" in request.GET else None


def _draft(actor: Actor, product: Product, form: BriefForm, data: QueryDict) -> Ad:
    """A new draft; the one that this page showed before is put away."""
    given, shape = form.cleaned_data, form.shape()
    made = production.draft(
        actor.organization,
        product=product,
        lang=given["lang"],
        template_id=data.get("template", ""),
        seed=int(given["seed"]),
        seconds=shape.seconds,
        aspects=shape.aspects,
        theme=shape.theme,
        music=shape.music,
        pick=given["pick"],
        agency=actor.agency,
        track=shape.track,
        spoken=shape.spoken,
    )
    shown = Ad.objects.of(actor.organization).filter(
        public_id=data.get("shown", ""), state=Ad.State.DRAFT, campaign=None
    )
    for earlier in shown:
        production.cancel(earlier)
    return made.ad


def _cards(actor: Actor, product: Product, form: BriefForm, request: HttpRequest) -> tuple[list[Card], list[Card]]:
    """The scripts of the asked language: those that fit, best first, and those that do not, with why."""
    asked = form.cleaned_data if form.is_valid() else {name: field.initial for name, field in form.fields.items()}
    lang = asked.get("lang") or form["lang"].initial
    target_ms = int(asked["seconds"]) * 1000
    facts = facts_of(product, lang)
    templates = {template.id: template for template in library.visible(actor.organization, lang=lang)}
    ranked = library.rank_for(
        actor.organization, facts, target_ms, int(asked["seed"]), safest=asked["pick"] == "safest"
    )
    picked = request.POST.get("template") or request.GET.get("template", "")
    fitting = [
        Card(templates[choice.template_id], choice.terms, checked=choice.template_id == picked) for choice in ranked
    ]
    offered = {card.template.id for card in fitting}
    unfit = [
        Card(template, reasons=library.eligibility(template, facts, target_ms).reasons)
        for template in templates.values()
        if template.id not in offered
    ]
    return fitting, unfit
