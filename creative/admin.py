"""The operator's view of ads, campaigns and products: to look and to find, not to change.

What is to change goes through the verbs (an ad is cancelled on its page), so that credits and jobs follow.
"""

from django.contrib import admin
from django.http import HttpRequest

from creative.models import (
    Ad,
    AdOutput,
    AdShot,
    Asset,
    Campaign,
    LineRecording,
    PaidClip,
    Product,
    ProductText,
    PublishedAd,
    Reshoot,
    ScriptEdit,
    WebhookDelivery,
    WebhookEndpoint,
)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ShotInline(ReadOnlyInline):
    model = AdShot
    fields = ["index", "role", "asset", "credits", "job", "clip_key"]


class OutputInline(ReadOnlyInline):
    model = AdOutput
    fields = ["aspect", "job", "rendition"]


class TextInline(ReadOnlyInline):
    model = ProductText
    fields = ["lang", "title", "name", "audience"]


class AssetInline(ReadOnlyInline):
    model = Asset
    fields = ["position", "original_name", "width", "height", "sha256"]


@admin.register(Ad)
class AdAdmin(ReadOnly):
    list_display = ["public_id", "organization", "product", "state", "template_id", "credits_quoted", "credits_settled"]
    list_filter = ["state", "template_id"]
    list_select_related = ["organization", "product"]
    search_fields = ["public_id", "organization__name", "organization__public_id", "reason_code"]
    date_hierarchy = "created_at"
    inlines = [ShotInline, OutputInline]


@admin.register(Reshoot)
class ReshootAdmin(ReadOnly):
    list_display = ["public_id", "ad", "kind", "index", "state", "credits_quoted", "credits_settled", "created_at"]
    list_filter = ["state"]
    list_select_related = ["ad"]
    search_fields = ["public_id", "ad__public_id", "reason_code"]


@admin.register(LineRecording)
class LineRecordingAdmin(ReadOnly):
    list_display = ["ad", "place", "organization", "by", "created_at"]
    list_select_related = ["organization", "ad"]
    search_fields = ["ad__public_id", "by", "organization__name"]


@admin.register(ScriptEdit)
class ScriptEditAdmin(ReadOnly):
    list_display = ["ad", "number", "organization", "actor", "restored", "created_at"]
    list_select_related = ["organization", "ad"]
    search_fields = ["ad__public_id", "actor", "organization__name"]


@admin.register(Campaign)
class CampaignAdmin(ReadOnly):
    list_display = ["public_id", "organization", "name", "state", "credits_quoted", "credits_settled"]
    list_filter = ["state"]
    list_select_related = ["organization"]
    search_fields = ["public_id", "name", "organization__name"]


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = ["public_id", "organization", "category", "brand", "price", "archived_at"]
    list_select_related = ["organization"]
    search_fields = ["public_id", "external_id", "brand", "texts__name", "organization__name"]
    inlines = [TextInline, AssetInline]


@admin.register(PaidClip)
class PaidClipAdmin(ReadOnly):
    list_display = ["clip_key", "organization", "ad", "credits", "created_at"]
    list_select_related = ["organization", "ad"]
    search_fields = ["clip_key", "ad__public_id"]


@admin.register(PublishedAd)
class PublishedAdAdmin(ReadOnly):
    list_display = ["ad", "organization", "platform", "video_id", "published_at"]
    list_filter = ["platform"]
    list_select_related = ["organization", "ad"]
    search_fields = ["ad__public_id", "video_id", "url", "organization__name"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnly):
    list_display = ["public_id", "organization", "url", "failures", "disabled_at", "disabled_reason", "created_by"]
    list_select_related = ["organization"]
    search_fields = ["public_id", "url", "organization__name"]
    exclude = ["salt"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    list_display = [
        "public_id",
        "organization",
        "message",
        "endpoint",
        "state",
        "attempts",
        "status",
        "error",
        "due_at",
    ]
    list_filter = ["state", "error"]
    list_select_related = ["organization", "message", "endpoint"]
    search_fields = ["public_id", "message__public_id", "endpoint__url", "organization__name"]
