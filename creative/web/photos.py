"""Photos coming in through the browser: dropped one by one (each gets its own tile back) or sent as one plain form."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative.intake import images
from creative.intake.clean import MIN_SIDE
from creative.intake.images import IntakeReport
from creative.models import Product
from creative.products import product_of
from creative.web.page import desk, show


def shelf(product: Product) -> dict[str, object]:
    """What the photo part of a product's page needs."""
    return {
        "photos": product.assets.all(),
        "first": product.assets.first(),
        "max_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "min_side": MIN_SIDE,
    }


@require_POST
@desk("produce")
def upload(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    """Keeps every good file and says of every other what is wrong with it."""
    product = product_of(actor.organization, product_id)
    files = [(file.name or "", file) for file in request.FILES.getlist("photos")]
    background = request.POST.get("background") or "#ffffff"
    report = images.accept(actor.organization, product, files, background=background)
    if request.headers.get("HX-Request"):
        return _tiles(request, product, report)
    refused = report.refused + report.duplicates
    context = {"product": product, "refused": refused, **shelf(product)}
    return show(request, actor, "products/detail.html", context, place="products")


def _tiles(request: HttpRequest, product: Product, report: IntakeReport) -> HttpResponse:
    first = product.assets.first()
    context = {"photos": report.accepted, "first": first, "refused": report.refused + report.duplicates}
    return render(request, "creative/products/_tiles.html", context)
