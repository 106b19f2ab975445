"""How the finished files of an ad look over the wire: films, covers, previews."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creative.api.base import absolute
from creative.models import AdOutput
from generation.kept import PREVIEWS


class CoverOut(serializers.Serializer[Any]):
    """A cover image; ``size_known``: the platform says this size, else it is the film's own."""

    platform = serializers.CharField()
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size_known = serializers.BooleanField()


class PreviewIn(serializers.Serializer[Any]):
    aspect = serializers.CharField(help_text="One of the ad's, such as 9:16")
    kind = serializers.ChoiceField(list(PREVIEWS), help_text="mp4: all of it, silent; webp: 3 s; gif: all of it")


class PreviewOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    url = serializers.CharField()


class OutputOut(serializers.ModelSerializer[AdOutput]):
    """A finished file. ``checks`` and ``label``: what was read back from its bytes; ``previews``: those that were made."""

    url = serializers.SerializerMethodField()
    poster_url = serializers.SerializerMethodField()
    contact_sheet_url = serializers.SerializerMethodField()
    covers = serializers.SerializerMethodField()
    previews = serializers.SerializerMethodField()
    width = serializers.IntegerField(source="rendition.width")
    height = serializers.IntegerField(source="rendition.height")
    duration_ms = serializers.SerializerMethodField()
    bytes = serializers.IntegerField(source="rendition.bytes")
    sha256 = serializers.CharField(source="rendition.sha256")
    checks = serializers.JSONField(source="rendition.checks")
    label = serializers.JSONField(source="rendition.label")  # type: ignore[assignment]  # the field is called so

    class Meta:
        model = AdOutput
        fields = [
            "aspect",
            "url",
            "poster_url",
            "contact_sheet_url",
            "covers",
            "previews",
            "width",
            "height",
            "duration_ms",
            "bytes",
            "sha256",
            "checks",
            "label",
        ]

    def get_url(self, output: AdOutput) -> str:
        return self._at("media-ad", output)

    def get_poster_url(self, output: AdOutput) -> str:
        return self._at("media-poster", output)

    def get_contact_sheet_url(self, output: AdOutput) -> str:
        return self._at("media-contact", output)

    def get_duration_ms(self, output: AdOutput) -> int:
        made = output.rendition
        return 0 if made is None else round(made.frames * 1000 / made.fps)

    @extend_schema_field(CoverOut(many=True))
    def get_covers(self, output: AdOutput) -> list[dict[str, object]]:
        return [
            {
                "platform": item["platform"],
                "url": self._at("media-cover", output, item["platform"]),
                "width": item["width"],
                "height": item["height"],
                "size_known": item["known"],
            }
            for item in (output.rendition.covers if output.rendition else [])
        ]

    @extend_schema_field(PreviewOut(many=True))
    def get_previews(self, output: AdOutput) -> list[dict[str, object]]:
        made = output.rendition.previews if output.rendition else []
        return [{"kind": kind, "url": self._at("media-preview", output, kind)} for kind in made]

    def _at(self, route: str, output: AdOutput, *more: str) -> str:
        args = [output.ad.public_id, output.aspect.replace(":", "x"), *more]
        return absolute(self.context.get("request"), reverse(route, args=args))
