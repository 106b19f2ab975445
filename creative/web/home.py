"""The dashboard: what is there to spend, what was made last, and the one thing to do next."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from billing.access import Actor
from billing.memberships import current_period
from billing.models import Organization
from creative.models import Ad, Asset, Product
from creative.web.page import desk, show
from creative.web.words import plan_word


@dataclass(frozen=True)
class Next:
    """``step`` is product, photos, order or again; what it is about stands beside it."""

    step: str
    product: Product | None = None
    ad: Ad | None = None

    @property
    def photo(self) -> Asset | None:
        return self.product.assets.first() if self.product else None


@require_safe
@desk()
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    ordered = Ad.objects.of(actor.organization).exclude(ordered_at=None).select_related("product", "brief")
    period = current_period(actor.organization)
    context = {
        "ads": ordered.prefetch_related("product__texts", "product__assets")[:6],
        "next": _next(actor.organization),
        "plan_name": plan_word(period.plan_code if period else "free"),
    }
    return show(request, actor, "home.html", context, place="home")


def _next(organization: Organization) -> Next:
    product = Product.objects.of(organization).filter(archived_at=None).first()
    if product is None:
        return Next("product")
    if not product.assets.exists():
        return Next("photos", product)
    waiting = Ad.objects.of(organization).filter(state=Ad.State.DRAFT, campaign=None).first()
    if waiting is not None:
        return Next("order", waiting.product, waiting)
    return Next("again", product)
