"""/campaigns: many ads, one quote, one order."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from creative import campaigns, products
from creative.api.base import IDEMPOTENCY_KEY, DeskView
from creative.api.idempotency import once
from creative.api.problem import PAYMENT, PROBLEMS, page_of
from creative.api.shapes_ads import CampaignIn, CampaignOut, CampaignRow
from creative.errors import NotFound
from creative.models import Campaign


class CampaignView(DeskView):
    def campaign(self, campaign_id: str) -> Campaign:
        rows = Campaign.objects.of(self.organization).select_related("organization", "hold")
        campaign = rows.filter(public_id=campaign_id).first()
        if campaign is None:
            raise NotFound("项目", "campaign")
        return campaign

    def shown(self, request: Request, campaign: Campaign, status: int = 200) -> Response:
        return Response(CampaignOut(campaign, context={"request": request}).data, status=status)


class Campaigns(CampaignView):
    @extend_schema(operation_id="campaigns_list", responses={200: page_of(CampaignRow), **PROBLEMS})
    def get(self, request: Request) -> Response:
        return self.page(request, Campaign.objects.of(self.organization), CampaignRow)

    @extend_schema(
        operation_id="campaigns_create",
        request=CampaignIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: CampaignOut, **PROBLEMS},
    )
    @once()
    def post(self, request: Request) -> Response:
        given = CampaignIn(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        chosen = [products.product_of(self.organization, product_id) for product_id in wanted.pop("products")]
        return self.shown(request, campaigns.draft_campaign(self.organization, products=chosen, **wanted), status=201)


class CampaignDetail(CampaignView):
    @extend_schema(operation_id="campaigns_read", responses={200: CampaignOut, **PROBLEMS})
    def get(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, self.campaign(campaign_id))


class CampaignOrder(CampaignView):
    @extend_schema(
        operation_id="campaigns_order",
        request=None,
        parameters=[IDEMPOTENCY_KEY],
        responses={202: CampaignOut, **PROBLEMS, **PAYMENT},
        description="One hold for all ads, admitted whole or not at all.",
    )
    @once(default_key=lambda campaign_id: f"order:{campaign_id}")
    def post(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, campaigns.order_campaign(self.campaign(campaign_id)), status=202)


class CampaignCancel(CampaignView):
    @extend_schema(operation_id="campaigns_cancel", request=None, responses={202: CampaignOut, **PROBLEMS})
    def post(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, campaigns.cancel_campaign(self.campaign(campaign_id)), status=202)
