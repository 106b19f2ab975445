"""/ads/{id}/recut: an order that an editor has changed, what it changes, and cutting it so."""

from typing import Any

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from creative import recuts
from creative.api.ads import AdView
from creative.api.schema import operation
from creative.api.shapes_ads import AdOut
from creative.errors import RecutRefused
from creative.models import Ad


class OrderIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="The edited ad.otio of a hand-over.")


class ShotChangeOut(serializers.Serializer[Any]):
    """One shot; ``now`` is null where it was left out. Places count from 0; ``moved``: past another shot."""

    was = serializers.IntegerField()
    now = serializers.IntegerField(allow_null=True)
    duration_ms_was = serializers.IntegerField(source="ms_was")
    duration_ms = serializers.IntegerField(source="ms_now")
    moved = serializers.BooleanField()
    transition_was = serializers.CharField(source="transition_was.value")
    transition = serializers.CharField(source="transition_now.value")


class OrderOut(serializers.Serializer[Any]):
    duration_ms_was = serializers.IntegerField(source="ms_was")
    duration_ms = serializers.IntegerField(source="ms_now")
    shots = ShotChangeOut(source="changes", many=True)


class RecutView(AdView):
    parser_classes = [MultiPartParser]

    def order(self, request: Request, ad: Ad) -> recuts.NewOrder:
        file = request.FILES.get("file")
        if file is None:
            raise RecutRefused("请在 file 字段里上传 .otio 文件。", "upload the .otio in the field 'file'.")
        return recuts.read_order(ad, file.read(recuts.MOST_BYTES + 1))


class RecutChanges(RecutView):
    @operation(
        "ads_recut_changes",
        "What an edited order would change in a ready ad. Nothing is stored; 422 says what cannot be cut.",
        request={"multipart/form-data": OrderIn},
        responses={200: OrderOut},
    )
    def post(self, request: Request, ad_id: str) -> Response:
        return Response(OrderOut(self.order(request, self.ad(ad_id))).data)


class Recut(RecutView):
    @operation(
        "ads_recut",
        "Cut a ready ad in an edited order, from the clips that are there: it costs nothing, and where it fails the ad "
        "keeps its films.",
        request={"multipart/form-data": OrderIn},
        responses={202: AdOut},
    )
    def post(self, request: Request, ad_id: str) -> Response:
        ad = self.ad(ad_id)
        return self.shown(request, recuts.recut(ad, self.order(request, ad), by=self.actor.user), status=202)
