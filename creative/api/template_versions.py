"""/templates/<id>/versions, /diff, /retire, /reactivate: the versions of one family, and which of them is offered."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from creative.api.base import DeskView
from creative.api.schema import operation
from creative.api.templates import Words
from creative.errors import NotFound
from templates_engine import versions
from templates_engine.errors import TemplateNotFound
from templates_engine.versions import Version


class VersionOut(serializers.Serializer[Any]):
    """``active``: offered for new ads. Any version can still be read by its id, because ads name it."""

    id = serializers.CharField(source="template.id")
    version = serializers.IntegerField(source="template.version")
    active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    learned_from = serializers.SerializerMethodField()

    def get_learned_from(self, version: Version) -> int:
        return len(version.template.members)


class DiffOut(serializers.Serializer[Any]):
    """``changes``: what the newer one does otherwise, a sentence each; none where nothing notable changed."""

    old = serializers.CharField(source="old.id")
    new = serializers.CharField(source="new.id")
    changes = Words(many=True)


class TemplateView(DeskView):
    """Of one template. What is not there, or not for the caller, is 404 in the words of this API."""

    def handle_exception(self, exc: Exception) -> Response:
        missing = isinstance(exc, TemplateNotFound)
        return super().handle_exception(NotFound("模板", "template") if missing else exc)

    def versions(self, template_id: str) -> Response:
        return Response(VersionOut(versions.history(self.organization, template_id), many=True).data)


class TemplateVersions(TemplateView):
    @operation(
        "templates_versions", "All versions of a template, the newest first.", responses={200: VersionOut(many=True)}
    )
    def get(self, request: Request, template_id: str) -> Response:
        return self.versions(template_id)


class TemplateDiff(TemplateView):
    @operation(
        "templates_diff",
        "What this version does otherwise than another one of the same template.",
        parameters=[OpenApiParameter("from", OpenApiTypes.STR, required=True, description="The id of the other one.")],
        responses={200: DiffOut},
    )
    def get(self, request: Request, template_id: str) -> Response:
        old = request.query_params.get("from", "")
        if not old:
            raise ValidationError({"from": "Name the version to compare with, such as ?from=tpl_mine_zh_v1."})
        return Response(DiffOut(versions.compare(self.organization, old, template_id)).data)


class TemplateRetire(TemplateView):
    @operation(
        "templates_retire",
        "Offer this version of your own no more, to you and whomever it is shared with. Ads made with it stay.",
        request=None,
        responses={200: VersionOut(many=True)},
    )
    def post(self, request: Request, template_id: str) -> Response:
        versions.retire(self.organization, template_id)
        return self.versions(template_id)


class TemplateReactivate(TemplateView):
    @operation(
        "templates_reactivate",
        "Offer this version of your own again, in place of the other versions.",
        request=None,
        responses={200: VersionOut(many=True)},
    )
    def post(self, request: Request, template_id: str) -> Response:
        versions.reactivate(self.organization, template_id)
        return self.versions(template_id)
