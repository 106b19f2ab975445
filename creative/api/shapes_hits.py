"""How hits look over the wire."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creative.api.base import absolute
from creative.api.shapes_products import RefusalOut
from creative.api.templates import TemplateOut, Words
from templates_engine import hits
from templates_engine.domain.analysis_json import to_dict
from templates_engine.models import Hit


class HitIn(serializers.Serializer[Any]):
    """A video and a transcript of one name belong together; a transcript may come alone, a sheet of results too."""

    files = serializers.ListField(
        child=serializers.FileField(), help_text="Videos (MP4, MOV, WebM), transcripts (SRT, VTT, JSON), a sheet (CSV)."
    )
    rights = serializers.ChoiceField(Hit.Rights.choices)
    lang = serializers.ChoiceField(["zh", "en"], required=False, help_text="Told from the words when left out.")
    category = serializers.CharField(max_length=40, required=False)
    platform = serializers.CharField(max_length=40, required=False)
    campaign = serializers.CharField(max_length=120, required=False)


class HitErrorOut(serializers.Serializer[Any]):
    code = serializers.CharField(source="error_code")
    detail = serializers.CharField(source="error_en")
    detail_zh = serializers.CharField(source="error_zh")


class HitOut(serializers.ModelSerializer[Hit]):
    """``state`` is pending, working, done or failed; ``told`` counts the lines that tell something."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="video_id")
    error = serializers.SerializerMethodField()
    picture_urls = serializers.SerializerMethodField(help_text="One small picture of each shot.")

    class Meta:
        model = Hit
        fields = [
            "id",
            "name",
            "state",
            "percent",
            "error",
            "lang",
            "category",
            "platform",
            "campaign",
            "rights",
            "told",
            "picture_urls",
            "created_at",
        ]

    @extend_schema_field(HitErrorOut(allow_null=True))
    def get_error(self, hit: Hit) -> dict[str, object] | None:
        return dict(HitErrorOut(hit).data) if hit.error_code else None

    def get_picture_urls(self, hit: Hit) -> list[str]:
        request = self.context.get("request")
        return [absolute(request, reverse("media-hit", args=[hit.public_id, at])) for at in range(hit.pictures)]


class HitDetailOut(HitOut):
    """``analysis``: everything that was measured, with the roles that you corrected; null before that."""

    analysis = serializers.SerializerMethodField()

    class Meta(HitOut.Meta):
        fields = [*HitOut.Meta.fields, "analysis"]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_analysis(self, hit: Hit) -> dict[str, object] | None:
        video = hits.analysis_of(hit)
        return to_dict(video) if video is not None else None


class HitReportOut(serializers.Serializer[Any]):
    """``measured``: hits that got numbers from the sheet, earlier ones too."""

    accepted = HitOut(many=True, source="taken")
    measured = HitOut(many=True)
    refused = RefusalOut(many=True)


class LearnIn(serializers.Serializer[Any]):
    hits = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=hits.MOST_LEARNED_FROM
    )


class LearnOut(serializers.Serializer[Any]):
    """``used``: so many hits were measured and could be learned from; ``notes``: what was left out, and why."""

    templates = TemplateOut(many=True)
    used = serializers.IntegerField()
    notes = Words(many=True)
