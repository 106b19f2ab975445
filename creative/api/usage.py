"""/usage and /plans: what was filmed and paid, and what is on sale."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing import catalogue, pricing
from creative import usage
from creative.api.base import DeskView
from creative.api.schema import operation
from creative.usage_csv import as_csv

DAYS = [
    OpenApiParameter("first", OpenApiTypes.DATE, description="Default: 29 days before ``last``."),
    OpenApiParameter("last", OpenApiTypes.DATE, description="Included. Default: today. At most 366 days."),
]


class DaysIn(serializers.Serializer[Any]):
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=sorted(usage.KEYS), default="day")


class TotalOut(serializers.Serializer[Any]):
    """``key`` is a day or an id, empty for what has none; ``ms`` of picture took the engine ``engine_ms``."""

    key = serializers.CharField()
    name = serializers.CharField()
    shots = serializers.IntegerField()
    ms = serializers.IntegerField()
    engine_ms = serializers.IntegerField()
    credits = serializers.IntegerField()


class UsageOut(serializers.Serializer[Any]):
    """Credits are net of refunds. What failed, was cancelled or rejected costs nothing, so it is not here."""

    first = serializers.DateField()
    last = serializers.DateField()
    by = serializers.CharField()
    total = TotalOut()
    results = TotalOut(many=True)


class PlanOut(serializers.Serializer[Any]):
    """``price`` in fen for one calendar month; ``entitlements`` as they are copied into what is bought."""

    code = serializers.CharField()
    price = serializers.IntegerField(source="price_fen")
    credits = serializers.IntegerField()
    daily_credits = serializers.IntegerField()
    entitlements = serializers.DictField()


class PackOut(serializers.Serializer[Any]):
    """``price`` in fen; ``bonus`` credits come in a lot of their own, and all of them live ``days``."""

    code = serializers.CharField()
    price = serializers.IntegerField(source="price_fen")
    credits = serializers.IntegerField()
    bonus = serializers.IntegerField()
    days = serializers.IntegerField()


class PlansOut(serializers.Serializer[Any]):
    """``percent`` of the list price is what work costs now, below 100 until ``off_peak_until``."""

    version = serializers.CharField()
    currency = serializers.CharField()
    plans = PlanOut(many=True)
    packs = PackOut(many=True)
    percent = serializers.IntegerField()
    off_peak_until = serializers.DateTimeField(allow_null=True)


class UsageView(DeskView):
    def days(self, request: Request) -> tuple[date, date, str]:
        """First and last day, and what to sum by. Raises ValidationError."""
        given = DaysIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        first, last = usage.span(asked.get("first"), asked.get("last"))
        return first, last, asked["by"]


class Usage(UsageView):
    @operation(
        "usage_read",
        "What was filmed and paid, summed by day, product, campaign, member, engine or ad.",
        parameters=[*DAYS, OpenApiParameter("by", OpenApiTypes.STR, enum=sorted(usage.KEYS))],
        responses={200: UsageOut},
    )
    def get(self, request: Request) -> Response:
        first, last, by = self.days(request)
        lines = usage.usage(self.organization, first, last)
        shown = {
            "first": first,
            "last": last,
            "by": by,
            "total": usage.total_of(lines),
            "results": usage.totals(lines, by),
        }
        return Response(UsageOut(shown).data)


class UsageLines(UsageView):
    @operation(
        "usage_lines",
        "One row per shot that was paid, as CSV.",
        parameters=DAYS,
        responses={(200, "text/csv"): OpenApiTypes.STR},  # type: ignore[dict-item]
    )
    def get(self, request: Request) -> HttpResponse:
        first, last, _ = self.days(request)
        return HttpResponse(as_csv(usage.usage(self.organization, first, last)), content_type="text/csv; charset=utf-8")


class Plans(DeskView):
    @operation("plans_list", "The plans and packs on sale, and the price of work now.", responses={200: PlansOut})
    def get(self, request: Request) -> Response:
        sold, now = catalogue.current(), pricing.tariff()
        shown = {
            "version": sold.version,
            "currency": sold.currency,
            "plans": [asdict(plan) for plan in sold.plans],
            "packs": sold.packs,
            "percent": now.percent,
            "off_peak_until": now.until,
        }
        return Response(PlansOut(shown).data)
