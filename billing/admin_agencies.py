"""The staff's view of agencies, budgets and invitations: shown, never edited."""

from django.contrib import admin

from billing.admin import OfOrganizationAdmin, ReadOnlyAdmin
from billing.models import Budget, Invitation, OrgLink


@admin.register(OrgLink)
class OrgLinkAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "agency", "merchant", "payer", "monthly_cap", "state", "started_at", "ended_at"]
    list_filter = ["state", "payer"]
    list_select_related = ["agency", "merchant"]
    search_fields = ["public_id", "agency__name", "agency__public_id", "merchant__name", "merchant__public_id"]


@admin.register(Budget)
class BudgetAdmin(OfOrganizationAdmin):
    list_display = ["link", "month", "cap", "held", "spent"]
    list_filter = ["month"]
    list_select_related = ["link__agency", "link__merchant"]
    search_fields = ["organization__name", "link__merchant__name", "link__public_id"]


@admin.register(Invitation)
class InvitationAdmin(OfOrganizationAdmin):
    list_display = ["organization", "role", "note", "created_by", "expires_at", "accepted_by", "revoked_at"]
    list_filter = ["role"]
    search_fields = ["organization__name", "organization__public_id", "note", "created_by"]
