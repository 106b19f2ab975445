"""/ads: a draft with its price, the order, the progress, the files."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from creative import production, products, quotes, small_views
from creative.api.base import DeskView
from creative.api.idempotency import once
from creative.api.schema import IDEMPOTENCY_KEY, PAGING, operation, page_of
from creative.api.shapes_ads import AdIn, AdOut, AdRow, ProgressOut
from creative.api.shapes_outputs import PreviewIn
from creative.errors import NotFound
from creative.media import rendition_of
from creative.models import Ad


class AdView(DeskView):
    def ad(self, ad_id: str) -> Ad:
        rows = Ad.objects.of(self.organization).select_related(
            "product", "brief__track", "campaign", "organization", "hold"
        )
        ad = rows.filter(public_id=ad_id).first()
        if ad is None:
            raise NotFound("广告", "ad")
        return ad

    def shown(self, request: Request, ad: Ad, status: int = 200) -> Response:
        headers = {"Location": reverse("api-ad", args=[ad.public_id])} if status == 201 else None
        return Response(AdOut(ad, context={"request": request}).data, status=status, headers=headers)


class Ads(AdView):
    @operation(
        "ads_list",
        "The ads, newest first.",
        parameters=[
            *PAGING,
            OpenApiParameter("state", OpenApiTypes.STR, enum=Ad.State.values),
            OpenApiParameter("product", OpenApiTypes.STR),
        ],
        responses={200: page_of(AdRow)},
    )
    def get(self, request: Request) -> Response:
        rows = Ad.objects.of(self.organization).select_related("product", "brief__track", "campaign")
        if request.query_params.get("state"):
            rows = rows.filter(state=request.query_params["state"])
        if request.query_params.get("product"):
            rows = rows.filter(product__public_id=request.query_params["product"])
        return self.page(request, rows, AdRow)

    @operation(
        "ads_create",
        "A draft: script, shots and price. Nothing is spent before the order.",
        request=AdIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: AdOut},
    )
    @once()
    def post(self, request: Request) -> Response:
        given = AdIn(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        product = products.product_of(self.organization, wanted.pop("product"))
        return self.shown(request, production.draft(self.organization, product=product, **wanted).ad, status=201)


class AdDetail(AdView):
    @operation(
        "ads_read",
        "One ad: script, progress, and its files as soon as all of them have passed every check.",
        responses={200: AdOut},
    )
    def get(self, request: Request, ad_id: str) -> Response:
        return self.shown(request, self.ad(ad_id))


class AdOrder(AdView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A quote that is out of date is renewed here, so that the refusal does not roll the new price back."""
        super().initial(request, *args, **kwargs)
        quotes.renew(self.ad(kwargs["ad_id"]))

    @operation(
        "ads_order",
        "Reserve the quoted credits and start. Without the header the ad's own id is the key.",
        request=None,
        parameters=[IDEMPOTENCY_KEY],
        responses={202: AdOut},
        pays=True,
    )
    @once(default_key=lambda ad_id: f"order:{ad_id}")
    def post(self, request: Request, ad_id: str) -> Response:
        return self.shown(request, production.order(self.ad(ad_id), by=self.actor.user), status=202)


class AdCancel(AdView):
    @operation(
        "ads_cancel", "Stop an ad that is not ready; every credit returns.", request=None, responses={202: AdOut}
    )
    def post(self, request: Request, ad_id: str) -> Response:
        return self.shown(request, production.cancel(self.ad(ad_id)), status=202)


class AdPreviews(AdView):
    @operation(
        "ads_preview",
        "Make a small moving picture of a finished file (seconds of work, no credits); it is kept as long as the file.",
        request=PreviewIn,
        responses={201: AdOut},
    )
    def post(self, request: Request, ad_id: str) -> Response:
        given = PreviewIn(data=request.data)
        given.is_valid(raise_exception=True)
        rendition = rendition_of(self.actor, ad_id, given.validated_data["aspect"])
        small_views.make(rendition, given.validated_data["kind"])
        return self.shown(request, self.ad(ad_id), status=201)


class AdProgressView(AdView):
    @operation("ads_progress", "How far an ad is; ``poll_after`` says when to ask again.", responses={200: ProgressOut})
    def get(self, request: Request, ad_id: str) -> Response:
        now = ProgressOut(production.progress(self.ad(ad_id))).data
        headers = {"Retry-After": str(now["poll_after"])} if now["poll_after"] else None
        return Response(now, headers=headers)
