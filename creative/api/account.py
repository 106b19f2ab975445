"""/credits and /engines: what the account has, and what films."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import ledger
from billing.memberships import current_period, ensure_daily
from creative.api.base import DeskView, absolute
from creative.api.schema import operation, page_of
from generation.engines import registry

PAGE = 50


class LotOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    free = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True)


class CreditsOut(serializers.Serializer[Any]):
    """``available`` can be spent now, ``held`` is reserved for work that runs; ``lots`` in the order of use."""

    plan = serializers.CharField()
    plan_ends_at = serializers.DateTimeField(allow_null=True)
    available = serializers.IntegerField()
    held = serializers.IntegerField()
    lots = LotOut(many=True)


class StatementLineOut(serializers.Serializer[Any]):
    """``credits`` changes what is available; ``spent`` is paid for good; ``reference`` is such as an ad's id."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    words = serializers.CharField()
    credits = serializers.IntegerField()
    spent = serializers.IntegerField()
    reference = serializers.CharField()
    reason = serializers.CharField()


class EngineOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField(source="title_en")
    title_zh = serializers.CharField()
    moves = serializers.ListField(child=serializers.CharField())
    max_ms = serializers.IntegerField()
    needs_gpu = serializers.BooleanField()
    ready = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())


class Credits(DeskView):
    @operation("credits_read", "The balance and where it comes from.", responses={200: CreditsOut})
    def get(self, request: Request) -> Response:
        ensure_daily(self.organization)
        now = ledger.balance(self.organization)
        period = current_period(self.organization)
        shown = {
            "plan": period.plan_code if period else "free",
            "plan_ends_at": period.ends_at if period else None,
            "available": now.available,
            "held": now.held,
            "lots": now.lots,
        }
        return Response(CreditsOut(shown).data)


class Statement(DeskView):
    @operation(
        "credits_statement",
        "Every movement of credits, newest first; ``reference`` keeps those of one ad or campaign.",
        parameters=[OpenApiParameter("before", OpenApiTypes.INT), OpenApiParameter("reference", OpenApiTypes.STR)],
        responses={200: page_of(StatementLineOut)},
    )
    def get(self, request: Request) -> Response:
        before = request.query_params.get("before", "")
        lines = ledger.statement(
            self.organization,
            before=int(before) if before.isdecimal() else None,
            limit=PAGE,
            reference=request.query_params.get("reference", ""),
        )
        more = f"{reverse('api-statement')}?before={lines[-1].cursor}" if len(lines) == PAGE else None
        found = StatementLineOut(lines, many=True).data
        return Response({"next": more and absolute(request, more), "previous": None, "results": found})


class Engines(DeskView):
    @operation(
        "engines_list",
        "What can film here, and what is missing where it cannot.",
        responses={200: EngineOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        found = []
        for spec in registry.specs():
            missing = registry.engine(spec.id).missing()
            shown = {
                name: getattr(spec, name) for name in ("id", "version", "title_en", "title_zh", "max_ms", "needs_gpu")
            }
            found.append(shown | {"moves": sorted(spec.moves), "ready": not missing, "missing": missing})
        return Response(EngineOut(found, many=True).data)
