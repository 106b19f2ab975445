"""/credits and /engines: what the account has, and what films."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.budgets import funds
from billing.memberships import current_period
from billing.models import Entry
from creative import statement
from creative.api.base import DeskView, absolute
from creative.api.schema import operation, page_of
from generation.engines import registry

PAGE = 50


class LotOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    free = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True)


class CreditsOut(serializers.Serializer[Any]):
    """``available`` can be spent now, ``held`` is reserved for work that runs; ``lots`` in the order of use.

    Where an agency pays, this is what is left of the month's budget, and there are no lots."""

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


class AskedIn(serializers.Serializer[Any]):
    """What to keep of a statement; everything where nothing is asked."""

    kind = serializers.ChoiceField(choices=Entry.Kind.choices, required=False)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    product = serializers.CharField(required=False)
    campaign = serializers.CharField(required=False)


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
        now = funds(self.organization)
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
        "Every movement of credits, newest first; ``reference`` keeps those of one ad or campaign, ``product`` and "
        "``campaign`` those of all their ads, ``kind`` one sort of line, ``first`` and ``last`` the days between.",
        parameters=[
            OpenApiParameter("before", OpenApiTypes.INT),
            OpenApiParameter("reference", OpenApiTypes.STR),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=Entry.Kind.values),
            OpenApiParameter("first", OpenApiTypes.DATE),
            OpenApiParameter("last", OpenApiTypes.DATE),
            OpenApiParameter("product", OpenApiTypes.STR),
            OpenApiParameter("campaign", OpenApiTypes.STR),
        ],
        responses={200: page_of(StatementLineOut)},
    )
    def get(self, request: Request) -> Response:
        before = request.query_params.get("before", "")
        given = AskedIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        lines = statement.lines(
            self.organization,
            statement.Asked(**given.validated_data),
            before=int(before) if before.isdecimal() else None,
            limit=PAGE,
            reference=request.query_params.get("reference", ""),
        )
        kept = request.query_params.copy()
        kept["before"] = str(lines[-1].cursor) if lines else ""
        more = f"{reverse('api-statement')}?{kept.urlencode()}" if len(lines) == PAGE else None
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
