"""/campaigns: many ads, one quote, one order."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from creative import campaigns, products, quotes
from creative.api.base import DeskView
from creative.api.idempotency import once
from creative.api.schema import IDEMPOTENCY_KEY, PAGING, operation, page_of
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
    @operation(
        "campaigns_list", "The campaigns, newest first.", parameters=PAGING, responses={200: page_of(CampaignRow)}
    )
    def get(self, request: Request) -> Response:
        return self.page(request, Campaign.objects.of(self.organization), CampaignRow)

    @operation(
        "campaigns_create",
        "Draft many ads at once: every product in every language with each chosen template of that language.",
        request=CampaignIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: CampaignOut},
    )
    @once()
    def post(self, request: Request) -> Response:
        given = CampaignIn(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        chosen = [products.product_of(self.organization, product_id) for product_id in wanted.pop("products")]
        return self.shown(request, campaigns.draft_campaign(self.organization, products=chosen, **wanted), status=201)


class CampaignDetail(CampaignView):
    @operation("campaigns_read", "One campaign with the state of each ad.", responses={200: CampaignOut})
    def get(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, self.campaign(campaign_id))


class CampaignOrder(CampaignView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A quote that is out of date is renewed here, so that the refusal does not roll the new price back."""
        super().initial(request, *args, **kwargs)
        quotes.renew_campaign(self.campaign(kwargs["campaign_id"]))

    @operation(
        "campaigns_order",
        "One hold for all ads, admitted whole or not at all.",
        request=None,
        parameters=[IDEMPOTENCY_KEY],
        responses={202: CampaignOut},
        pays=True,
    )
    @once(default_key=lambda campaign_id: f"order:{campaign_id}")
    def post(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, campaigns.order_campaign(self.campaign(campaign_id), by=self.actor.user), status=202)


class CampaignCancel(CampaignView):
    @operation(
        "campaigns_cancel",
        "Stop what is not ready; ready ads stay and are paid.",
        request=None,
        responses={202: CampaignOut},
    )
    def post(self, request: Request, campaign_id: str) -> Response:
        return self.shown(request, campaigns.cancel_campaign(self.campaign(campaign_id)), status=202)
