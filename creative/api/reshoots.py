"""/ads/{id}/shots/{index}/reshoot: what it costs to film one shot anew, and doing it."""

from rest_framework.request import Request
from rest_framework.response import Response

from creative import production
from creative.api.ads import AdView
from creative.api.idempotency import once
from creative.api.schema import IDEMPOTENCY_KEY, operation
from creative.api.shapes_ads import AdOut
from creative.api.shapes_reshoots import ReshootIn, ReshootQuoteOut


class ShotReshoot(AdView):
    @operation(
        "ads_reshoot_quote",
        "What filming this shot anew costs; the parameters are those of the order. Nothing changes.",
        parameters=[ReshootIn],
        responses={200: ReshootQuoteOut},
    )
    def get(self, request: Request, ad_id: str, index: int) -> Response:
        given = ReshootIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        quote = production.quote_reshoot(self.ad(ad_id), index, **given.validated_data)
        return Response(ReshootQuoteOut(quote).data)

    @operation(
        "ads_reshoot",
        "Reserve the price of one shot of a ready ad and film it anew; a failure leaves the ad as it is.",
        request=ReshootIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={202: AdOut},
        pays=True,
    )
    @once()
    def post(self, request: Request, ad_id: str, index: int) -> Response:
        given = ReshootIn(data=request.data)
        given.is_valid(raise_exception=True)
        ad = production.reshoot(self.ad(ad_id), index, by=self.actor.user, **given.validated_data)
        return self.shown(request, ad, status=202)
