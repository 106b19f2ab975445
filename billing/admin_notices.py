"""The staff's view of what organizations were told about their credits."""

from django.contrib import admin

from billing.admin import OfOrganizationAdmin
from billing.models import LowCreditNotice


@admin.register(LowCreditNotice)
class LowCreditNoticeAdmin(OfOrganizationAdmin):
    list_display = ["organization", "percent", "available", "created_at", "mailed_at"]
    list_filter = ["percent"]
    search_fields = ["organization__name", "organization__public_id"]
