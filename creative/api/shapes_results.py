"""How results of published ads, and what is believed of the templates, look over the wire."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creative.api.templates import Words
from creative.models import PublishedAd
from creative.results import Line, Reported
from templates_engine.domain.analysis import Observation
from templates_engine.models import PublishedResult

BIGGEST = 10**13
CURRENCIES = ("CNY", "USD", "EUR", "GBP")


def _count(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=BIGGEST, **kwargs)


def _share() -> serializers.FloatField:
    return serializers.FloatField(min_value=0, max_value=1, allow_null=True, default=None, help_text="0 to 1.")


class ResultIn(serializers.Serializer[Any]):
    """One ad at one age. ``ad``: its id (ad_...), or the platform's own id where that was noted on the ad.

    What the platform does not tell is left out: 0 orders is not the same as unknown.
    """

    ad = serializers.CharField(max_length=200)
    platform = serializers.CharField(max_length=40, allow_blank=True, default="")
    age_h = serializers.IntegerField(min_value=0, max_value=87_840, help_text="Hours since it was published.")
    views = _count()
    hold_3s = _share()
    completion = _share()
    likes = _count(allow_null=True, default=None)
    comments = _count(allow_null=True, default=None)
    shares = _count(allow_null=True, default=None)
    clicks = _count(allow_null=True, default=None)
    orders = _count(allow_null=True, default=None)
    spend = serializers.DecimalField(
        max_digits=13,
        decimal_places=2,
        min_value=Decimal(0),
        allow_null=True,
        default=None,
        help_text='In units of the currency, such as "129.00".',
    )
    currency = serializers.ChoiceField(CURRENCIES, default="CNY")


def reported(row: dict[str, Any]) -> Reported:
    """A validated ``ResultIn``."""
    numbers = dict(row)
    name, spend = numbers.pop("ad"), numbers.pop("spend")
    return Reported(name, Observation(spend_fen=None if spend is None else int(spend * 100), **numbers))


class KeptOut(serializers.Serializer[Any]):
    """``fate``: new, replaces (an earlier report of the same age said otherwise) or same."""

    ad = serializers.CharField(source="ad.public_id")
    platform = serializers.CharField(source="reported.seen.platform")
    age_h = serializers.IntegerField(source="reported.seen.age_h")
    fate = serializers.CharField(source="fate.value")


class ReportOut(serializers.Serializer[Any]):
    kept = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    def get_kept(self, lines: tuple[Line, ...]) -> int:
        return len(lines)

    @extend_schema_field(KeptOut(many=True))
    def get_results(self, lines: tuple[Line, ...]) -> list[dict[str, Any]]:
        return [dict(line) for line in KeptOut(lines, many=True).data]


class ResultRow(serializers.ModelSerializer[PublishedResult]):
    """One kept result."""

    ad = serializers.CharField(source="script_id")
    template = serializers.CharField(source="template_id")
    spend = serializers.SerializerMethodField()
    source = serializers.CharField(help_text=", ".join(PublishedResult.Source.values))  # type: ignore[assignment]

    class Meta:
        model = PublishedResult
        fields = [
            "ad",
            "template",
            "platform",
            "published_at",
            "age_h",
            "views",
            "hold_3s",
            "completion",
            "likes",
            "comments",
            "shares",
            "clicks",
            "orders",
            "spend",
            "currency",
            "source",
            "recorded_at",
        ]

    def get_spend(self, row: PublishedResult) -> str | None:
        return None if row.spend_fen is None else f"{Decimal(row.spend_fen) / 100:.2f}"


class EstimateOut(serializers.Serializer[Any]):
    """A mean with its 90 % interval, ``usual`` for comparison, and how many ads speak for it (0: taken as usual)."""

    mean = serializers.FloatField()
    low90 = serializers.FloatField()
    high90 = serializers.FloatField()
    usual = serializers.FloatField()
    ads = serializers.IntegerField()


class RateOut(EstimateOut):
    """Orders in so many views (or so much spent), from a sample of ``exposure`` views (or fen) with ``orders``."""

    exposure = serializers.IntegerField()
    orders = serializers.IntegerField()


class SpendRateOut(RateOut):
    currency = serializers.CharField()


class EvidenceOut(serializers.Serializer[Any]):
    """What your published ads say of one template: four things, each by itself; null where too little was reported."""

    template = serializers.CharField()
    orders_per_1000_views = RateOut(allow_null=True)
    orders_per_100_spent = SpendRateOut(allow_null=True)
    views_beside_usual = EstimateOut(allow_null=True)
    hold_3s = EstimateOut(allow_null=True)
    completion = EstimateOut(allow_null=True)
    words = Words(many=True)


class PublishedIn(serializers.Serializer[Any]):
    platform = serializers.CharField(max_length=40)
    video_id = serializers.CharField(max_length=120, allow_blank=True, default="")
    url = serializers.CharField(max_length=400, allow_blank=True, default="")
    published_at = serializers.DateTimeField(allow_null=True, default=None)


class PublishedOut(serializers.ModelSerializer[PublishedAd]):
    """Where an ad was published: an export that holds this ``video_id`` is matched to it."""

    class Meta:
        model = PublishedAd
        fields = ["platform", "video_id", "url", "published_at", "created_at"]
