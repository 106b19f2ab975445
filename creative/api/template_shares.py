"""/templates/<id>/shares and /template-shares: an agency lends templates to merchants, who accept them or do not."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creative.api.base import DeskView
from creative.api.schema import operation
from creative.api.template_versions import TemplateView
from creative.api.templates import Words
from creative.errors import NotFound
from templates_engine import library, sharing
from templates_engine.errors import ShareNotFound
from templates_engine.sharing import Shared


class ShareIn(serializers.Serializer[Any]):
    """``to``: the number of the merchant's organization, org_..., as it stands at the end of its template page.

    The name of a merchant that is your client does as well."""

    to = serializers.CharField(max_length=120)


class ShareOut(serializers.Serializer[Any]):
    """One template lent, seen from either side; ``accepted_at`` is null while the receiver has not answered."""

    id = serializers.CharField(source="share.public_id")
    family = serializers.CharField(source="share.family")
    name = Words()
    lang = serializers.CharField()
    owner = serializers.CharField(source="share.organization.name")
    receiver = serializers.CharField(source="share.to_organization.name")
    receiver_id = serializers.CharField(source="share.to_organization.public_id")
    created_at = serializers.DateTimeField(source="share.created_at")
    accepted_at = serializers.DateTimeField(source="share.accepted_at", allow_null=True)


class SharesOut(serializers.Serializer[Any]):
    """``given``: what you share; ``received``: what others share with you, offers included."""

    given = ShareOut(many=True)
    received = ShareOut(many=True)


class ShareView(DeskView):
    def handle_exception(self, exc: Exception) -> Response:
        missing = isinstance(exc, ShareNotFound)
        return super().handle_exception(NotFound("共享", "share") if missing else exc)


class TemplateShares(TemplateView):
    """The shares of one template of one's own."""

    @operation(
        "templates_shares",
        "With whom a template of your own is shared.",
        responses={200: ShareOut(many=True)},
    )
    def get(self, request: Request, template_id: str) -> Response:
        template = library.get(template_id, self.organization)
        return Response(ShareOut(sharing.given(self.organization, template.family), many=True).data)

    @operation(
        "templates_share",
        "Offer all versions of a template of your own to a merchant. Only agencies may; twice is one offer.",
        request=ShareIn,
        responses={201: ShareOut},
    )
    def post(self, request: Request, template_id: str) -> Response:
        given = ShareIn(data=request.data)
        given.is_valid(raise_exception=True)
        by = self.actor.name
        made = sharing.share(self.organization, template_id, given.validated_data["to"], by=by)
        return Response(ShareOut(_of(sharing.given(self.organization), made.public_id)).data, status=201)


class TemplateShareList(ShareView):
    @operation("template_shares_list", "What is shared by you and with you.", responses={200: SharesOut})
    def get(self, request: Request) -> Response:
        both = {"given": sharing.given(self.organization), "received": sharing.received(self.organization)}
        return Response(SharesOut(both).data)


class TemplateShareDetail(ShareView):
    @operation(
        "template_shares_end",
        "End a share: the owner takes it back, or the receiver wants it no more. Ads made with it stay.",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, share_id: str) -> Response:
        sharing.end(self.organization, share_id)
        return Response(status=204)


class TemplateShareAccept(ShareView):
    @operation(
        "template_shares_accept",
        "Accept what an agency offers you: from now on you may make ads with it.",
        request=None,
        responses={200: ShareOut},
    )
    def post(self, request: Request, share_id: str) -> Response:
        taken = sharing.accept(self.organization, share_id)
        return Response(ShareOut(_of(sharing.received(self.organization), taken.public_id)).data)


def _of(shares: tuple[Shared, ...], share_id: str) -> Shared:
    return next(one for one in shares if one.share.public_id == share_id)
