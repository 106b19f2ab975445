"""The library of script templates: search, offers of agencies, and which product an ad is to be made for."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from billing.access import Actor
from billing.models import Organization
from creative.models import Product
from creative.products import facts_of
from creative.web.brief_form import SECONDS
from creative.web.library_form import SearchForm
from creative.web.page import desk, page_of, show
from creative.web.template_pages import template_of
from templates_engine import library, sharing
from templates_engine.domain.reasons import Reason
from templates_engine.domain.search import Query
from templates_engine.domain.template import ScriptTemplate

PER_PAGE = 12


@dataclass(frozen=True)
class Candidate:
    """A product on the page that asks for one: the order form's address if the template can tell it, else why not."""

    product: Product
    address: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether an ad can be made right away."""
        return bool(self.address) and bool(self.product.assets.all())


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    organization = actor.organization
    form = SearchForm(request.GET, categories=library.categories(organization))
    query = form.query()
    found = library.search(organization, query)
    received = sharing.received(organization)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "tab": "templates",
        "form": form,
        "found": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "total": len(found),
        "searching": query != Query(),
        "asked": asked.urlencode(),
        "offers": [one for one in received if not one.accepted],
        "given": sharing.given(organization),
        "is_agency": organization.kind == Organization.Kind.AGENCY,
    }
    return show(request, actor, "library/list.html", context, place="templates")


@require_safe
@desk()
def use(request: HttpRequest, actor: Actor, template_id: str) -> HttpResponse:
    """Which product the ad is for: those with facts in the template's language, with what still stands in the way."""
    listed = template_of(actor, template_id)
    template = listed.template
    rows = Product.objects.of(actor.organization).filter(archived_at=None, texts__lang=template.lang)
    products = page_of(request, rows.prefetch_related("texts", "assets"), PER_PAGE)
    context = {
        "tab": "templates",
        "listed": listed,
        "template": template,
        "products": products,
        "candidates": sorted((_candidate(product, template) for product in products), key=lambda one: not one.ready),
        "other_products": Product.objects.of(actor.organization).filter(archived_at=None).exists(),
    }
    return show(request, actor, "library/use.html", context, place="templates")


def _candidate(product: Product, template: ScriptTemplate) -> Candidate:
    length = min(SECONDS, key=lambda seconds: abs(seconds * 1000 - template.duration.p50))
    found = library.eligibility(template, facts_of(product, template.lang), length * 1000)
    if not found.ok:
        return Candidate(product, reasons=found.reasons)
    return Candidate(product, _order_form(product, template, length))


def _order_form(product: Product, template: ScriptTemplate, length: int) -> str:
    """The address of the order form with this script chosen and its usual length asked for."""
    asked: dict[str, str | int] = {
        "lang": template.lang,
        "seconds": length,
        "aspects": "9:16",
        "theme": "ember",
        "music": "yes",
        "seed": "1",
        "template": template.id,
    }
    return f"{reverse('ad-new', args=[product.public_id])}?{urlencode(asked)}"
