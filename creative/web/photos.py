"""Photos coming in through the browser: dropped one by one (each gets its own tile back) or sent as one plain form."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from billing.access import Actor
from creative.errors import NotFound
from creative.intake import images
from creative.intake.clean import MIN_SIDE
from creative.intake.images import IntakeReport
from creative.models import Product
from creative.products import product_of, remove_photo
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
        return _tiles(request, actor, product, report)
    refused = report.refused + report.duplicates
    context = {"product": product, "refused": refused, **shelf(product)}
    return show(request, actor, "products/detail.html", context, place="products")


def _tiles(request: HttpRequest, actor: Actor, product: Product, report: IntakeReport) -> HttpResponse:
    context = {
        "photos": report.accepted,
        "first": product.assets.first(),
        "refused": report.refused + report.duplicates,
    }
    return show(request, actor, "products/_tiles.html", context)


@require_POST
@desk("produce")
def remove(request: HttpRequest, actor: Actor, product_id: str, asset_id: str) -> HttpResponse:
    product = product_of(actor.organization, product_id)
    asset = product.assets.filter(public_id=asset_id).first()
    if asset is None:
        raise NotFound("照片", "photo")
    remove_photo(asset)
    return redirect("product", product.public_id)
