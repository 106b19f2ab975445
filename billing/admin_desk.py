"""What staff did, to look at: append-only, for superusers too. The desk itself is linked from the admin's first page."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from billing.admin import OfOrganizationAdmin
from billing.desk.pages.door import VIEW, may
from billing.models import StaffAction, StaffRequest

admin.site.index_template = "admin/desk/admin_index.html"
admin.site.site_header = admin.site.site_title = "Hitsmith 运营后台 Admin"


class OfDeskAdmin(OfOrganizationAdmin):
    """The desk's pages link to its record, so whoever may look at the desk may look at that too."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, VIEW) or super().has_view_permission(request, obj)


@admin.register(StaffAction)
class StaffActionAdmin(OfDeskAdmin):
    list_display = ["at", "kind", "organization", "staff", "second", "credits", "amount_fen", "reason"]
    list_filter = ["kind"]
    search_fields = ["organization__name", "organization__public_id", "staff", "second", "subject", "public_id"]
    date_hierarchy = "at"


@admin.register(StaffRequest)
class StaffRequestAdmin(OfDeskAdmin):
    list_display = ["asked_at", "kind", "organization", "credits", "amount_fen", "state", "asked_by", "decided_by"]
    list_filter = ["state", "kind"]
    search_fields = ["organization__name", "organization__public_id", "asked_by", "decided_by", "public_id"]
