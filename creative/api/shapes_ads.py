"""How ads and their progress look over the wire."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creative.api.base import absolute
from creative.api.shapes_outputs import OutputOut
from creative.api.shapes_reshoots import ReshootOut
from creative.models import Ad, Campaign
from creative.production import progress
from creative.progress import AdProgress
from creative.retention import keeping

POLL_SECONDS = 2


class AdIn(serializers.Serializer[Any]):
    """An empty ``template_id`` or ``engine`` means: choose for me."""

    product = serializers.CharField()
    lang = serializers.ChoiceField(["zh", "en"], default="zh")
    aspects = serializers.ListField(child=serializers.CharField(), default=["9:16"], allow_empty=False, max_length=5)
    seconds = serializers.IntegerField(default=15)
    template_id = serializers.CharField(default="", allow_blank=True)
    engine = serializers.CharField(default="", allow_blank=True)
    theme = serializers.CharField(default="ember")
    music = serializers.BooleanField(default=True)
    track = serializers.CharField(default="", allow_blank=True, help_text="Your own music, such as trk_...")
    spoken = serializers.BooleanField(default=False, help_text="Lines are spoken, where the installation has a voice.")
    seed = serializers.IntegerField(default=1)
    pick = serializers.ChoiceField(
        ["explore", "safest"],
        default="explore",
        help_text="How a template is chosen where none is named: explore tries what your results leave open, safest "
        "takes what they speak for most surely.",
    )


class ShotOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    role = serializers.CharField()
    state = serializers.CharField(help_text="waiting, pending, running, done, failed or cancelled")
    percent = serializers.IntegerField()
    asset = serializers.CharField(source="thumb")


class ProgressOut(serializers.Serializer[Any]):
    """``poll_after``: seconds to wait before asking again; null when the ad has ended."""

    state = serializers.CharField()
    percent = serializers.IntegerField()
    stage = serializers.CharField(source="stage_en")
    stage_zh = serializers.CharField()
    eta_seconds = serializers.IntegerField(allow_null=True)
    shots = ShotOut(many=True)
    cancelling = serializers.BooleanField()
    poll_after = serializers.SerializerMethodField()

    def get_poll_after(self, now: AdProgress) -> int | None:
        return None if now.ended else POLL_SECONDS


class ReasonOut(serializers.Serializer[Any]):
    """One reason for the choice of the template; ``value`` is its part of the score."""

    code = serializers.CharField()
    value = serializers.FloatField()
    zh = serializers.CharField()
    en = serializers.CharField()


class AdRow(serializers.ModelSerializer[Ad]):
    """An ad in a list."""

    id = serializers.CharField(source="public_id")
    state = serializers.CharField(help_text=", ".join(Ad.State.values))
    product = serializers.CharField(source="product.public_id")
    campaign = serializers.CharField(source="campaign.public_id", allow_null=True, default=None)
    lang = serializers.CharField(source="brief.lang")
    aspects = serializers.ListField(child=serializers.CharField(), source="brief.aspects")
    pick = serializers.CharField(source="brief.pick")
    track = serializers.CharField(source="brief.track.public_id", allow_null=True, default=None)
    spoken = serializers.SerializerMethodField()
    reason = serializers.CharField(source="reason_en")
    reason_zh = serializers.CharField(source="reason")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Ad
        fields = [
            "id",
            "url",
            "product",
            "campaign",
            "state",
            "lang",
            "aspects",
            "template_id",
            "pick",
            "track",
            "spoken",
            "credits_quoted",
            "credits_settled",
            "reason_code",
            "reason",
            "reason_zh",
            "created_at",
            "ordered_at",
            "finished_at",
        ]

    def get_url(self, ad: Ad) -> str:
        return absolute(self.context.get("request"), reverse("api-ad", args=[ad.public_id]))

    def get_spoken(self, ad: Ad) -> bool:
        """Whether the installation's voice speaks the lines that have no recording of their own."""
        return bool(ad.brief.voice)


class AdOut(AdRow):
    """One ad with everything: why its template was chosen, its script, its progress and its files."""

    choice = ReasonOut(many=True)
    script = serializers.JSONField()
    progress = serializers.SerializerMethodField()
    outputs = serializers.SerializerMethodField()
    reshoot = serializers.SerializerMethodField()
    files_kept_until = serializers.SerializerMethodField()

    class Meta(AdRow.Meta):
        fields = [
            *AdRow.Meta.fields,
            "files_removed_at",
            "files_kept_until",
            "choice",
            "script",
            "progress",
            "outputs",
            "reshoot",
        ]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_files_kept_until(self, ad: Ad) -> object:
        """When the files are removed by the plan's retention; it never comes nearer. Null without files."""
        kept = keeping(ad)
        return None if kept is None else kept.until

    @extend_schema_field(ProgressOut)
    def get_progress(self, ad: Ad) -> object:
        return ProgressOut(progress(ad)).data

    @extend_schema_field(OutputOut(many=True))
    def get_outputs(self, ad: Ad) -> object:
        """Empty until the ad is ready (a file is given out when all of them have passed), and once they are removed."""
        made = ad.outputs.select_related("rendition", "ad").exclude(rendition=None)
        given = ad.state == Ad.State.READY and not ad.files_removed
        return OutputOut(made if given else [], many=True, context=self.context).data

    @extend_schema_field(ReshootOut(allow_null=True))
    def get_reshoot(self, ad: Ad) -> object:
        """The latest one of this ad, if any."""
        latest = ad.reshoots.first() if ad.round else None
        return None if latest is None else ReshootOut(latest).data


class CampaignIn(serializers.Serializer[Any]):
    """Every product in every language, with each chosen template of that language (or the best fitting one)."""

    name = serializers.CharField(max_length=120)
    products = serializers.ListField(child=serializers.CharField(), allow_empty=False, max_length=200)
    template_ids = serializers.ListField(child=serializers.CharField(), default=list)
    langs = serializers.ListField(child=serializers.CharField(), default=["zh"], allow_empty=False)
    aspects = serializers.ListField(child=serializers.CharField(), default=["9:16"], allow_empty=False, max_length=5)
    seconds = serializers.IntegerField(default=15)
    engine = serializers.CharField(default="", allow_blank=True)
    theme = serializers.CharField(default="ember")
    music = serializers.BooleanField(default=True)
    track = serializers.CharField(default="", allow_blank=True, help_text="Your own music in every ad, such as trk_...")
    spoken = serializers.BooleanField(default=False, help_text="Lines are spoken, where the installation has a voice.")
    seed = serializers.IntegerField(default=1)


class LeftOut(serializers.Serializer[Any]):
    product = serializers.CharField()
    product_name = serializers.CharField()
    template = serializers.CharField()
    lang = serializers.CharField()
    reason = serializers.CharField()
    reason_zh = serializers.CharField()


class CampaignRow(serializers.ModelSerializer[Campaign]):
    id = serializers.CharField(source="public_id")
    state = serializers.CharField(help_text=", ".join(Campaign.State.values))
    url = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = ["id", "url", "name", "state", "credits_quoted", "credits_settled", "created_at", "finished_at"]

    def get_url(self, campaign: Campaign) -> str:
        return absolute(self.context.get("request"), reverse("api-campaign", args=[campaign.public_id]))


class CampaignOut(CampaignRow):
    """``left_out``: combinations that could not become an ad, and why."""

    left_out = LeftOut(many=True)
    ads = serializers.SerializerMethodField()
    poll_after = serializers.SerializerMethodField()

    class Meta(CampaignRow.Meta):
        fields = [*CampaignRow.Meta.fields, "left_out", "ads", "poll_after"]

    @extend_schema_field(AdRow(many=True))
    def get_ads(self, campaign: Campaign) -> object:
        ads = campaign.ads.select_related("product", "campaign", "brief__track").order_by("id")
        return AdRow(ads, many=True, context=self.context).data

    def get_poll_after(self, campaign: Campaign) -> int | None:
        return POLL_SECONDS if campaign.state == Campaign.State.RUNNING else None
