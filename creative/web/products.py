"""Pages of products: the shelf, one product, its facts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.access import Actor
from creative import products as verbs
from creative.models import Ad, Product
from creative.web.facts_form import FactsForm
from creative.web.page import desk, page_of, show
from creative.web.photos import shelf


@require_safe
@desk()
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = Product.objects.of(actor.organization).filter(archived_at=None).prefetch_related("texts", "assets")
    return show(request, actor, "products/list.html", {"products": page_of(request, rows)}, place="products")


@desk("produce")
def create(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = FactsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        product = verbs.create_product(actor.organization, form.draft)
        messages.success(request, _("已保存。现在放几张照片。"))
        return redirect("product", product.public_id)
    return show(request, actor, "products/form.html", {"form": form}, place="products")


@desk("produce")
def edit(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    product = verbs.product_of(actor.organization, product_id)
    form = FactsForm(request.POST if request.method == "POST" else None, product=verbs.draft_of(product))
    if form.is_valid():
        verbs.update_product(product, form.draft)
        messages.success(request, _("已保存。新广告会用新的资料。"))
        return redirect("product", product.public_id)
    return show(request, actor, "products/form.html", {"form": form, "product": product}, place="products")


@require_safe
@desk()
def detail(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    product = verbs.product_of(actor.organization, product_id)
    ads = Ad.objects.of(actor.organization).filter(product=product).exclude(state=Ad.State.DRAFT)
    context = {"product": product, "ads": ads.select_related("brief", "product")[:6], **shelf(product)}
    return show(request, actor, "products/detail.html", context, place="products")


@require_POST
@desk("produce")
def archive(request: HttpRequest, actor: Actor, product_id: str) -> HttpResponse:
    verbs.archive(verbs.product_of(actor.organization, product_id))
    messages.success(request, _("已收起。它的广告都还在。"))
    return redirect("products")
