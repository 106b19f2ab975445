"""Templates can be looked at and switched off by an operator; a published document never changes."""

from django.contrib import admin
from django.http import HttpRequest

from templates_engine.models import TemplateVersion


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
