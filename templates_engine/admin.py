"""Templates can be looked at and switched off by an operator; a published document never changes, nor does what was
measured or reported.
"""

from django.contrib import admin
from django.http import HttpRequest

from templates_engine.models import AnalysedVideo, Hit, PublishedResult, RoleCorrection, TemplateShare, TemplateVersion


@admin.register(TemplateVersion)
class TemplateVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["template_id", "name", "lang", "version", "organization", "active", "created_at"]
    list_filter = ["lang", "active"]
    search_fields = ["template_id", "name", "organization__name"]
    readonly_fields = [
        "template_id",
        "family",
        "version",
        "name",
        "lang",
        "document",
        "organization",
        "created_at",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TemplateVersion | None = None) -> bool:
        return False


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    list_select_related = ["organization"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Hit)
class HitAdmin(ReadOnly):
    """How far each hit is, and what was wrong with those that failed; what was measured stands in its analysis."""

    list_display = ["public_id", "video_id", "organization", "state", "percent", "error_code", "attempts", "created_at"]
    list_filter = ["state", "rights", "lang", "platform"]
    search_fields = ["public_id", "video_id", "organization__name", "organization__public_id"]
    date_hierarchy = "created_at"


@admin.register(AnalysedVideo)
class AnalysedVideoAdmin(ReadOnly):
    list_display = ["video_id", "organization", "lang", "category", "platform", "campaign", "updated_at"]
    list_filter = ["lang", "platform"]
    search_fields = ["video_id", "category", "campaign", "organization__name", "organization__public_id"]
    date_hierarchy = "updated_at"


@admin.register(PublishedResult)
class PublishedResultAdmin(ReadOnly):
    list_display = [
        "script_id",
        "organization",
        "template_id",
        "platform",
        "age_h",
        "views",
        "orders",
        "spend_fen",
        "currency",
        "source",
        "recorded_at",
    ]
    list_filter = ["platform", "source", "currency"]
    search_fields = ["script_id", "template_id", "organization__name", "organization__public_id"]
    date_hierarchy = "recorded_at"


@admin.register(TemplateShare)
class TemplateShareAdmin(ReadOnly):
    """Either side ends a share on its own pages; here it is only seen."""

    list_select_related = ["organization", "to_organization"]
    list_display = ["public_id", "family", "organization", "to_organization", "created_by", "created_at", "accepted_at"]
    search_fields = ["public_id", "family", "organization__name", "to_organization__name", "to_organization__public_id"]
    date_hierarchy = "created_at"


@admin.register(RoleCorrection)
class RoleCorrectionAdmin(ReadOnly):
    list_display = ["text", "organization", "lang", "role", "shared", "created_by", "created_at"]
    list_filter = ["lang", "role", "shared"]
    search_fields = ["text", "organization__name", "organization__public_id"]
